"""What ``scrapy export`` does: feeds in, one file out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from fpcrawler.console.streams import say
from fpcrawler.exports.delivery import whole
from fpcrawler.exports.formats import is_packed
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
    """Write ``feeds`` to ``target`` (None: stdout), and tell of it on stderr."""
    packed = target is not None and is_packed(target)
    with database(memory) as connection, whole(target) as path:
        exported = export(connection, feeds, path, kind, is_packed=packed)
        size = path.stat().st_size
    command.tell_passed_over(exported.passed_over)
    for name, count in exported.unfit.items():
        say(
            f"scrapy {command.name}: {name}: {count:,} values are no "
            f"{TYPES[name].partition('(')[0]}, left out\n"
        )
    say(
        f"scrapy {command.name}: {exported.records:,} records, {size:,} bytes, "
        f"to {target or 'stdout'}\n"
    )
