"""The work of ``scrapy export``: write feeds to one file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from fpcrawler.console.streams import say
from fpcrawler.exports.delivery import whole
from fpcrawler.exports.formats import is_gzipped
from fpcrawler.exports.tables import TYPES, export
from fpcrawler.tables.database import database

if TYPE_CHECKING:
    from fpcrawler.console.feed_command import FeedCommand
    from fpcrawler.exports.formats import ExportFormat
    from fpcrawler.feeds.files import FeedFile


def export_feeds(
    command: FeedCommand,
    feeds: Sequence[FeedFile],
    target: str | None,
    kind: ExportFormat,
    *,
    memory: str,
) -> None:
    """Write ``feeds`` to ``target`` (None: stdout), and a summary to stderr."""
    gzipped = target is not None and is_gzipped(target)
    with database(memory) as connection, whole(target) as path:
        exported = export(connection, feeds, path, kind, is_gzipped=gzipped)
        size = path.stat().st_size
    command.report_skipped(exported.skipped)
    for name, count in exported.unfit.items():
        say(
            f"scrapy {command.name}: {name}: {count:,} values are not "
            f"{TYPES[name].partition('(')[0]}, written as null\n"
        )
    say(
        f"scrapy {command.name}: {exported.records:,} records, {size:,} bytes, "
        f"to {target or 'stdout'}\n"
    )
