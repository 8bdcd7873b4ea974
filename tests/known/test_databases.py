from __future__ import annotations

import json
from pathlib import Path

import pytest

from fpcrawler.feeds.files import find_feeds
from fpcrawler.known.comparing import compare, known_images
from fpcrawler.known.files import find_lists
from fpcrawler.tables.database import database
from tests.known import lists
from tests.known.lists import (
    SIZE,
    L,
    M,
    S,
    matches,
    refusal,
    write,
)


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
