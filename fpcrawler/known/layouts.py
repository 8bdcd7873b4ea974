"""Find the header, the delimiter and the digests of a table by its first lines."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Sequence

from fpcrawler.core.fingerprint.known import BY_DIGITS
from fpcrawler.feeds.files import FeedFormat
from fpcrawler.known.columns import (
    DIGEST_OBJECTS,
    is_type,
    kind_of,
    typed_columns,
)
from fpcrawler.known.rows import Head, Layout

_DELIMITERS = ",;\t|"
_MAX_LINES = 200
_SEPARATOR = re.compile(r"sep=(.)\r?$")
"""The first line of a table for a spreadsheet may say its delimiter."""
_DIGEST = re.compile("|".join(rf"[0-9a-fA-F]{{{digits}}}" for digits in BY_DIGITS))


def table_layout(head: Head) -> Layout | None:
    """Return the layout of a table with digests, None if a text is not one."""
    lines = head.text.splitlines()[:_MAX_LINES]
    skip = next((at for at, line in enumerate(lines) if not _is_before(line)), None)
    if skip is None:
        return None
    lines = lines[skip:]
    if delimiter := _delimiter_of(lines[0]):
        return _layout(lines[1:], delimiter, skip + 1)
    found = (_named(lines[0], delimiter, skip) for delimiter in _DELIMITERS)
    by_name = next(filter(None, found), None)
    if by_name:
        return by_name
    found = (_by_values(lines, delimiter, skip) for delimiter in f"{_DELIMITERS} ")
    return next(filter(None, found), None)


def rows_of_lines(lines: Iterable[str], delimiter: str) -> list[list[str]]:
    """Return the cells of each line; a line with a broken quote has none."""
    try:
        return [row for row in csv.reader(lines, delimiter=delimiter) if row]
    except csv.Error:
        return []


def _is_before(line: str) -> bool:
    return not line.strip() or line.startswith("#")


def _delimiter_of(line: str) -> str:
    found = _SEPARATOR.match(line.strip('"'))
    return found[1] if found else ""


def _layout(lines: Sequence[str], delimiter: str, skip: int) -> Layout | None:
    if not lines:
        return None
    return _named(lines[0], delimiter, skip) or _by_values(lines, delimiter, skip)


def _named(line: str, delimiter: str, skip: int) -> Layout | None:
    """Return the layout of a table whose header names the kinds of its digests."""
    header = tuple(next(iter(rows_of_lines([line], delimiter)), ()))
    if any(map(_is_digest, header)):
        return None  # a row, whose kind may be in another cell
    if any(kind_of(name) or name in DIGEST_OBJECTS for name in header):
        return Layout(
            format=FeedFormat.CSV, header=header, delimiter=delimiter, skip=skip
        )
    typed = typed_columns(header)
    if typed is None:
        return None
    kinds, value = typed
    return Layout(
        format=FeedFormat.CSV,
        header=header,
        delimiter=delimiter,
        skip=skip,
        kinds=kinds,
        values=(value,),
    )


def _by_values(lines: Sequence[str], delimiter: str, skip: int) -> Layout | None:
    """Return the layout of a table that has digests, as their cells show."""
    rows = rows_of_lines(lines, delimiter)
    width = len(rows[0]) if rows else 0
    columns = [*zip(*(row for row in rows if len(row) == width), strict=True)]
    values = [
        at
        for at, cells in enumerate(columns)
        if _are(cells[1:], _is_digest) or _is_digest(cells[0])
    ]
    if not values:
        return None
    has_header = not any(_is_digest(rows[0][at]) for at in values)
    types = [at for at, cells in enumerate(columns) if _are(cells, is_type)]
    if not has_header and not types and (values == [0] or delimiter == " "):
        return None  # bare digests, with or without names
    if types:
        has_header = not is_type(rows[0][types[0]])
    header = rows[0] if has_header else _typed_names(width, types)
    return Layout(
        format=FeedFormat.CSV,
        header=tuple(header),
        has_header=has_header,
        delimiter=delimiter,
        skip=skip,
        values=tuple(values),
        kinds=types[0] if types else None,
        note="" if types else _note(header, values, has_header=has_header),
    )


def _note(header: Sequence[str], values: Iterable[int], *, has_header: bool) -> str:
    names = (repr(header[at]) if has_header else str(at + 1) for at in values)
    return f"the digests of column {', '.join(names)} are told apart by their length"


def _typed_names(width: int, types: Sequence[int]) -> list[str]:
    return ["type" if at in types else "" for at in range(width)]


def _is_digest(cell: str) -> bool:
    # md5sum writes a backslash before the digest of an odd name.
    return _DIGEST.fullmatch(cell.strip().removeprefix("\\")) is not None


def _are(cells: Sequence[str], is_one: Callable[[str], bool]) -> bool:
    """Return whether half of the cells with a text, or more, are such ones."""
    texts = [cell for cell in cells if cell.strip()]
    return bool(texts) and 2 * sum(map(is_one, texts)) >= len(texts)
