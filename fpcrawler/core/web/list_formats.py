"""Read a URL list as plain lines, as a table with a header, or as JSON Lines."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from itertools import chain

from fpcrawler.core.web.url_list import BadLine, first_word

_COLUMNS = (
    *("url", "imageurl", "imgurl", "photourl", "pictureurl", "mediaurl", "fileurl"),
    *("pageurl", "uri", "link", "imagelink", "href", "src", "loc", "address"),
)
"""Names of the column of URLs, the best first, without spaces, ``_`` and ``-``."""

_MAX_HEADER_CHARS = 10_000
_DELIMITERS = ",\t;|"
_SEPARATOR = re.compile(r'\ufeff?"?sep=."?\s*', re.IGNORECASE)
"""The first line by which Excel learns the delimiter; the header shows it as well."""

_ARRAY = re.compile(r'\ufeff?\s*\[\s*(?:["{\[].*)?', re.DOTALL)
_IS_ARRAY = (
    'the list is a JSON array; write one URL, or one object with a "url" (JSON Lines), '
    "in each line."
)

Numbered = tuple[int, str]
Word = tuple[int, str | BadLine]


def words_of(lines: Iterator[str]) -> Iterator[Word]:
    """Yield the URL or path of each line, with the line's number, lazily.

    The first line decides: a header with a column of URLs begins a table (RFC 4180,
    also with tabs, semicolons or bars), an object begins JSON Lines. Any other list
    has one URL or path in each line. A line without one gives a BadLine; so does a JSON
    array, once.
    """
    numbered = enumerate(lines, start=1)
    for number, line in numbered:
        word = first_word(line)
        if word is None or (number == 1 and _SEPARATOR.fullmatch(line)):
            continue
        if _ARRAY.fullmatch(line):
            yield number, BadLine(_IS_ARRAY)
            return
        if (found := _column_of(line)) is not None:
            yield from _of_table(numbered, number, *found)
        elif word[0] == "{" and _object_of(line) is not None:
            yield from _of_json_lines(chain([(number, line)], numbered))
        else:
            yield number, word
            yield from _of_plain_lines(numbered)


def _of_plain_lines(numbered: Iterator[Numbered]) -> Iterator[Word]:
    for number, line in numbered:
        if (word := first_word(line)) is not None:
            yield number, word


def _column_of(header: str) -> tuple[str, int] | None:
    """Return the delimiter and the index of the column of URLs; None: no header."""
    text = header.removeprefix("\ufeff").strip()
    if "/" in text or len(text) > _MAX_HEADER_CHARS:
        return None
    for delimiter in _DELIMITERS:
        names = [_plain(cell) for cell in next(csv.reader([text], delimiter=delimiter))]
        known = [name for name in _COLUMNS if name in names]
        if known and (len(names) > 1 or known[0] == _COLUMNS[0]):
            return delimiter, names.index(known[0])
    return None


def _plain(cell: str) -> str:
    return "".join(char for char in cell.lower() if char not in " _-")


def _of_table(
    numbered: Iterator[Numbered], header: int, delimiter: str, column: int
) -> Iterator[Word]:
    rows = csv.reader((line for _, line in numbered), delimiter=delimiter)
    while True:
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as error:  # a quoted cell without end
            yield header + rows.line_num, BadLine(f"it is not CSV: {error}.")
            continue
        number = header + rows.line_num
        cell = row[column].strip() if column < len(row) else ""
        if cell:
            yield number, cell
        elif any(row):
            yield number, BadLine("the row has no URL; add one or remove the row.")


def _of_json_lines(numbered: Iterator[Numbered]) -> Iterator[Word]:
    for number, line in numbered:
        if first_word(line) is None:
            continue
        found = _object_of(line) or {}
        by_name = {_plain(key): value for key, value in reversed(found.items())}
        value = next((by_name[name] for name in _COLUMNS if name in by_name), None)
        is_text = isinstance(value, str) and value.strip() and _is_encodable(value)
        text = str(value).strip() if is_text else None
        yield number, text or BadLine('the line is not JSON with a "url"; correct it.')


def _object_of(line: str) -> dict[str, object] | None:
    try:
        found = json.loads(line.removeprefix("\ufeff"))
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _is_encodable(text: str) -> bool:
    """Return whether a text is without half a surrogate pair, which JSON can hold."""
    return not any("\ud800" <= char <= "\udfff" for char in text)
