"""``scrapy duplicates``: which images of some feeds are the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fpcrawler.duplicates.candidates import load_candidates
from fpcrawler.duplicates.grouping import group_candidates
from fpcrawler.duplicates.groups import (
    count_crowded,
    read_groups,
    read_json,
    read_shared,
    read_totals,
)
from fpcrawler.duplicates.judging import judge_groups
from fpcrawler.duplicates.output import (
    closing_line,
    group_lines,
    shared_lines,
)
from fpcrawler.feedcommand import FeedCommand
from fpcrawler.feedfiles import feed_name, find_feeds
from fpcrawler.feedtables import database

if TYPE_CHECKING:
    import argparse


class Command(FeedCommand):
    """Groups the images of feeds by verdict; fetches nothing."""

    def syntax(self) -> str:
        return "[options] FEED..."

    def short_desc(self) -> str:
        return "Find the images of feeds that are the same, with evidence"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        group = parser.add_argument_group(title="Duplicates")
        group.add_argument("--json", action="store_true", help="write JSON")
        group.add_argument(
            "--between-hosts",
            action="store_true",
            help="only what two hosts or more have, and which hosts share how many",
        )

    def answer(self, args: list[str], opts: argparse.Namespace) -> None:
        feeds = find_feeds(args)
        with database(opts.memory) as connection:
            self.tell_passed_over(load_candidates(connection, feeds))
            group_candidates(connection)
            judge_groups(connection, between_hosts=opts.between_hosts)
            if opts.json:
                self.write_json(read_json(connection, list(map(feed_name, feeds))))
                return
            if opts.between_hosts:
                shared, crowded = read_shared(connection), count_crowded(connection)
                self.write(shared_lines(shared, crowded))
            self.write(group_lines(read_groups(connection)))
            self.write([closing_line(read_totals(connection))])
