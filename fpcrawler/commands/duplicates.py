"""``scrapy duplicates``: which images of feeds are copies, or of one device."""

from __future__ import annotations

import argparse

from fpcrawler.console.feed_command import FeedCommand
from fpcrawler.feeds.files import find_feeds


class Command(FeedCommand):
    """Groups the images of feeds by verdict or device; fetches nothing."""

    def syntax(self) -> str:
        return "[options] FEED..."

    def short_desc(self) -> str:
        return "Find copies among the images of feeds, with the evidence"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        group = parser.add_argument_group(title="Duplicates")
        group.add_argument("--json", action="store_true", help="print a JSON array")
        group.add_argument(
            "--between-hosts",
            action="store_true",
            help="only groups on two or more hosts; of copies, with a table of these "
            "hosts",
        )
        group.add_argument(
            "--same-device",
            action="store_true",
            help="group by the serial number of camera or lens, without verdicts",
        )

    def execute(self, args: list[str], opts: argparse.Namespace) -> None:
        # Scrapy imports every command; only this one needs DuckDB and NumPy.
        from fpcrawler.duplicates import report  # noqa: PLC0415

        print_groups = (
            report.report_devices if opts.same_device else report.report_duplicates
        )
        print_groups(
            self,
            find_feeds(args),
            memory=opts.memory,
            is_json=opts.json,
            between_hosts=opts.between_hosts,
        )
