"""Decode CBOR (RFC 8949) from a stranger: bounded, and into plain values only.

A tag (section 3.4) is left out and its content is returned, so that no tag can start a
regular expression, a huge number or a value that contains itself.
"""

from __future__ import annotations

import struct
from typing import TypeAlias

from fpcrawler.core.anatomy.structure import GivenUp, Malformed

MAX_DEPTH = 32
MAX_ITEMS = 20_000
"""Data items of one document; an item takes a byte or more."""

Cbor: TypeAlias = (
    "bool | int | float | str | bytes | list[Cbor] | dict[int | str, Cbor] | None"
)

# Section 3.1, the major types.
_UNSIGNED, _NEGATIVE, _BYTES, _TEXT, _ARRAY, _MAP, _TAG, _SIMPLE = range(8)

# Section 3, the additional information: the argument follows in 1, 2, 4 or 8 bytes.
_LENGTHS = {24: 1, 25: 2, 26: 4, 27: 8}
_DIRECT = 24
_INDEFINITE = 31
_BREAK = 0xFF
_FLOATS = {25: ">e", 26: ">f", 27: ">d"}
_BOOLEANS = {20: False, 21: True}


def decode_cbor(data: bytes) -> Cbor:
    """Return the first data item; bytes after it are ignored.

    ``undefined`` and unknown simple values are None. A map keeps the entries whose key
    is an integer or a text, the last of equal keys. Raises Malformed if the data end
    within an item or are not CBOR, GivenUp beyond MAX_DEPTH or MAX_ITEMS.
    """
    return _Decoder(data).item(0)


class _Decoder:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0
        self._items = 0

    def item(self, depth: int) -> Cbor:
        major, info = self._head(depth)
        while major == _TAG:
            self._argument(info)
            major, info = self._head(depth)
        if major == _SIMPLE:
            return self._simple(info)
        if major in {_BYTES, _TEXT}:
            raw = self._string(major, info)
            return raw if major == _BYTES else raw.decode("utf-8", "replace")
        if major == _ARRAY:
            return self._array(info, depth + 1)
        if major == _MAP:
            return self._map(info, depth + 1)
        number = self._argument(info)
        return number if major == _UNSIGNED else -1 - number

    def _head(self, depth: int) -> tuple[int, int]:
        self._items += 1
        if depth > MAX_DEPTH or self._items > MAX_ITEMS:
            raise GivenUp("CBOR is too deep or has too many items")
        first = self._take(1)[0]
        return first >> 5, first & 0x1F

    def _take(self, length: int) -> bytes:
        end = self._at + length
        if end > len(self._data):
            raise Malformed("CBOR ends within an item")
        taken = self._data[self._at : end]
        self._at = end
        return taken

    def _argument(self, info: int) -> int:
        if info < _DIRECT:
            return info
        if info not in _LENGTHS:
            raise Malformed(f"CBOR has additional information {info}")
        return int.from_bytes(self._take(_LENGTHS[info]), "big")

    def _simple(self, info: int) -> Cbor:
        if info in _FLOATS:
            value: float = struct.unpack(_FLOATS[info], self._take(_LENGTHS[info]))[0]
            return value
        return _BOOLEANS.get(self._argument(info))

    def _string(self, major: int, info: int) -> bytes:
        if info != _INDEFINITE:
            return self._take(self._argument(info))
        # Section 3.2.3: chunks of definite length and of the same major type.
        chunks = []
        while not self._is_at_break():
            chunk, length = self._head(0)
            if chunk != major:
                raise Malformed("CBOR has a chunk of another type")
            chunks.append(self._take(self._argument(length)))
        return b"".join(chunks)

    def _array(self, info: int, depth: int) -> list[Cbor]:
        if info == _INDEFINITE:
            items = []
            while not self._is_at_break():
                items.append(self.item(depth))
            return items
        return [self.item(depth) for _ in range(self._argument(info))]

    def _map(self, info: int, depth: int) -> dict[int | str, Cbor]:
        left = None if info == _INDEFINITE else self._argument(info)
        entries: dict[int | str, Cbor] = {}
        while left != 0 if left is not None else not self._is_at_break():
            key, value = self.item(depth), self.item(depth)
            if isinstance(key, int | str):
                entries[key] = value
            left = None if left is None else left - 1
        return entries

    def _is_at_break(self) -> bool:
        """Return whether the next byte ends a value of indefinite length, and take it.

        Section 3.2.1.
        """
        if self._data[self._at : self._at + 1] != bytes([_BREAK]):
            return False
        self._at += 1
        return True
