"""The work of ``scrapy export``: write feeds to one file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fpcrawler.console.streams import say
from fpcrawler.console.text import count_in_words
from fpcrawler.exports.delivery import whole
from fpcrawler.exports.flat import MAX_COLUMNS, MAX_NAME
from fpcrawler.exports.formats import TABLES, is_gzipped
from fpcrawler.exports.sharing import prepared
from fpcrawler.exports.tables import TYPES, count_records, write_table
from fpcrawler.exports.writing import Summary, Task, write
from fpcrawler.tables.database import database

if TYPE_CHECKING:
    from fpcrawler.console.feed_command import FeedCommand
    from fpcrawler.exports.formats import ExportFormat
    from fpcrawler.exports.sharing import Preparation
    from fpcrawler.feeds.files import FeedFile


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is exported, and to where.

    ``pages``: pairs of pages and images, if they are given. ``target``: a path, an
    ``s3://BUCKET/KEY`` or None for stdout.
    """

    feeds: Sequence[FeedFile]
    pages: Sequence[FeedFile]
    target: str | None
    kind: ExportFormat
    preparation: Preparation


def export_feeds(command: FeedCommand, order: Order, *, memory: str) -> None:
    """Write a file as it is ordered, and a summary to stderr."""
    feeds, target, kind = order.feeds, order.target, order.kind
    gzipped = target is not None and is_gzipped(target)
    with database(memory) as connection, whole(target) as path:
        counted = count_records(connection, feeds, kind)
        summary = Summary(counted.records)
        if kind in TABLES:
            with prepared(connection, feeds, order.preparation) as shared:
                write_table(connection, shared, path, kind, is_gzipped=gzipped)
        else:
            task = Task(connection, feeds, order.preparation, order.pages)
            summary = write(task, path, kind, is_gzipped=gzipped)
        size = path.stat().st_size
    command.report_skipped(counted.skipped)
    for name, unfit in counted.unfit.items():
        say(
            f"{command.title}: {name}: {unfit:,} values are not "
            f"{_kind(TYPES[name])}, written as null\n"
        )
    if summary.left_out:
        say(
            f"{command.title}: {count_in_words(summary.left_out, 'tag')} left "
            f"out: a spreadsheet has at most {MAX_COLUMNS:,} columns\n"
        )
    if summary.too_long:
        say(
            f"{command.title}: {count_in_words(summary.too_long, 'tag')} left "
            f"out: the name has more than {MAX_NAME} characters\n"
        )
    found = (
        f"{count_in_words(summary.written, summary.unit)} of " if summary.unit else ""
    )
    say(
        f"{command.title}: {found}{counted.records:,} records, {size:,} bytes, "
        f"to {target or 'stdout'}\n"
    )


def _kind(column_type: str) -> str:
    """Return DuckDB's type for a person."""
    if column_type.startswith(("{", "MAP")):
        return "an object"
    return "a list" if column_type.startswith("[") else column_type.partition("(")[0]
