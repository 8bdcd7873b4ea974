from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from fpcrawler.feeds import whole_records
from fpcrawler.feeds.whole_records import cut_to_whole_records

ROWS = [
    ["url", "exif"],
    ["https://a.example/1.jpg", '{"Artist": "A, \\"B\\""}'],
    ["https://a.example/2.jpg", "two\nlines"],
    ["https://a.example/3.jpg", '"\n"\n\n'],
]


def rows() -> list[bytes]:
    texts = []
    for row in ROWS:
        text = io.StringIO()
        csv.writer(text).writerow(row)
        texts.append(text.getvalue().encode())
    return texts


def json_lines() -> list[bytes]:
    return [json.dumps(row).encode() + b"\n" for row in ROWS]


@pytest.fixture(params=[1, 7, 1_048_576])
def chunk(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Read in chunks of any length."""
    monkeypatch.setattr(whole_records, "_CHUNK", request.param)


@pytest.mark.usefixtures("chunk")
@pytest.mark.parametrize("is_csv", [False, True], ids=["JSON Lines", "CSV"])
def test_wherever_a_kill_cuts_the_whole_records_stay(
    tmp_path: Path, *, is_csv: bool
) -> None:
    records = rows() if is_csv else json_lines()
    ends = [sum(map(len, records[:number])) for number in range(len(records) + 1)]
    path = tmp_path / "feed"
    for cut in range(ends[-1] + 1):
        path.write_bytes(b"".join(records)[:cut])
        cut_to_whole_records(path, is_csv=is_csv)

        assert path.stat().st_size == max(end for end in ends if end <= cut)


def test_a_missing_feed_is_not_created(tmp_path: Path) -> None:
    cut_to_whole_records(tmp_path / "feed", is_csv=False)

    assert list(tmp_path.iterdir()) == []
