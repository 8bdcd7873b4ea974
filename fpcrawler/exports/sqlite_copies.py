"""The groups of copies among the images of feeds, for a database."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING

from fpcrawler.duplicates.candidates import load_candidates
from fpcrawler.duplicates.grouping import group_candidates
from fpcrawler.duplicates.groups import read_groups
from fpcrawler.duplicates.judging import judge_groups
from fpcrawler.duplicates.output import in_words
from fpcrawler.tables.database import fetched

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from fpcrawler.feeds.files import FeedFile


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyGroup:
    """Images that one verdict joins, each by the index of its feed and its URL."""

    number: int
    verdict: str
    count: int
    bytes: int
    compared: str
    images: Iterator[tuple[int, str]]
    """Read them before the next group."""


def read_copies(
    connection: DuckDBPyConnection, feeds: Sequence[FeedFile]
) -> Iterator[CopyGroup]:
    """Yield the groups of ``scrapy duplicates``, the strongest verdict first."""
    load_candidates(connection, feeds)
    group_candidates(connection)
    judge_groups(connection, between_hosts=False)
    rows = fetched(connection.cursor().execute(_MEMBERS))
    members = groupby(rows, key=itemgetter(0))
    # Both are in the order of the groups' positions, from 1.
    for group, (number, images) in zip(read_groups(connection), members, strict=True):
        yield CopyGroup(
            number=number,
            verdict=group.verdict,
            count=group.count,
            bytes=group.bytes,
            compared=in_words(group),
            images=((feed, url) for _, feed, url in images),
        )


_MEMBERS = """
SELECT position, feed, url FROM listed JOIN candidates USING (number) ORDER BY line
"""
