"""The record as columns that have one value each, without its tags."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from math import isfinite
from typing import TYPE_CHECKING, Any, NamedTuple

from fpcrawler.exports.tables import TYPES

if TYPE_CHECKING:
    from fpcrawler.exports.rows import Record

TAG_FIELDS = ("exif", "xmp", "iptc", "texts")
"""The fields whose values are one tag each."""

Scalar = str | int | float | bool | None


class Column(NamedTuple):
    """A value of the record: its path of keys, and DuckDB's type."""

    path: tuple[str, ...]
    kind: str

    @property
    def name(self) -> str:
        """The keys, such as ``device_make``."""
        return "_".join(self.path)

    @property
    def is_nested(self) -> bool:
        """Whether the value is a list or an object."""
        return self.kind.startswith(("[", "MAP"))

    def value_in(self, record: Record) -> Scalar:
        """Return the value; of a list or an object its JSON, None if that is empty."""
        value: Any = record
        for key in self.path:
            value = value.get(key) if isinstance(value, Mapping) else None
        if isinstance(value, list | dict):
            return json.dumps(value, ensure_ascii=False) if value else None
        if isinstance(value, float) and not isfinite(value):
            return None  # JSON has neither NaN nor infinity
        scalar: Scalar = value
        return scalar


def _columns(path: tuple[str, ...], structure: Any) -> Iterator[Column]:
    if isinstance(structure, dict):
        for key, inner in structure.items():
            yield from _columns((*path, key), inner)
    else:
        kind = structure if isinstance(structure, str) else json.dumps(structure)
        yield Column(path, kind)


def _structure(kind: str) -> Any:
    return json.loads(kind) if kind.startswith(("{", "[")) else kind


COLUMNS = [
    column
    for name, kind in TYPES.items()
    if name not in TAG_FIELDS
    for column in _columns((name,), _structure(kind))
]
"""Every value of the record that is not a tag, in its order."""

FACTS = [
    column
    for column in COLUMNS
    if not column.is_nested
    and column.path[0] not in {"metadata_status", "evidence", "requests"}
    and not column.name.startswith("random_")
]
"""What a person wants to know of an image on a map or in a timeline."""


def facts_of(record: Record) -> dict[str, Scalar]:
    """Return the facts that are known, by the names of their columns."""
    values = {column.name: column.value_in(record) for column in FACTS}
    return {name: value for name, value in values.items() if value is not None}


def tags_of(record: Record) -> Iterator[tuple[str, str, str]]:
    """Yield each tag: its field, name and value."""
    for field in TAG_FIELDS[:-1]:
        for name, value in (record[field] or {}).items():
            if value is not None:
                yield field, name, value
    for text in record["texts"] or []:
        if text and text.get("name") is not None and text.get("text") is not None:
            yield "texts", text["name"], text["text"]
