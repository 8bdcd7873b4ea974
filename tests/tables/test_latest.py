"""Which of several records of an image counts, for tables and for exports."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from fpcrawler.feeds.files import find_feeds
from fpcrawler.tables.database import database
from fpcrawler.tables.latest import load, reading_latest
from tests.tables.test_feeds import A, read, write

OLD, NEW = "2026-11-02T01:02:03", "2026-11-30T01:02:03"


@pytest.mark.parametrize(
    ("first", "second", "kept"),
    [
        pytest.param({"timestamp": OLD}, {"timestamp": NEW}, [1], id="later"),
        pytest.param({"timestamp": NEW}, {"timestamp": OLD}, [0], id="earlier"),
        pytest.param({"timestamp": OLD}, {"timestamp": OLD}, [1], id="equal"),
        pytest.param({"timestamp": OLD}, {"timestamp": None}, [0], id="unknown"),
        pytest.param({"timestamp": "infinity"}, {"timestamp": OLD}, [1], id="never"),
        pytest.param(
            {"timestamp": OLD},
            {"timestamp": NEW, "tor": True},
            [0, 1],
            id="another-route",
        ),
        pytest.param(
            {"timestamp": OLD},
            {"timestamp": NEW, "url": "https://b.example/"},
            [0, 1],
            id="another-url",
        ),
    ],
)
def test_the_latest_record_of_a_url_and_route_counts(
    tmp_path: Path, first: dict[str, Any], second: dict[str, Any], kept: list[int]
) -> None:
    feeds = [
        write(tmp_path / name, {**A, "tor": False, **record})
        for name, record in (("a.jsonl", first), ("b.json", second))
    ]

    rows, skipped = read(*feeds)

    assert [row[0] for row in rows] == kept
    assert not skipped


def both(*feeds: Path) -> tuple[list[str], list[str]]:
    """Return the value of ``alt`` of each latest record, in a table and in order."""
    found = find_feeds([str(feed) for feed in feeds])
    with database("1GB") as connection:
        load(connection, found, table="t", fields=["alt"], columns="alt")
        rows = connection.execute("SELECT alt FROM t ORDER BY rowid").fetchall()
        with reading_latest(connection, found, ["alt"]) as source:
            query = f"SELECT alt FROM {source} WHERE is_latest"
            read_rows = connection.execute(query).fetchall()
    return [alt for (alt,) in rows], [alt for (alt,) in read_rows]


@pytest.mark.parametrize("ending", [".json", ".jsonl", ".csv", ".jsonl.gz"])
def test_of_equal_times_the_later_in_its_feed_counts(
    tmp_path: Path, ending: str
) -> None:
    records = [
        {**A, "timestamp": OLD, "tor": False, "url": f"https://a/{n % 1_000}", "alt": n}
        for n in range(9_000)
    ]
    last = [str(n) for n in range(8_000, 9_000)]
    feed = write(tmp_path / f"a{ending}", *records)

    assert both(feed) == (last, last)


def test_of_equal_times_the_later_feed_counts_whatever_its_format(
    tmp_path: Path,
) -> None:
    names = ["1.jsonl", "2.csv", "3.json", "4.csv", "5.jsonl"]
    feeds = [
        write(tmp_path / name, {**A, "timestamp": OLD, "tor": False, "alt": name})
        for name in names
    ]

    for count in range(1, 6):
        assert both(*feeds[:count]) == ([names[count - 1]], [names[count - 1]])
