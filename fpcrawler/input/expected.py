"""Count ahead how many entries a list has, so that the progress has a total."""

from __future__ import annotations

import re
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

from fpcrawler.input.lists import COMPRESSED, local_path
from fpcrawler.input.sources import files_below, is_stream

if TYPE_CHECKING:
    from scrapy.statscollectors import StatsCollector

    from fpcrawler.input.sources import Sources

_STAT = "list/expected"
_BLOCK = 1_048_576
_LINE_HEAD = 1_000
"""Bytes of a line that a block cuts, by which it is counted."""
_LINE = re.compile(rb"^[ \t]*+[^\s#]", re.MULTILINE)


def count_ahead(sources: Sources, stats: StatsCollector) -> None:
    """Set the stat ``list/expected`` soon, in a thread; 0 where it is not known.

    A line may name a folder, or be the header of a table, so it is an estimate.
    """
    stats.set_value(_STAT, 0)

    def count() -> None:
        stats.set_value(_STAT, expected_entries(sources))

    Thread(target=count, name="count", daemon=True).start()


def expected_entries(sources: Sources) -> int:
    """Return about how many entries the sources have; 0: it cannot be known."""
    total = len((sources.urls or "").split())
    if sources.folder is not None:
        total += sum(1 for _ in files_below(Path(sources.folder)))
    if sources.urls_file is None:
        return total
    lines = _lines(sources.urls_file)
    return total + lines if lines else 0


def _lines(urls_file: str) -> int:
    """Return the number of lines that may name something; 0: it cannot be known."""
    path = local_path(urls_file)
    if path is None or is_stream(urls_file) or path.suffix.lower() in COMPRESSED:
        return 0
    lines, cut = 0, b""
    try:
        with path.open("rb") as file:
            while block := file.read(_BLOCK):
                *whole, cut = (cut + block).rsplit(b"\n", 1)
                lines += sum(_count(part) for part in whole)
                cut = cut[:_LINE_HEAD]
    except OSError:
        return 0
    return lines + _count(cut)


def _count(lines: bytes) -> int:
    return sum(1 for _ in _LINE.finditer(lines))
