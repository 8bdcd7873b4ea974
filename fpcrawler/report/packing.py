"""Pack columns of values for the page: typed arrays and dictionaries, gzipped.

A container is the length of a JSON head (4 bytes, little-endian), the head, and typed
arrays, each at a multiple of 8 bytes. The head says where each array is.
"""

from __future__ import annotations

import gzip
import json
import math
import struct
import sys
from array import array
from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence

_ALIGNMENT = 8
_LEVEL = 6
"""Level 9 takes eight times as long for a column of numbers, and saves 2 %."""
_UNKNOWN = math.nan

JsonHead = Mapping[str, object]


class Texts:
    """A column of texts, few of them different: each is a number in a dictionary."""

    def __init__(self) -> None:
        self._numbers: dict[str | None, int] = {None: 0}
        self._codes = array("I")

    def add(self, text: str | None) -> None:
        """Append a text; None if unknown."""
        self._codes.append(self._numbers.setdefault(text, len(self._numbers)))

    def put(self, name: str, container: Container) -> None:
        """Write the column to a container."""
        container.head[name] = {"kind": "texts", "values": [*self._numbers][1:]}
        container.arrays[name] = self._codes


class Numbers:
    """A column of 64-bit floats; an unknown one is NaN."""

    def __init__(self) -> None:
        self._values = array("d")

    def add(self, value: float | None) -> None:
        """Append a number; None if unknown."""
        self._values.append(_UNKNOWN if value is None else value)

    def put(self, name: str, container: Container) -> None:
        """Write the column to a container."""
        container.head[name] = {"kind": "numbers"}
        container.arrays[name] = self._values


class Lists:
    """A column of lists of texts: where each begins, and numbers in a dictionary."""

    def __init__(self) -> None:
        self._starts = array("I", [0])
        self._numbers: dict[str, int] = {}
        self._codes = array("I")

    def add(self, texts: Iterable[str]) -> None:
        """Append a list."""
        for text in texts:
            number = self._numbers.setdefault(text, len(self._numbers))
            self._codes.append(number)
        self._starts.append(len(self._codes))

    def put(self, name: str, container: Container) -> None:
        """Write the column to a container."""
        container.head[name] = {"kind": "lists", "values": [*self._numbers]}
        container.arrays[name] = self._codes
        container.arrays[f"{name}:starts"] = self._starts


Column = Texts | Numbers | Lists


class Container:
    """A head, and typed arrays by name."""

    def __init__(self, **head: object) -> None:
        self.head: dict[str, object] = head
        self.arrays: dict[str, array[int] | array[float]] = {}

    def put(self, columns: Mapping[str, Column]) -> None:
        """Add columns by name."""
        for name, column in columns.items():
            column.put(name, self)

    def put_members(self, name: str, groups: Iterable[Sequence[int]]) -> None:
        """Add groups of record numbers."""
        starts, members = array("I", [0]), array("I")
        for group in groups:
            members.extend(group)
            starts.append(len(members))
        self.arrays[name], self.arrays[f"{name}:starts"] = members, starts

    def packed(self) -> str:
        """Return the container, gzipped, in base64."""
        places: dict[str, tuple[str, int, int]] = {}
        body = bytearray()
        for name, values in self.arrays.items():
            places[name] = (values.typecode, len(body), len(values))
            body += _little_endian(values)
            body += bytes(-len(body) % _ALIGNMENT)
        head = _json({**self.head, "arrays": places})
        head += b" " * (-(len(head) + 4) % _ALIGNMENT)
        return zipped(struct.pack("<I", len(head)) + head + body)


def packed_json(value: object) -> str:
    """Return a value as JSON, gzipped, in base64."""
    return zipped(_json(value))


def zipped(data: bytes) -> str:
    """Return bytes gzipped, in base64; the same for the same bytes."""
    return b64encode(gzip.compress(data, _LEVEL, mtime=0)).decode("ascii")


def _json(value: object) -> bytes:
    # JSON may hold half a surrogate pair, UTF-8 may not.
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "replace")


def _little_endian(values: array[int] | array[float]) -> bytes:
    if sys.byteorder == "big":
        values = values[:]
        values.byteswap()
    return values.tobytes()
