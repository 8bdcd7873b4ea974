"""What ``scrapy export`` does: feeds in, one file out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fpcrawler.exports.delivery import whole
from fpcrawler.exports.kinds import is_packed
from fpcrawler.exports.tables import TYPES, export
from fpcrawler.feedtables import database
from fpcrawler.streams import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fpcrawler.exports.kinds import Kind
    from fpcrawler.feedcommand import FeedCommand
    from fpcrawler.feedfiles import FeedFile


def export_feeds(
    command: FeedCommand,
    feeds: Sequence[FeedFile],
    target: str | None,
    kind: Kind,
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
