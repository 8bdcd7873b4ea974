from __future__ import annotations

from pathlib import Path
from typing import Any

from fpcrawler.console.feed_command import MEMORY
from fpcrawler.feeds.files import find_feeds
from fpcrawler.report.records import (
    FIELDS,
    TAG_FIELDS,
    count_records,
    load_records,
    read_records,
)
from fpcrawler.tables.database import database
from tests.tables.test_feeds import write

URL = "http://a.example/1.jpg"
HISTORY = {"xmpMM:History[1]/stEvt:action": "saved"}


def read(*records: dict[str, Any], folder: Path, has_tags: bool = True) -> list[Any]:
    feed = write(folder / "feed.jsonl", *records)
    feeds = find_feeds([str(feed)])
    with database(MEMORY) as connection:
        count = count_records(connection, feeds)
        skipped = load_records(connection, feeds, has_tags=has_tags)
        found = [*read_records(connection)]
    assert not skipped
    assert len(found) == count
    return found


def test_the_newest_record_of_each_url_and_route_is_kept(tmp_path: Path) -> None:
    found = read(
        {"url": URL, "timestamp": "2026-11-02T00:00:00", "alt": "new", "tor": False},
        {"url": URL, "timestamp": "2026-11-01T00:00:00", "alt": "old", "tor": False},
        {"url": URL, "timestamp": "2026-11-01T00:00:00", "alt": "onion", "tor": True},
        {"url": "http://0.example/"},
        folder=tmp_path,
    )

    assert [record["alt"] for record in found] == [None, "new", "onion"]


def test_objects_are_parsed_and_the_sample_is_left_out(tmp_path: Path) -> None:
    (found,) = read(
        {
            "url": URL,
            "exif": {"Image Make": "A"},
            "spans": [[0, 5, "read"]],
            "random_128_bytes_sample_start": "ab" * 128,
        },
        folder=tmp_path,
    )

    assert tuple(found) == FIELDS
    assert found["exif"] == {"Image Make": "A"}
    assert found["spans"] == [[0, 5, "read"]]
    assert "random_128_bytes_sample_start" not in found


def test_an_object_or_list_of_another_type_is_absent(tmp_path: Path) -> None:
    (found,) = read(
        {"url": URL, "texts": {"a": 1}, "spans": "x", "device": [1], "exif": 5},
        folder=tmp_path,
    )

    assert [found[name] for name in ("texts", "spans", "device", "exif")] == [None] * 4


def test_without_tags_only_a_history_is_left_of_them(tmp_path: Path) -> None:
    tags: dict[str, Any] = {"exif": {"a": "b"}, "iptc": {"a": "b"}, "texts": []}
    found = read(
        {"url": "http://a.example/1", **tags, "xmp": {"dc:creator": "A"}},
        {"url": "http://a.example/2", **tags, "xmp": HISTORY, "user_comment": "c"},
        folder=tmp_path,
        has_tags=False,
    )

    assert [[record[name] for name in TAG_FIELDS] for record in found] == [
        [None] * 5,
        [None, HISTORY, None, None, None],
    ]
