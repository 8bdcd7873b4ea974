from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest

from fpcrawler.console.feed_command import MEMORY
from fpcrawler.exports.rows import Row, read_rows
from fpcrawler.feeds.files import find_feeds
from fpcrawler.tables.database import database
from tests.exports.test_tables import BARE, FULL
from tests.tables.test_feeds import write


def rows(*feeds: Path) -> list[Row]:
    with database(MEMORY) as connection:
        return [*read_rows(connection, find_feeds([str(feed) for feed in feeds]))]


@pytest.mark.parametrize("ending", [".json", ".jsonl.gz", ".csv"])
def test_rows_are_the_latest_records_of_feeds_in_their_order(
    tmp_path: Path, ending: str
) -> None:
    feeds = [
        write(tmp_path / f"a{ending}", FULL, BARE),
        write(tmp_path / f"b{ending}", {**BARE, "url": "https://c/"}, FULL),
    ]
    found = rows(*feeds)

    assert [row.record for row in found] == [BARE, {**BARE, "url": "https://c/"}, FULL]
    assert [(row.feed, row.url) for row in found] == [
        (0, BARE["url"]),
        (1, "https://c/"),
        (1, FULL["url"]),
    ]


def test_a_value_of_another_type_is_null(tmp_path: Path) -> None:
    odd: dict[str, Any] = {"image_size": 10**30, "exif": [1], "location": "here"}
    (row,) = rows(write(tmp_path / "a.jsonl", {**BARE, **odd}))

    assert [row.record[name] for name in odd] == [None, None, None]


def test_a_number_that_json_does_not_have_is_read(tmp_path: Path) -> None:
    location = {**BARE["location"], "latitude": "NaN", "longitude": "-inf"}
    (row,) = rows(write(tmp_path / "a.jsonl", {**BARE, "location": location}))

    assert math.isnan(row.record["location"]["latitude"] or math.nan)
    assert row.record["location"]["longitude"] in {None, -math.inf}
