"""A database of images, tags, copies and pages."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from fpcrawler.console.feed_command import MEMORY
from fpcrawler.exports.columns import COLUMNS
from fpcrawler.exports.formats import ExportFormat
from fpcrawler.exports.redaction.subjects import Subject
from fpcrawler.exports.sharing import Preparation
from fpcrawler.exports.sqlite import new_database
from fpcrawler.exports.writing import Task, write
from fpcrawler.feeds.files import find_feeds
from fpcrawler.tables.database import database
from tests.exports.records import lines
from tests.exports.test_tables import BARE, FULL
from tests.tables.test_feeds import write as write_feed

COPY = {**FULL, "url": "https://b.example/copy.jpg", "page_url": None}
OWNED = {
    **BARE,
    "url": "https://c.example/ada-lovelace.jpg",
    "page_url": "https://c.example/by/Ada%20Lovelace",
    "exif": {"Image Artist": "Ada Lovelace"},
}


def exported(
    folder: Path,
    *records: dict[str, Any],
    pairs: Iterable[dict[str, Any]] = (),
    redacted: frozenset[Subject] = frozenset(),
) -> sqlite3.Connection:
    feeds = find_feeds([str(write_feed(folder / "feed.jsonl", *records))])
    pages = folder / "pages.jsonl"
    pages.write_text(lines(pairs))
    with database(MEMORY) as connection:
        task = Task(
            connection,
            feeds,
            Preparation(redacted=redacted),
            find_feeds([str(pages)]) if pairs else (),
        )
        write(task, folder / "out.sqlite", ExportFormat.SQLITE)
    found = sqlite3.connect(folder / "out.sqlite")
    assert found.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert found.execute("PRAGMA foreign_key_check").fetchall() == []
    return found


def test_an_image_has_its_values_and_tags(tmp_path: Path) -> None:
    with closing(exported(tmp_path, FULL, BARE)) as connection:
        connection.row_factory = sqlite3.Row
        image, bare = map(dict, connection.execute("SELECT * FROM images ORDER BY id"))
        tags = connection.execute(
            "SELECT field, name, value FROM tags WHERE image_id = 1 ORDER BY id"
        ).fetchall()

    assert [*image] == ["id", *(column.name for column in COLUMNS)]
    assert image["url"] == FULL["url"]
    assert image["location_latitude"] == -33.8567844
    assert (image["tor"], bare["tor"]) == (1, 0)
    assert json.loads(image["matches"]) == FULL["matches"]
    assert ("exif", "Image Make", "A") in map(tuple, tags)
    assert len(tags) == len(FULL["exif"]) + 3


def test_copies_are_the_groups_of_duplicates(tmp_path: Path) -> None:
    with closing(exported(tmp_path, FULL, BARE, COPY)) as connection:
        groups = connection.execute(
            "SELECT verdict, images, bytes, compared FROM copy_groups"
        ).fetchall()
        urls = connection.execute(
            "SELECT url FROM copies JOIN images ON images.id = image_id ORDER BY url"
        ).fetchall()

    assert groups == [("identical", 2, 60_000, "sha256 of the whole file")]
    assert urls == [(FULL["url"],), (COPY["url"],)]


def test_of_records_of_one_url_the_latest_is_the_copy(tmp_path: Path) -> None:
    later = {**FULL, "timestamp": "2026-02-02T00:00:00"}
    with closing(exported(tmp_path, later, FULL, COPY)) as connection:
        images = connection.execute("SELECT image_id FROM copies").fetchall()

    assert sorted(images) == [(1,), (2,)]


PAGES = (
    "SELECT pages.url, image_id, page_images.url, found_in, alt FROM page_images "
    "JOIN pages ON pages.id = page_id ORDER BY page_images.id"
)


def test_without_pairs_the_pages_are_those_of_the_records(tmp_path: Path) -> None:
    with closing(exported(tmp_path, FULL, COPY)) as connection:
        found = connection.execute(PAGES).fetchall()

    assert found == [("https://a.example/", 1, FULL["url"], "img", "two\nlines")]


def pair(page: str, url: str, alt: str | None = None) -> dict[str, Any]:
    return {"page_url": page, "url": url, "found_in": "img", "alt": alt}


def test_pairs_name_all_pages_also_of_images_without_a_record(tmp_path: Path) -> None:
    other = "https://a.example/small.gif"
    pairs = [pair("https://p/", FULL["url"], "a"), pair("https://p/", other)]
    pairs += [pair("https://q/", FULL["url"])]
    with closing(exported(tmp_path, FULL, pairs=pairs)) as connection:
        found = connection.execute(PAGES).fetchall()

    assert found == [
        ("https://p/", 1, FULL["url"], "img", "a"),
        ("https://p/", None, other, "img", None),
        ("https://q/", 1, FULL["url"], "img", None),
    ]


def test_pairs_are_redacted_as_their_images_are(tmp_path: Path) -> None:
    pairs = [pair("https://p/Ada_Lovelace", OWNED["url"], "By ada lovelace")]
    redacted = frozenset({Subject.OWNER})
    with closing(exported(tmp_path, OWNED, pairs=pairs, redacted=redacted)) as made:
        found = made.execute(PAGES).fetchall()
        everything = "\n".join(made.iterdump())

    assert found == [
        (
            "https://p/redacted",
            1,
            "https://c.example/redacted.jpg",
            "img",
            "By redacted",
        )
    ]
    assert "lovelace" not in everything.lower()
    assert b"ovelace" not in (tmp_path / "out.sqlite").read_bytes()


def test_places_have_the_names_that_map_plugins_look_for(tmp_path: Path) -> None:
    with closing(exported(tmp_path, FULL, BARE)) as connection:
        found = connection.execute("SELECT latitude, longitude FROM places").fetchall()

    assert found == [(-33.8567844, 151.2152967)]


def test_what_a_killed_export_left_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "out.sqlite"
    path.write_bytes(b"SQLite format 3\0 and not more")
    with closing(exported(tmp_path, FULL)) as connection:
        assert connection.execute("SELECT count(*) FROM images").fetchall() == [(1,)]


def test_a_place_that_cannot_be_written_is_an_error_of_the_system(
    tmp_path: Path,
) -> None:
    with (
        pytest.raises(OSError, match="unable to open database file"),
        new_database(tmp_path / "none" / "out.sqlite"),
    ):
        pytest.fail("it was opened")
