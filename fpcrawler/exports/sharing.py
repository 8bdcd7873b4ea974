"""Prepare records for others: redact them, and name their tags."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec.json

from fpcrawler.exports.naming.exiftool import renamed
from fpcrawler.exports.redaction.record import redact
from fpcrawler.exports.rows import read_rows
from fpcrawler.feeds.files import FeedFile, FeedFormat
from fpcrawler.feeds.scratch import scratch

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from fpcrawler.exports.redaction.secrets import Secrets
    from fpcrawler.exports.redaction.subjects import Subject
    from fpcrawler.exports.rows import Record, Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """A record as others get it.

    ``feed``, ``url``: which record of the feeds it was. ``secrets``: what was redacted.
    """

    feed: int
    url: str
    record: Record
    secrets: Secrets


@dataclass(frozen=True, slots=True, kw_only=True)
class Preparation:
    """What is done with each record."""

    redacted: frozenset[Subject] = field(default_factory=frozenset)
    has_exiftool_names: bool = False

    @property
    def changes_records(self) -> bool:
        """Whether a record differs from that of the feed."""
        return bool(self.redacted) or self.has_exiftool_names

    def applied_to(self, rows: Iterable[Row]) -> Iterator[Shared]:
        """Yield the records in their order."""
        for row in rows:
            # Tags are known by the names that the crawler gave them.
            record, secrets = redact(row.record, self.redacted)
            if self.has_exiftool_names:
                record = renamed(record)
            yield Shared(feed=row.feed, url=row.url, record=record, secrets=secrets)


@contextmanager
def prepared(
    connection: DuckDBPyConnection, feeds: Sequence[FeedFile], preparation: Preparation
) -> Iterator[Sequence[FeedFile]]:
    """Yield the feeds, or if their records change, one temporary feed instead."""
    if not preparation.changes_records:
        yield feeds
        return
    with scratch("export") as folder:
        path = Path(folder, "records.jsonl")
        encoder = msgspec.json.Encoder()
        with path.open("wb") as file:
            for row in preparation.applied_to(read_rows(connection, feeds)):
                file.write(encoder.encode(row.record) + b"\n")
        yield [FeedFile(path=path, format=FeedFormat.LINES, is_gzipped=False)]
