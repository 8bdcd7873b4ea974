"""Find the feeds that a command line names, by paths and globs."""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from fpcrawler.errors import BadInput
from fpcrawler.feeds.run_file import RUN_SUFFIX
from fpcrawler.feeds.storage import NOTES_SUFFIX, PARTIAL_SUFFIX


class FeedFormat(StrEnum):
    """The format of a feed or a known list; for JSON, DuckDB's names."""

    ARRAY = "array"
    LINES = "newline_delimited"
    CSV = "csv"
    PARQUET = "parquet"
    BARE = "bare"
    """A known list with a hash in each line."""


FORMATS = {
    ".json": FeedFormat.ARRAY,
    ".jsonl": FeedFormat.LINES,
    ".jsonlines": FeedFormat.LINES,
    ".jl": FeedFormat.LINES,
    ".csv": FeedFormat.CSV,
    ".parquet": FeedFormat.PARQUET,
}


_WORD = re.compile(r"""(?<!\S)(?:'([^']+)'|"([^"]+)")(?!\S)|(\S+)""")

_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedFile:
    """A feed or another file of records on this disk.

    ``header`` and ``delimiter`` are those of a table. ``skip``: the lines before it.
    ``has_header``: whether the header is a line of the file.
    """

    path: Path
    format: FeedFormat
    is_gzipped: bool
    header: tuple[str, ...] = ()
    delimiter: str = ","
    skip: int = 0
    has_header: bool = True


def find_feeds(arguments: Sequence[str]) -> list[FeedFile]:
    """Return the feeds that paths and globs name, each once; raises BadInput."""
    if not arguments:
        raise BadInput(
            "no feed is named; give paths or globs of .json, .jsonl, .csv or .parquet."
        )
    return [_feed(path) for path in expanded(arguments)]


def resumed_feeds(resume: str) -> list[FeedFile]:
    """Return the feeds of ``-a resume=``: paths or globs, separated by spaces.

    A single path may contain spaces, one of several if it is quoted. Raises BadInput.
    """
    return _feeds_among(resume, feed_words(resume))


def exists(name: str | Path) -> bool:
    """Return whether a file exists; False for a name that is too long, as many are."""
    return os.path.exists(name)  # noqa: PTH110 - Path raises


def feed_words(text: str) -> list[str]:
    """Return the paths and globs of ``-a resume=``, without quotes."""
    if exists(text):
        return [text]
    return ["".join(found) for found in _WORD.findall(text)]


def joined_feeds(words: Sequence[str]) -> str:
    """Return the value of ``-a resume=`` for paths and globs."""
    return " ".join(map(_quoted, words)) if len(words) > 1 else "".join(words)


def _quoted(word: str) -> str:
    if len(word.split()) == 1:
        return word
    quote = '"' if "'" in word else "'"
    return f"{quote}{word}{quote}"


def verified_feeds(verify: str) -> list[FeedFile]:
    """Return the feeds of ``-a verify=``; they may also be separated by commas."""
    return _feeds_among(verify, verify.replace(",", " ").split())


def _feeds_among(argument: str, words: list[str]) -> list[FeedFile]:
    try:
        return find_feeds([argument])
    except BadInput:
        if len(words) < 2 or exists(argument):  # noqa: PLR2004 - a single path
            raise
        return find_feeds(words)


def expanded(arguments: Iterable[str]) -> list[Path]:
    """Return the files that paths and globs name, each once; raises BadInput."""
    paths = [path for argument in arguments for path in _expanded(argument)]
    return list({path.resolve(): path for path in paths}.values())


def _expanded(argument: str) -> list[Path]:
    if _URI.match(argument) and not exists(argument):
        hint = " (docs/s3.md)" if argument.startswith("s3:") else ""
        raise BadInput(
            f"{argument} is not a local path; copy it to this disk first{hint}."
        )
    if exists(argument) or not glob.has_magic(argument):
        return [Path(argument)]
    names = glob.iglob(argument, recursive=True)  # noqa: PTH207 - also absolute
    beside = (NOTES_SUFFIX, RUN_SUFFIX)
    found = sorted(name for name in names if not name.endswith(beside))
    if not found:
        raise BadInput(f"{argument} matches no file; name existing files.")
    return [Path(name) for name in found]


def check_file(path: Path, kind: str) -> None:
    """Raise BadInput for a path that is not a file; ``kind``: what it should be."""
    if exists(path) and path.is_file():
        return
    if exists(path) and path.is_dir():
        message = f"{path} is a folder; name the {kind}s in it: {path / '*.json'}."
    elif exists(path):
        what = "pipe" if path.is_fifo() else "socket" if path.is_socket() else "device"
        message = f"{path} is a {what}, not a file; name a {kind}."
    else:
        message = f"{path} does not exist; name a {kind}."
    raise BadInput(message)


def _feed(path: Path) -> FeedFile:
    check_file(path, "feed")
    name = path.name.lower().removesuffix(PARTIAL_SUFFIX)
    is_gzipped = name.endswith(".gz")
    feed_format = FORMATS.get(Path(name.removesuffix(".gz")).suffix)
    # A Parquet file is compressed inside, and read from its end.
    if feed_format is None or (feed_format is FeedFormat.PARQUET and is_gzipped):
        endings = ", ".join(FORMATS)
        raise BadInput(
            f"{path} has an unknown suffix; use one of {endings}, also with .gz "
            "except .parquet."
        )
    return FeedFile(path=path, format=feed_format, is_gzipped=is_gzipped)


def feed_name(feed: FeedFile) -> str:
    """Return the path as text; replace bytes that are not UTF-8."""
    return os.fsencode(feed.path).decode(errors="replace")
