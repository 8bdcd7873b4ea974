from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from scrapy.settings import Settings

from fpcrawler.feeds.files import find_feeds
from fpcrawler.known.comparing import compare, known_images
from fpcrawler.known.files import find_lists
from fpcrawler.known.loading import known_lists
from fpcrawler.tables.database import database
from tests.known import lists
from tests.known.lists import (
    OTHER,
    SIZE,
    L,
    M,
    S,
    matches,
    refusal,
    write,
)


def compared(path: Path) -> list[tuple[str, int | None]]:
    """Return the kinds and rows of an image's matches, by ``scrapy match``."""
    record = {
        "url": "https://a.example/",
        "server_digests": {"md5": M, "sha1": S, "sha256": L},
    }
    write(path.with_name("feed.json"), json.dumps([record]))
    with database("256MB") as connection:
        feeds = find_feeds([str(path.with_name("feed.json"))])
        result = compare(connection, feeds, find_lists([str(path)]))
        images = known_images(connection, [each.entries for each in result.lists])
        return [(m["kind"], m["row"]) for image in images for m in image["matches"]]


@pytest.mark.parametrize("is_view", [False, True])
@pytest.mark.parametrize("indexes", [("sha256", "sha1", "md5"), ("md5",)])
def test_a_database_is_asked_by_its_indexes(
    tmp_path: Path, indexes: tuple[str, ...], *, is_view: bool
) -> None:
    path = lists.nsrl_3(tmp_path / "a?b#.db", indexes=indexes, is_view=is_view)

    found = matches(path)

    assert [match["kind"] for match in found] == [
        kind for kind in ("md5", "sha1", "sha256") if kind in indexes
    ]
    assert {match["set"] for match in found} == {"known-good"}
    assert {match["row"] for match in found} == {None if is_view else 2}
    assert {match["size_agrees"] for match in found} == {True}


def test_a_database_without_an_index_is_refused_with_what_to_do(tmp_path: Path) -> None:
    text = refusal(lists.nsrl_3(tmp_path / "nsrl.db"))

    assert "has no index on its digests" in text
    assert 'CREATE INDEX known_md5 ON "FILE" ("md5")' in text


def test_scrapy_match_scans_a_database_without_an_index(tmp_path: Path) -> None:
    known = find_lists([str(lists.nsrl_3(tmp_path / "nsrl.db", indexes=("sha1",)))])
    record = {
        "url": "https://a.example/",
        "image_size": SIZE + 1,
        "server_digests": {"md5": M, "sha1": S, "sha256": L},
    }
    other = {"url": "https://b.example/", "server_digests": {"md5": "1" * 32}}
    write(tmp_path / "feed.json", json.dumps([other, record]))

    with database("256MB") as connection:
        result = compare(connection, find_feeds([str(tmp_path / "feed.json")]), known)
        lists_ = [compared.entries for compared in result.lists]
        (image,) = known_images(connection, lists_)

    assert [(m["kind"], m["row"], m["size_agrees"]) for m in image["matches"]] == [
        *(("md5", 2, False), ("sha1", 2, False), ("sha256", 2, False))
    ]
    assert [compared.comparable for compared in result.lists] == [2]


@pytest.mark.parametrize("indexes", ["", "UNIQUE"])
def test_digests_may_be_bytes_as_in_a_hash_database_of_the_sleuth_kit(
    tmp_path: Path, indexes: str
) -> None:
    path = tmp_path / "hashes.kdb"
    with closing(sqlite3.connect(path)) as own, own:
        own.execute(
            "CREATE TABLE hashes (id INTEGER PRIMARY KEY, "
            f"md5 BINARY(16) {indexes}, sha1 BINARY(20), sha2_256 BINARY(32))"
        )
        digests = [*map(bytes.fromhex, (M, S, L))]
        own.execute("INSERT INTO hashes VALUES (7, ?, ?, ?)", digests)

    assert compared(path) == [("md5", 7), ("sha1", 7), ("sha256", 7)]
    if indexes:
        (match,) = matches(path)
        assert (match["kind"], match["row"]) == ("md5", 7)


@pytest.mark.parametrize("is_indexed", [False, True])
@pytest.mark.parametrize("digests", [(M, OTHER), (OTHER, M.upper())])
def test_each_column_of_a_kind_is_asked(
    tmp_path: Path, digests: tuple[str, str], *, is_indexed: bool
) -> None:
    path = tmp_path / "list.db"
    with closing(sqlite3.connect(path)) as own, own:
        own.execute("CREATE TABLE list (md5 TEXT, md5_hash TEXT)")
        own.execute("INSERT INTO list VALUES (?, ?)", digests)

    if is_indexed:
        advice = refusal(path).partition("run ")[2].partition(" in sqlite3")[0]
        with closing(sqlite3.connect(path)) as own, own:
            own.executescript(advice)
        assert [match["row"] for match in matches(path)] == [1]
    assert compared(path) == [("md5", 1)]


def test_rows_in_a_file_beside_a_database_are_not_ignored(tmp_path: Path) -> None:
    path = tmp_path / "list.db"
    with closing(sqlite3.connect(path)) as own:
        own.execute("PRAGMA journal_mode = WAL")
        own.execute("CREATE TABLE list (md5 TEXT PRIMARY KEY)")
        own.execute("INSERT INTO list VALUES (?)", [M])
        own.commit()

        assert "has rows in list.db-wal; close what writes it" in refusal(path)

    assert [match["kind"] for match in matches(path)] == ["md5"]


def test_the_rows_of_a_view_are_counted(tmp_path: Path) -> None:
    path = lists.nsrl_3(tmp_path / "nsrl.db", indexes=("md5",), is_view=True)

    assert known_lists(Settings({"KNOWN_LISTS": [str(path)]})).digests == 3
