"""The work of ``scrapy report``: feeds in, one page out, and a summary."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from fpcrawler.console.streams import say
from fpcrawler.console.text import count_in_words, printable, size_in_words
from fpcrawler.exports.delivery import whole
from fpcrawler.feeds.files import feed_name
from fpcrawler.report.details import Details
from fpcrawler.report.groups import copies, devices, put_groups
from fpcrawler.report.packing import Container
from fpcrawler.report.page import Contents, rendered
from fpcrawler.report.records import count_records, load_records, read_records
from fpcrawler.report.runs import run_lines
from fpcrawler.report.table import Table
from fpcrawler.tables.database import database

if TYPE_CHECKING:
    from fpcrawler.console.feed_command import FeedCommand
    from fpcrawler.feeds.files import FeedFile

MAX_WITH_TAGS = 20_000
"""Images in a report that has their tags, unless the user wants them in any case."""


def make_report(
    command: FeedCommand,
    feeds: Sequence[FeedFile],
    target: str | None,
    *,
    memory: str,
    with_all_tags: bool,
) -> None:
    """Write the page of ``feeds`` to ``target`` (None: stdout), a summary to stderr."""
    with whole(target) as path:
        contents = _contents(command, feeds, memory=memory, with_all_tags=with_all_tags)
        with path.open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(rendered(contents))
        size = path.stat().st_size
    tags = "" if contents.has_tags else ", without tags (add --tags all)"
    say(
        f"{command.title}: {count_in_words(contents.count, 'image')}, "
        f"{size_in_words(size)}, to {target or 'stdout'}{tags}\n"
    )


def _contents(
    command: FeedCommand,
    feeds: Sequence[FeedFile],
    *,
    memory: str,
    with_all_tags: bool,
) -> Contents:
    table = Table()
    with database(memory) as connection:
        count = count_records(connection, feeds)
        has_tags = with_all_tags or count <= MAX_WITH_TAGS
        command.report_skipped(load_records(connection, feeds, has_tags=has_tags))
        details = Details(has_tags=has_tags)
        for record in read_records(connection):
            table.add(record)
            details.add(record)
    container = Container(count=len(table))
    table.put(container)
    put_groups(container, "copies", copies(feeds, table.numbers_of, memory=memory))
    put_groups(container, "devices", devices(feeds, table.numbers_of, memory=memory))
    return Contents(
        title=_title(feeds),
        created=datetime.now(UTC).strftime("%Y-%m-%d %H:%M"),
        count=len(table),
        runs=run_lines(feed.path for feed in feeds),
        has_tags=has_tags,
        table=container.packed(),
        blocks=details.blocks(),
    )


def _title(feeds: Sequence[FeedFile]) -> str:
    names = [printable(Path(feed_name(feed)).name) for feed in feeds]
    more = f" and {len(names) - 1:,} more" if len(names) > 1 else ""
    return f"{names[0]}{more}"
