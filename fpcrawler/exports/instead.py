"""Say how to get a file that a crawl does not write."""

from __future__ import annotations

from collections.abc import Collection

from fpcrawler.console.program import program
from fpcrawler.errors import BadInput
from fpcrawler.exports.formats import format_of
from fpcrawler.feeds.names import format_of_feed

_REPORT = "html"


def check_format(name: str, known: Collection[str]) -> None:
    """Raise BadInput for a value of ``-o`` whose format is not among ``known``."""
    form = format_of_feed(name)
    if form in known:
        return
    if form == _REPORT or format_of(name) is not None:
        command = "report" if form == _REPORT else "export"
        raise BadInput(
            f"feed {name}: a crawl does not write .{form}; write a .json feed, then "
            f"run: {program()} {command} FEED -O {name}"
        )
    given = f"a crawl does not write {form}" if form else "the name has no suffix"
    raise BadInput(
        f"feed {name}: {given}; name it .json, .jsonl or .csv, with .gz after it for "
        "gzip."
    )
