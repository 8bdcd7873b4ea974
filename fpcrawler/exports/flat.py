"""Write records as one CSV table for spreadsheets, with a column for each tag."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Iterable
from io import TextIOWrapper
from typing import IO, TYPE_CHECKING, NamedTuple

from fpcrawler.core.file.cells import neutral
from fpcrawler.exports.columns import COLUMNS, tags_of

if TYPE_CHECKING:
    from fpcrawler.exports.rows import Record

MAX_COLUMNS, MAX_CELL = 16_384, 32_767
"""What Excel and LibreOffice can read: columns, and characters of a cell."""
MAX_NAME = 255
"""Characters of a tag's name; a longer one gets no column."""
_MAX_COUNTED = 100_000
"""Names that are counted; files from the web can have a new one each."""

_SEPARATOR = "; "


class Written(NamedTuple):
    """How many records were written, and how many tags are not in the table.

    ``left_out``: for want of a column. ``too_long``: their names are.
    """

    records: int
    left_out: int = 0
    too_long: int = 0


def write_flat(
    records: Callable[[], Iterable[Record]],
    file: IO[bytes],
    *,
    has_groups: bool = False,
) -> Written:
    """Write a header and a row for each record, in UTF-8 with a byte order mark.

    ``records`` is called twice: for the names, and for the values. If there are too
    many names, the most frequent ones get a column. ``has_groups``: the names say
    already which kind of metadata they are of.
    """
    names, counted = _names(records(), has_groups=has_groups)
    text = TextIOWrapper(file, encoding="utf-8-sig", newline="")
    writer = csv.writer(text)
    writer.writerow([*(column.name for column in COLUMNS), *map(_cell, names)])
    count = found = 0
    for record in records():
        tags = _tags(record, has_groups=has_groups)
        values = [_cell(column.value_in(record)) for column in COLUMNS]
        writer.writerow([*values, *(_cell(tags.get(name)) for name in names)])
        count += 1
        found += sum(name in tags for name in names)
    text.detach()
    too_long = counted[True]
    return Written(count, counted.total() - too_long - found, too_long)


def _names(
    records: Iterable[Record], *, has_groups: bool
) -> tuple[list[str], Counter[bool]]:
    """Return the names of the columns in their order, and the number of tags.

    Those are counted by whether their names are too long.
    """
    counts: Counter[str] = Counter()
    total: Counter[bool] = Counter()
    for record in records:
        tags = _tags(record, has_groups=has_groups)
        total.update(len(name) > MAX_NAME for name in tags)
        counts.update(
            name
            for name in tags
            if len(name) <= MAX_NAME and (name in counts or len(counts) < _MAX_COUNTED)
        )
    frequent = counts.most_common(MAX_COLUMNS - len(COLUMNS))
    return sorted(name for name, _ in frequent), total


def _tags(record: Record, *, has_groups: bool) -> dict[str, str]:
    """Return column to value; several texts of one name are joined."""
    tags: dict[str, str] = {}
    for field, name, value in tags_of(record):
        column = name if has_groups else f"{field}.{name}"
        tags[column] = f"{tags[column]}{_SEPARATOR}{value}" if column in tags else value
    return tags


def _cell(value: object) -> str:
    """Return a value as text that no spreadsheet takes for a formula or cuts."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = neutral(str(value))
    return text if len(text) <= MAX_CELL else f"{text[: MAX_CELL - 1]}…"
