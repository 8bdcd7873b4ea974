"""``scrapy report``: feeds as one page to look at, without a network."""

from __future__ import annotations

import argparse
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from fpcrawler.console.feed_command import FeedCommand
from fpcrawler.feeds.files import find_feeds
from fpcrawler.feeds.outputs import Output, check_outputs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fpcrawler.feeds.files import FeedFile

_FIRST_LINES = b"<!DOCTYPE html>\n<!-- fpcrawler report -->"
"""How a report begins: no other page is replaced."""


class Command(FeedCommand):
    """Writes feeds as one HTML file; fetches nothing."""

    instead = MappingProxyType({"--json": "it is HTML; JSON is export --to jsonl"})

    def syntax(self) -> str:
        return "[options] FEED..."

    def short_desc(self) -> str:
        return "Write feeds as one HTML file to look at: map, devices, timeline, copies"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        group = parser.add_argument_group(title="Report")
        group.add_argument(
            "-O",
            "--output",
            metavar="FILE",
            help="a path or s3://BUCKET/KEY, replaced once the page is complete; - is "
            "stdout, the default",
        )
        group.add_argument(
            "--tags",
            choices=["auto", "all"],
            default="auto",
            help="all: have every tag also in a report of more than 20,000 images",
        )

    def execute(self, args: list[str], opts: argparse.Namespace) -> None:
        target = None if opts.output == "-" else opts.output
        feeds = find_feeds(args)
        _check(target, feeds)
        # Scrapy imports every command; only this one needs DuckDB and Jinja2.
        from fpcrawler.report.making import make_report  # noqa: PLC0415

        make_report(
            self,
            feeds,
            target,
            memory=opts.memory,
            with_all_tags=opts.tags == "all",
        )


def _check(target: str | None, feeds: Sequence[FeedFile]) -> None:
    """Raise BadInput for a file that would be lost."""
    if target and not target.startswith("s3://"):
        output = Output(
            option="-O", path=Path(target), kind="a report", holds=_is_report
        )
        check_outputs([output], [feed.path for feed in feeds])


def _is_report(head: bytes) -> bool:
    return head.startswith(_FIRST_LINES)
