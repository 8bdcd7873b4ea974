"""The work of ``scrapy duplicates``: print groups of the images in feeds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from fpcrawler.duplicates.candidates import load_candidates
from fpcrawler.duplicates.devices import device_json, device_lines, group_devices
from fpcrawler.duplicates.grouping import group_candidates
from fpcrawler.duplicates.groups import (
    count_crowded,
    read_groups,
    read_json,
    read_shared,
    read_totals,
)
from fpcrawler.duplicates.judging import judge_groups
from fpcrawler.duplicates.output import closing_line, group_lines, shared_lines
from fpcrawler.feeds.files import feed_name
from fpcrawler.tables.database import database

if TYPE_CHECKING:
    from fpcrawler.console.feed_command import FeedCommand
    from fpcrawler.feeds.files import FeedFile


def report_duplicates(
    command: FeedCommand,
    feeds: Sequence[FeedFile],
    *,
    memory: str,
    is_json: bool,
    between_hosts: bool,
) -> None:
    """Print the groups of the images of ``feeds``, the strongest verdict first."""
    with database(memory) as connection:
        command.report_skipped(load_candidates(connection, feeds))
        group_candidates(connection)
        judge_groups(connection, between_hosts=between_hosts)
        if is_json:
            command.write_json(read_json(connection, list(map(feed_name, feeds))))
            return
        if between_hosts:
            shared, crowded = read_shared(connection), count_crowded(connection)
            command.write(shared_lines(shared, crowded))
        command.write(group_lines(read_groups(connection)))
        command.write([closing_line(read_totals(connection))])


def report_devices(
    command: FeedCommand,
    feeds: Sequence[FeedFile],
    *,
    memory: str,
    is_json: bool,
    between_hosts: bool,
) -> None:
    """Print the groups of images that one device took, as far as feeds say so."""
    with database(memory) as connection:
        command.report_skipped(
            group_devices(connection, feeds, between_hosts=between_hosts)
        )
        if is_json:
            command.write_json(device_json(connection, list(map(feed_name, feeds))))
        else:
            command.write(device_lines(connection))
