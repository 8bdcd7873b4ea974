from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from fpcrawler.feeds.files import find_feeds
from fpcrawler.known.comparing import compare, known_images
from fpcrawler.known.files import find_lists
from fpcrawler.tables.database import database
from tests.known import lists
from tests.known.lists import (
    MD5,
    MEDIUM,
    OTHER,
    M,
    matches,
    write,
)

if TYPE_CHECKING:
    from fpcrawler.core.fingerprint.known import Match


def compared(path: Path) -> list[Match]:
    """Return the matches of an image that has the MD5 with a list, by ``match``."""
    record = {"url": "https://a.example/", "server_digests": {"md5": M}}
    feed = write(path.with_name("feed.json"), json.dumps([record]))
    with database("256MB") as connection:
        result = compare(connection, find_feeds([str(feed)]), find_lists([str(path)]))
        entries = [each.entries for each in result.lists]
        return [
            match
            for image in known_images(connection, entries)
            for match in image["matches"]
        ]


def media(*categories: object, md5: str = MD5) -> str:
    of_each = ({"MediaID": 1, "Category": value, "MD5": md5} for value in categories)
    return lists.vics(*of_each)


NSRL = "MD5,ProductCode,SpecialCode,FileName"


@pytest.mark.parametrize(
    ("text", "row", "known_set"),
    [
        (media(0, 4, 1, 2), 3, "known-bad"),
        (media(0, 4), 1, "unknown"),
        (f"MD5,MediaID,Category\n{M},1,0\n{M},2,1\n", 2, "known-bad"),
        (f"{NSRL}\n{OTHER},1,M,a\n{M},1,,b\n{M},1,M,c\n", 3, "known-bad"),
        (
            f"indicator,type,status\n{M},HASH_MD5,\n" + f"{M},MD5,NON_MALICIOUS\n" * 2,
            2,
            "known-good",
        ),
        (f"md5,status,size,category\n{M},,1\x1fknown-bad,1\x1f2\n", 1, "unknown"),
        (f"md5,name\n{OTHER},a\n{M},b\n{M},c\n", 2, "unknown"),
    ],
)
def test_of_the_rows_with_a_digest_the_first_of_the_worst_set_matches(
    tmp_path: Path, text: str, row: int, known_set: str
) -> None:
    path = write(tmp_path / "list", text)

    for (match,) in (matches(path), compared(path)):
        assert (match["row"], match["set"]) == (row, known_set)


def test_what_a_row_says_of_another_list_is_not_mixed_with_it(tmp_path: Path) -> None:
    write(tmp_path / "a", f"{OTHER}\n{M}\n")
    write(tmp_path / "b", media(0, 1))
    write(tmp_path / "c", lists.vics({**MEDIUM, "Category": 0}, MEDIUM))

    found = [(m["list"], m["kind"], m["row"]) for m in matches(tmp_path / "?")]

    assert found == [
        *(("a", "md5", 2), ("b", "md5", 2), ("c", "md5", 2), ("c", "sha1", 2))
    ]
