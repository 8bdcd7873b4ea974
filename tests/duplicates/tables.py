"""Group worlds by the tables of ``scrapy duplicates``."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from fpcrawler.console.feed_command import MEMORY
from fpcrawler.duplicates.candidates import load_candidates
from fpcrawler.duplicates.grouping import group_candidates
from fpcrawler.duplicates.groups import read_groups
from fpcrawler.duplicates.judging import judge_groups
from fpcrawler.feeds.files import find_feeds
from fpcrawler.tables.database import database

if TYPE_CHECKING:
    from fpcrawler.core.fingerprint.rules import VerdictName
    from fpcrawler.core.fingerprint.verdicts import Grounds
    from tests.duplicates.worlds import Record

Numbers = frozenset[int]
HASHES = ("sha256_first_10240_bytes", "picture_sha256", "end_sha256")


@dataclass(frozen=True, slots=True)
class Found:
    """A group of the tables; its images are indices in the list of records."""

    name: VerdictName
    numbers: Numbers
    evidence: Grounds


def grouped(worlds: Sequence[list[Record]]) -> list[list[Found]]:
    """Return the groups that the tables give for each list of records.

    All lists are in one feed: to start DuckDB costs more than to group.
    """
    found: list[list[Found]] = [[] for _ in worlds]
    with TemporaryDirectory() as name, database(MEMORY) as connection:
        feed = Path(name, "feed.jsonl")
        feed.write_text("".join(lines_of(worlds)))
        load_candidates(connection, find_feeds([str(feed)]))
        group_candidates(connection)
        judge_groups(connection, between_hosts=False)
        for group in read_groups(connection):
            places = [json.loads(url) for url in group.images]
            (world,) = {world for world, _ in places}
            numbers = frozenset(number for _, number in places)
            found[world].append(Found(group.verdict, numbers, group.evidence))
    return found


def lines_of(worlds: Sequence[list[Record]]) -> Iterator[str]:
    for world, records in enumerate(worlds):
        for number, record in enumerate(records):
            hashes = {name: salted(record[name], world) for name in HASHES}
            digests = {
                name: {kind: salted(value, world) for kind, value in given.items()}
                for name, given in record.items()
                if name in {"server_digests", "file_digests", "blocks_sha256"}
                and isinstance(given, dict)
            }
            line = {**record, **hashes, **digests}
            yield json.dumps({"url": json.dumps([world, number]), **line}) + "\n"


def salted(value: str | None, world: int) -> str | None:
    """Return a hash that differs from those of all other lists.

    In their order the hashes of one list do not depend on its number.
    """
    return value and f"{world:04x}{value[4:]}"
