from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

from scrapy.settings import Settings

from fpcrawler.console.feed_command import MEMORY
from fpcrawler.core.fingerprint.known import DigestKind
from fpcrawler.exports.known_list import HEADER, write_list
from fpcrawler.feeds.files import find_feeds
from fpcrawler.known.comparing import compare, known_images
from fpcrawler.known.files import find_lists
from fpcrawler.known.loading import known_lists
from fpcrawler.tables.database import database
from tests.exports.records import HOSTILE, lines
from tests.exports.test_tables import BARE, FULL


def written(*records: dict[str, Any]) -> str:
    file = BytesIO()
    count = write_list(records, file)
    header, *rows = file.getvalue().decode("ascii").splitlines()
    assert header == HEADER
    assert count == len(rows)
    return "\n".join([header, *rows, ""])


def test_a_row_has_digests_and_sizes_and_nothing_else() -> None:
    rows = written(FULL, BARE, HOSTILE).splitlines()[1:]

    assert rows == [
        f"{'ab' * 32},{'ef' * 32},{'01' * 32},30000,20000,,,{'45' * 32}",
        f",{'ab' * 32},{'01' * 32},,20000,,,",
    ]


def test_match_and_crawls_find_the_images_of_a_list(tmp_path: Path) -> None:
    path = tmp_path / "ours.list.csv"
    path.write_text(written(BARE, FULL))
    feed = tmp_path / "feed.jsonl"
    same_picture = {**FULL, "url": "https://c.example/", "file_digests": None}
    same_picture["sha256_first_10240_bytes"] = "98" * 32
    feed.write_text(lines([FULL, BARE, same_picture]))
    with database(MEMORY) as connection:
        feeds, lists = find_feeds([str(feed)]), find_lists([str(path)])
        result = compare(connection, feeds, lists)
        found = [
            (known["url"], [match["kind"] for match in known["matches"]])
            for known in known_images(
                connection, [known.entries for known in result.lists]
            )
        ]
    index = known_lists(Settings({"KNOWN_LISTS": [str(path)]})).index

    assert found == [
        (
            FULL["url"],
            [DigestKind.SHA256, DigestKind.HEAD, DigestKind.PICTURE],
        ),
        ("https://c.example/", [DigestKind.PICTURE]),
    ]
    assert index.hits({DigestKind.PICTURE: "ef" * 32}, b"")
