"""The work of ``scrapy match``: print the images of feeds that are on known lists."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from fpcrawler.console.streams import say
from fpcrawler.console.text import count_in_words, printable
from fpcrawler.core.fingerprint.known import DigestKind
from fpcrawler.known.comparing import compare, known_images
from fpcrawler.tables.database import database

if TYPE_CHECKING:
    from fpcrawler.console.feed_command import FeedCommand
    from fpcrawler.feeds.files import FeedFile
    from fpcrawler.known.comparing import KnownImage, MatchResult
    from fpcrawler.known.files import ListFile

_KIND_WIDTH = max(map(len, DigestKind))
_ROW_WIDTH = 10


def report_matches(
    command: FeedCommand,
    feeds: Sequence[FeedFile],
    lists: Sequence[ListFile],
    *,
    memory: str,
    is_json: bool,
) -> None:
    """Print the images of ``feeds`` that are on ``lists``."""
    with database(memory) as connection:
        compared = compare(connection, feeds, lists)
        command.report_skipped(compared.skipped)
        for entries in compared.lists:
            if entries.skipped:
                say(
                    f"scrapy {command.name}: {entries.name}: {entries.skipped} "
                    "invalid cells or rows skipped\n"
                )
        images = known_images(connection, compared.lists)
        if is_json:
            _print_json(images)
        else:
            command.write(_table(images, compared))


def _print_json(images: Iterable[KnownImage]) -> None:
    separator = "["
    for image in images:
        sys.stdout.write(f"{separator}\n{json.dumps(image)}")
        separator = ","
    sys.stdout.write("[]\n" if separator == "[" else "\n]\n")


def _table(images: Iterable[KnownImage], compared: MatchResult) -> Iterator[str]:
    names = {entries.name: printable(entries.name) for entries in compared.lists}
    width = max(len("LIST"), *map(len, names.values()))

    def line(kind: str, name: str, row: str, url: str) -> str:
        return f"{kind:{_KIND_WIDTH}}  {name:{width}}  {row:>{_ROW_WIDTH}}  {url}\n"

    number = 0
    for number, image in enumerate(images, start=1):
        if number == 1:
            yield line("KIND", "LIST", "ROW", "URL")
        for match in image["matches"]:
            row, url = str(match["row"]), printable(image["url"])
            yield line(match["kind"], names[match["list"]], row, url)
    digests = sum(entries.digests for entries in compared.lists)
    yield (
        f"{number:,} of {count_in_words(compared.images, 'image')} on known lists "
        f"({count_in_words(len(compared.lists), 'list')} with "
        f"{count_in_words(digests, 'digest')})\n"
    )
