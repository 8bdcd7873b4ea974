"""Everything else about each record, in blocks that the page unpacks one at a time."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice

from fpcrawler.report.packing import packed_json
from fpcrawler.report.records import FIELDS, TAG_FIELDS, Record
from fpcrawler.report.values import (
    MAX_CHARS,
    is_http_date,
    is_plain_time,
    mapping_of,
    text_of,
)

BLOCK = 256
"""Records in a block: few enough that a block is unpacked in milliseconds."""

_MAX_DEPTH = 6
_MAX_ITEMS = 2_000
"""Tags of a record, or elements of a list: the crawl's own limits are lower."""

_IN_TABLE = frozenset(
    {
        *("url", "page_url", "alt", "found_in", "format", "width", "height"),
        *("image_size", "timestamp", "matches", "bytes_downloaded", "requests"),
        *("has_ranges", "tor", "evidence"),
    }
)
_PLAIN = tuple(name for name in FIELDS if name not in {*_IN_TABLE, *TAG_FIELDS})
_TAGS = frozenset({"exif", "xmp", "iptc"})
_MIN_REPEATED = 8
"""Characters of a value from which on a reference to an equal one is shorter."""


class Details:
    """The blocks of all records, packed as records are added."""

    def __init__(self, *, has_tags: bool) -> None:
        self._fields = (*_PLAIN, *TAG_FIELDS) if has_tags else _PLAIN
        self._waiting: list[Record] = []
        self._packed: list[str] = []

    def add(self, record: Record) -> None:
        """Append a record."""
        self._waiting.append(
            {name: _READERS.get(name, bounded)(record[name]) for name in self._fields}
        )
        if len(self._waiting) == BLOCK:
            self._pack()

    def blocks(self) -> list[str]:
        """Return all blocks, each as gzipped JSON in base64."""
        if self._waiting:
            self._pack()
        return self._packed

    def _pack(self) -> None:
        # Columns, as neighbours of one field have more in common than a record.
        columns = {
            name: _column(
                [record[name] for record in self._waiting], is_tags=name in _TAGS
            )
            for name in self._fields
        }
        self._packed.append(packed_json(columns))
        self._waiting.clear()


def bounded(value: object, depth: int = _MAX_DEPTH) -> object:
    """Return a JSON value with long texts and lists cut, and no deep nesting."""
    if isinstance(value, str):
        return value if len(value) <= MAX_CHARS else text_of(value)
    if isinstance(value, dict):
        if not depth:
            return None
        items = islice(value.items(), _MAX_ITEMS)
        return {name[:1_000]: bounded(inner, depth - 1) for name, inner in items}
    if isinstance(value, list):
        return [bounded(inner, depth - 1) for inner in value[:_MAX_ITEMS] if depth]
    return value


def _without(in_table: frozenset[str]) -> Callable[[object], object]:
    return lambda value: bounded(
        {k: v for k, v in mapping_of(value).items() if k not in in_table}
    )


def _taken(value: object) -> object:
    taken = {**mapping_of(value)}
    taken.pop("utc", None)
    if is_plain_time(taken.get("local")):
        taken["local"] = None
    return bounded(taken)


def _last_modified(value: object) -> object:
    return None if is_http_date(value) else bounded(value)


def _tags(value: object) -> object:
    """Return names and texts; a value that is not a text becomes JSON."""
    tags = mapping_of(bounded(value))
    return {
        name: text if isinstance(text, str) else json.dumps(text)
        for name, text in tags.items()
    }


def _base64(value: object) -> str | None:
    """Return a digest in base64: hex needs more, even compressed."""
    try:
        return b64encode(bytes.fromhex(text_of(value) or "")).decode("ascii") or None
    except ValueError:
        return None


_READERS: Mapping[str, Callable[[object], object]] = {
    **dict.fromkeys(("sha256_first_10240_bytes", "picture_sha256"), _base64),
    "end_sha256": _base64,
    **dict.fromkeys(_TAGS, _tags),
    "location": _without(frozenset({"latitude", "longitude"})),
    "device": _without(frozenset({"serial", "lens", "owner", "software"})),
    "taken": _taken,
    "last_modified": _last_modified,
}
"""The page has what is left out from the table, and ``utc`` from ``local`` and
``offset``. Dates in their usual form it makes from the table's seconds."""


def _column(values: Sequence[object], *, is_tags: bool) -> Mapping[str, object]:
    """Return values; of objects, each list of names once, and then their values."""
    if not any(isinstance(value, dict) for value in values):
        return {"values": values}
    shapes: dict[tuple[str, ...], list[int]] = {}
    for number, value in enumerate(values):
        if isinstance(value, dict):
            shapes.setdefault((*value,), []).append(number)
    return {"shapes": [*_shapes(shapes, values, is_tags=is_tags)]}


def _shapes(
    shapes: Mapping[tuple[str, ...], Sequence[int]],
    values: Sequence[object],
    *,
    is_tags: bool,
) -> Iterator[Mapping[str, object]]:
    for names, numbers in shapes.items():
        objects = [mapping_of(values[number]) for number in numbers]
        rows = [[*each.values()] for each in objects]
        if is_tags:
            rows = [_without_repeats(row) for row in rows]
        yield {"names": names, "of": numbers, "values": [*zip(*rows, strict=True)]}


def _without_repeats(texts: Sequence[object]) -> list[object]:
    """Return texts, in place of a repeated one the place of the first.

    Three tags of a photograph have one time, and XMP repeats what EXIF says.
    """
    places: dict[object, int] = {}
    found: list[object] = []
    for place, text in enumerate(texts):
        first = places.setdefault(text, place)
        is_long = isinstance(text, str) and len(text) >= _MIN_REPEATED
        found.append(first if first < place and is_long else text)
    return found
