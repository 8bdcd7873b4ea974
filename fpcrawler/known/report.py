"""The work of ``scrapy match``: print the images of feeds that are on known lists."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from fpcrawler.console.known_words import in_words, not_compared, sets_in_words, sets_of
from fpcrawler.console.streams import say
from fpcrawler.console.text import count_in_words, printable
from fpcrawler.core.fingerprint.known import DigestKind
from fpcrawler.known.comparing import ComparedList, compare, known_images
from fpcrawler.tables.database import database

if TYPE_CHECKING:
    from fpcrawler.console.feed_command import FeedCommand
    from fpcrawler.feeds.files import FeedFile
    from fpcrawler.known.comparing import Compared, KnownImage, MatchResult
    from fpcrawler.known.rows import ListFile

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
        result = compare(connection, feeds, lists)
        command.report_skipped(result.skipped)
        for line in _remarks(result):
            say(f"{command.title}: {line}\n")
        entries = [compared.entries for compared in result.lists]
        images = known_images(connection, entries)
        if is_json:
            _print_json(images, result)
        else:
            command.write(_table(images, result))


def _remarks(result: MatchResult) -> Iterable[str]:
    """Yield what to know of each list: how it was read, what it left uncompared."""
    for compared in result.lists:
        entries = compared.entries
        if entries.skipped:
            yield f"{entries.name}: {entries.skipped} invalid cells or rows skipped"
        if entries.note:
            yield f"{entries.name}: {entries.note}"
        kinds = ", ".join(entries.kinds)
        line = not_compared(entries.name, kinds, compared.comparable, result.images)
        if line:
            yield line


def _print_json(images: Iterable[KnownImage], result: MatchResult) -> None:
    """Print the object with a line for each image, as it is found."""
    lists = json.dumps([*map(_described, result.lists)])
    start = f'{{"images": {result.images}, "lists": {lists}, "known": '
    separator = "["
    sys.stdout.write(start)
    for image in images:
        sys.stdout.write(f"{separator}\n{json.dumps(image)}")
        separator = ","
    sys.stdout.write("[]}\n" if separator == "[" else "\n]}\n")


def _described(compared: Compared) -> ComparedList:
    entries = compared.entries
    return ComparedList(
        list=entries.name,
        kinds=[*entries.kinds],
        rows=entries.rows,
        digests=entries.digests,
        skipped=entries.skipped,
        comparable=compared.comparable,
    )


def _table(images: Iterable[KnownImage], result: MatchResult) -> Iterator[str]:
    entries = [compared.entries for compared in result.lists]
    names = {each.name: printable(each.name) for each in entries}
    width = max(len("LIST"), *map(len, names.values()))

    def line(kind: str, name: str, row: str, url: str) -> str:
        return f"{kind:{_KIND_WIDTH}}  {name:{width}}  {row:>{_ROW_WIDTH}}  {url}\n"

    number = 0
    sets: Counter[str] = Counter()
    for number, image in enumerate(images, start=1):
        if number == 1:
            yield line("KIND", "LIST", "ROW", "URL")
        sets.update(sets_of(image["matches"]))
        url = printable(image["url"])
        said = ""
        for match in image["matches"]:
            row = "" if match["row"] is None else str(match["row"])
            yield line(match["kind"], names[match["list"]], row, url)
            if (words := in_words(match)) not in ("", said):
                yield f"  {printable(words)}\n"
            said = words
    digests = sum(each.digests for each in entries)
    known = (
        f"{number:,} of {count_in_words(result.images, 'image')} on known lists "
        f"({count_in_words(len(entries), 'list')} with "
        f"{count_in_words(digests, 'digest')})"
    )
    yield f"{', '.join([known, *sets_in_words(sets)])}\n"
