"""``scrapy match``: which images of feeds are on known lists."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from fpcrawler.checks import BadInput
from fpcrawler.core.known import Kind
from fpcrawler.duplicates.output import printable
from fpcrawler.feedcommand import FeedCommand
from fpcrawler.feedfiles import find_feeds
from fpcrawler.feedtables import database
from fpcrawler.known.comparing import compare, known_images
from fpcrawler.known.files import find_lists

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable

    from fpcrawler.known.comparing import Compared, KnownImage

_KIND_WIDTH = max(map(len, Kind))
_ROW_WIDTH = 10


class Command(FeedCommand):
    """Looks the images of feeds up in known lists; fetches nothing."""

    def syntax(self) -> str:
        return "FEED... --known LIST..."

    def short_desc(self) -> str:
        return "Tell which images of feeds are on known lists"

    def long_desc(self) -> str:
        return (
            "Tell which images of feeds are on known lists: other feeds, tables (CSV) "
            f"or JSON with any of the columns {', '.join(Kind)}, or bare hashes, one "
            "in a line; each may be packed (.gz). A feed has no bytes of the images, "
            f"so {Kind.SAMPLE} is compared with the field of that name only; a crawl "
            "with KNOWN_LISTS finds such 128 bytes anywhere in the sample."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        group = parser.add_argument_group(title="Known lists")
        group.add_argument(
            "--known",
            metavar="LIST",
            nargs="+",
            action="extend",
            default=[],
            help="paths or globs of known lists; may be given more than once",
        )
        group.add_argument("--json", action="store_true", help="print a JSON array")

    def answer(self, args: list[str], opts: argparse.Namespace) -> None:
        if not opts.known:
            message = "no known list is named; add --known and paths or globs of some."
            raise BadInput(message)
        if not args:
            message = "no feed is named; name the feeds before --known."
            raise BadInput(message)
        feeds, lists = find_feeds(args), find_lists(opts.known)
        with database(opts.memory) as connection:
            compared = compare(connection, feeds, lists)
            self.tell_passed_over(compared.passed_over)
            self._tell_no_digests(compared)
            images = known_images(connection, compared.lists)
            if opts.json:
                _print_json(images)
            else:
                _print_table(images, compared)

    def _tell_no_digests(self, compared: Compared) -> None:
        for entries in compared.lists:
            if entries.passed_over:
                sys.stderr.write(
                    f"scrapy {self.name}: {entries.name}: {entries.passed_over} cells "
                    "or rows are no digest, left out\n"
                )


def _print_json(images: Iterable[KnownImage]) -> None:
    separator = "["
    for image in images:
        sys.stdout.write(f"{separator}\n{json.dumps(image)}")
        separator = ","
    sys.stdout.write("[]\n" if separator == "[" else "\n]\n")


def _print_table(images: Iterable[KnownImage], compared: Compared) -> None:
    names = {entries.name: printable(entries.name) for entries in compared.lists}
    width = max(len("LIST"), *map(len, names.values()))

    def line(kind: str, name: str, row: str, url: str) -> str:
        return f"{kind:{_KIND_WIDTH}}  {name:{width}}  {row:>{_ROW_WIDTH}}  {url}\n"

    number = 0
    for number, image in enumerate(images, start=1):
        if number == 1:
            sys.stdout.write(line("KIND", "LIST", "ROW", "URL"))
        for match in image["matches"]:
            row, url = str(match["row"]), printable(image["url"])
            sys.stdout.write(line(match["kind"], names[match["list"]], row, url))
    digests = sum(entries.digests for entries in compared.lists)
    sys.stdout.write(
        f"{number:,} of {compared.images:,} images are on known lists "
        f"({len(compared.lists):,} with {digests:,} digests)\n"
    )
