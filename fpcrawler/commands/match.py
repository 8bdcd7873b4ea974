"""``scrapy match``: which images of feeds are on known lists."""

from __future__ import annotations

import argparse

from fpcrawler.console.feed_command import FeedCommand
from fpcrawler.console.known_option import add_known_option
from fpcrawler.core.fingerprint.known import DigestKind
from fpcrawler.errors import BadInput
from fpcrawler.feeds.files import find_feeds


class Command(FeedCommand):
    """Looks the images of feeds up in known lists; fetches nothing."""

    def syntax(self) -> str:
        return "FEED... --known LIST..."

    def short_desc(self) -> str:
        return "List the images of feeds that are on known lists"

    def long_desc(self) -> str:
        return (
            "List the images of feeds that are on known lists. A list is recognised by "
            "its content: Project VIC, NSRL, STIX, MISP, hashdeep and others "
            f"(docs/known-lists.md), a table with any of the columns "
            f"{', '.join(DigestKind)}, or bare digests; gzip is allowed. LIST is a "
            "path, a glob or - for stdin; LIST=good or LIST=bad says what its files "
            "are. A feed holds no image bytes, "
            f"so {DigestKind.SAMPLE} is compared only with the field of that name; a "
            "crawl with KNOWN_LISTS finds these 128 bytes anywhere in the sample."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        group = parser.add_argument_group(title="Known lists")
        add_known_option(group, "paths or globs of known lists; may be repeated")
        group.add_argument("--json", action="store_true", help="print JSON")

    def execute(self, args: list[str], opts: argparse.Namespace) -> None:
        if not opts.known:
            raise BadInput(
                "no known list is named; add --known with paths or globs of lists."
            )
        if not args:
            raise BadInput("no feed is named; name the feeds before --known.")
        # Scrapy imports every command; only this one needs DuckDB and NumPy.
        from fpcrawler.known.files import find_lists  # noqa: PLC0415
        from fpcrawler.known.report import report_matches  # noqa: PLC0415

        report_matches(
            self,
            find_feeds(args),
            find_lists(opts.known),
            memory=opts.memory,
            is_json=opts.json,
        )
