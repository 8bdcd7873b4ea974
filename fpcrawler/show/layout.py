"""Lay out labels and values in columns for a terminal."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from fpcrawler.console.text import printable

MIN_WIDTH, MAX_WIDTH = 40, 100
"""Columns: narrower terminals break the lines, wider ones would be hard to read."""

MAX_LINES = 12
"""Lines of one value; a prompt or a workflow can have thousands."""

_LAST_LINES = 3

_INDENT = _GAP = 2
_LABEL = 10
"""Cells of a label; so in 80 columns 66 are left, enough for a SHA-256 in hex."""

_LINE_END = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class Row:
    """A label and its value, of one line or more; any text from the web."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Section:
    """Rows that belong together, below a title."""

    title: str
    rows: tuple[Row, ...]


def section_lines(section: Section, width: int) -> Iterator[str]:
    """Yield the lines of a section, of ``width`` cells at most.

    A label that is too long for its column has a line of its own.
    """
    yield from wrapped(printable(section.title), width)
    labels = [printable(row.label) for row in section.rows]
    column = _column(labels, width)
    for label, row in zip(labels, section.rows, strict=True):
        has_own_line = cells(label) > column
        if has_own_line:
            for line in wrapped(label, width - _INDENT):
                yield f"{'':{_INDENT}}{line}"
        left = "" if has_own_line else label
        for line in _value_lines(row.value, width - _INDENT - column - _GAP):
            gap = " " * (column - cells(left) + _GAP)
            yield f"{'':{_INDENT}}{left}{gap}{line}".rstrip()
            left = ""


def value_width(width: int) -> int:
    """Return the cells of a value beside labels of the usual length."""
    return width - _INDENT - _LABEL - _GAP


def wrapped(text: str, width: int) -> list[str]:
    """Break a line at spaces, or within a word that is too long for one line."""
    lines = []
    while cells(text) > width:
        end = _fitting(text, width)
        space = text.rfind(" ", 0, end + 1)
        at = space if text[: max(space, 0)].strip() else end
        lines.append(text[:at].rstrip())
        text = text[at:].lstrip()
    return [*lines, text]


def cells(text: str) -> int:
    """Return how many cells of a terminal a text takes (UAX #11)."""
    return len(text) if text.isascii() else sum(map(_cells_of, text))


def _cells_of(char: str) -> int:
    if unicodedata.category(char) in {"Mn", "Me"}:
        return 0
    return 2 if unicodedata.east_asian_width(char) in {"W", "F"} else 1


def _column(labels: list[str], width: int) -> int:
    limit = max(_LABEL, width // 2 - _INDENT - 2)
    return max([_LABEL, *(n for label in labels if (n := cells(label)) <= limit)])


def _fitting(text: str, width: int) -> int:
    """Return how many characters fit, at least one."""
    total = 0
    for number, char in enumerate(text):
        total += _cells_of(char)
        if total > width:
            return max(number, 1)
    return len(text)


def _value_lines(value: str, width: int) -> list[str]:
    """Return at most MAX_LINES lines; of a longer value the beginning and the end.

    The end matters as well: in prompts it has the settings of the model.
    """
    most = MAX_LINES * width  # characters, so that the work is bounded
    lines = _lines(value[:most], width)
    if len(value) <= most and len(lines) <= MAX_LINES:
        return lines
    mark = wrapped(f"... ({len(value):,} characters)", width)
    last = _lines(value[-_LAST_LINES * width :], width)[-_LAST_LINES:]
    return [*lines[: MAX_LINES - len(mark) - len(last)], *mark, *last]


def _lines(text: str, width: int) -> list[str]:
    written = _LINE_END.split(text.rstrip(" \r\n"))
    return [part for line in written for part in wrapped(printable(line), width)]
