"""The feeds that a command line names: files and globs of them."""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from fpcrawler.errors import BadInput
from fpcrawler.feeds.storage import NOTES_SUFFIX, PARTIAL_SUFFIX


class FeedFormat(StrEnum):
    """How the records of a feed are written, in DuckDB's words."""

    ARRAY = "array"
    LINES = "newline_delimited"
    CSV = "csv"


FORMATS = {
    ".json": FeedFormat.ARRAY,
    ".jsonl": FeedFormat.LINES,
    ".jsonlines": FeedFormat.LINES,
    ".jl": FeedFormat.LINES,
    ".csv": FeedFormat.CSV,
}


_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedFile:
    """A feed on this disk."""

    path: Path
    format: FeedFormat
    is_packed: bool


def find_feeds(arguments: Sequence[str]) -> list[FeedFile]:
    """Return the feeds that paths and globs name, each once; raises BadInput."""
    if not arguments:
        raise BadInput(
            "no feed is named; give paths or globs of .json, .jsonl or .csv."
        )
    paths = [path for argument in arguments for path in expanded(argument)]
    return [_feed(path) for path in {path.resolve(): path for path in paths}.values()]


def resumed_feeds(resume: str) -> list[FeedFile]:
    """Return the feeds of ``-a resume=``: a path or glob, or some between blanks.

    Raises BadInput.
    """
    try:
        return find_feeds([resume])
    except BadInput:
        words = resume.split()
        if len(words) < 2 or Path(resume).exists():  # noqa: PLR2004 - it was no list
            raise
        return find_feeds(words)


def expanded(argument: str) -> list[Path]:
    """Return the paths that a path or glob names; raises BadInput."""
    if _URI.match(argument) and not Path(argument).exists():
        hint = " (docs/s3.md)" if argument.startswith("s3:") else ""
        raise BadInput(f"{argument} is no path; copy it to this disk first{hint}.")
    if Path(argument).exists() or not glob.has_magic(argument):
        return [Path(argument)]
    names = glob.iglob(argument, recursive=True)  # noqa: PTH207 - also absolute
    found = sorted(name for name in names if not name.endswith(NOTES_SUFFIX))
    if not found:
        raise BadInput(f"{argument} matches no file; name files that are there.")
    return [Path(name) for name in found]


def no_file(path: Path, wanted: str) -> BadInput:
    """Return what to raise for a path that has no file to be read."""
    if path.exists():
        what = "pipe" if path.is_fifo() else "socket" if path.is_socket() else "device"
        message = f"{path} is a {what} and no file; name {wanted} that is one."
    else:
        message = f"there is no file {path}; name {wanted}."
    return BadInput(message)


def _feed(path: Path) -> FeedFile:
    if path.is_dir():
        raise BadInput(f"{path} is a folder; name the feeds in it: {path / '*.json'}.")
    if not path.is_file():
        raise no_file(path, "a feed of a crawl")
    name = path.name.lower().removesuffix(PARTIAL_SUFFIX)
    feed_format = FORMATS.get(Path(name.removesuffix(".gz")).suffix)
    if feed_format is None:
        endings = ", ".join(FORMATS)
        raise BadInput(f"{path} ends with none of {endings}, plain or .gz; rename it.")
    return FeedFile(path=path, format=feed_format, is_packed=name.endswith(".gz"))


def feed_name(feed: FeedFile) -> str:
    """Return the path as it may stand in a text; a path can be any bytes."""
    return os.fsencode(feed.path).decode(errors="replace")
