"""Records of runs are read from files that somebody else may have written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from fpcrawler.feeds.run_file import read_runs, write_runs
from fpcrawler.report.runs import MOST_RUNS, run_lines

if TYPE_CHECKING:
    from fpcrawler.feeds.run_file import Run

RUN: Run = {
    "version": "0.1.0",
    "arguments": {"urls": "a\x1b[2Jb"},
    "settings": {"MIN_IMAGE_SIZE": "0"},
    "url_lists": [{"name": "urls.txt", "sha256": None}],
    "known_lists": [],
    "started": "2026-11-30T06:55:00",
    "ended": "2026-11-30T07:10:00",
    "exit_code": 3,
    "feed_sha256": None,
}


def test_what_was_written_is_read(tmp_path: Path) -> None:
    path = tmp_path / "below" / "a.json.run"
    write_runs(path, [RUN, RUN])

    assert read_runs(path) == [RUN, RUN]
    assert [*path.parent.iterdir()] == [path]


@pytest.mark.parametrize(
    "change",
    [
        {"version": 1},
        {"arguments": {"a": 1}},
        {"settings": []},
        {"url_lists": [{"name": "a"}]},
        {"known_lists": ["a"]},
        {"ended": 0},
        {"exit_code": "0"},
    ],
)
def test_another_shape_is_left_out(tmp_path: Path, change: dict[str, Any]) -> None:
    path = tmp_path / "a.json.run"
    path.write_text(json.dumps({"runs": [{**RUN, **change}, RUN]}))

    assert read_runs(path) == [RUN]


@pytest.mark.parametrize("text", ["", "[", "[" * 100_000, "[]", '{"runs": 1}', "\0"])
def test_another_file_has_no_runs(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.json.run"
    path.write_text(text)

    assert read_runs(path) == []
    assert read_runs(tmp_path) == []


def test_the_report_names_the_last_runs_in_printable_text(tmp_path: Path) -> None:
    feed = tmp_path / "a.json"
    later: Run = {**RUN, "started": "2026-11-30T08:00:00", "ended": None}
    write_runs(tmp_path / "a.json.run", [*[RUN] * MOST_RUNS, later])

    first, second, *_, last = run_lines([feed, tmp_path / "b.json"])
    assert first.startswith("Crawl 2026-11-30 08:00:00 UTC, did not end")
    assert second == (
        "Crawl 2026-11-30 06:55:00 to 2026-11-30 07:10:00 UTC, exit code 3, "
        r"fpcrawler 0.1.0 · arguments urls=a\x1b[2Jb · settings MIN_IMAGE_SIZE=0 · "
        "list urls.txt, SHA-256 unknown"
    )
    assert last == "and 1 earlier"
