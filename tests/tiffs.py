"""TIFF and BigTIFF blocks, built field by field."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

BYTE, ASCII, SHORT, LONG, RATIONAL, UNDEFINED, UTF8 = 1, 2, 3, 4, 5, 7, 129
_IFD8 = 18  # BigTIFF: a pointer of eight bytes

EXIF_IFD, GPS_IFD = 0x8769, 0x8825

_UNITS = {
    **dict.fromkeys((BYTE, ASCII, UNDEFINED, UTF8), (1, "B")),
    SHORT: (2, "H"),
    LONG: (4, "I"),
    RATIONAL: (8, "I"),  # numerator and denominator
}

Field: TypeAlias = "tuple[int, int, bytes | Sequence[int] | Sequence[Field]]"
"""Tag, type, and value: raw bytes, numbers, or the fields of the IFD pointed to.

In a BigTIFF, the type of a pointer becomes IFD8.
"""


@dataclass(frozen=True, slots=True)
class Layout:
    """Byte order (``<`` or ``>``), and whether offsets have eight bytes (BigTIFF)."""

    order: str = "<"
    is_big: bool = False

    @property
    def word(self) -> str:
        """The format of an offset or a count."""
        return self.order + ("Q" if self.is_big else "I")

    @property
    def header(self) -> bytes:
        """The file header; the first IFD follows it."""
        mark = b"II" if self.order == "<" else b"MM"
        if self.is_big:
            return mark + struct.pack(self.order + "HHHQ", 43, 8, 0, 16)
        return mark + struct.pack(self.order + "HI", 42, 8)


def tiff(*fields: Field, order: str = "<", is_big: bool = False) -> bytes:
    """Return a block of one IFD, its values and the IFDs that it points to.

    TIFF 6.0 section 2; for BigTIFF, all counts and offsets have eight bytes.
    """
    layout = Layout(order, is_big)
    return layout.header + _directory(fields, len(layout.header), layout)


def _directory(fields: Sequence[Field], first: int, layout: Layout) -> bytes:
    """Return an IFD for offset ``first``, followed by its values."""
    count = layout.order + ("Q" if layout.is_big else "H")
    width = struct.calcsize(layout.word)
    length = struct.calcsize(count) + len(fields) * (4 + 2 * width) + width
    table, values = struct.pack(count, len(fields)), b""
    for tag, kind, value in fields:
        at = first + length + len(values)
        raw, number = _packed(kind, value, at, layout)
        if _is_directory(value):
            values += raw + b"\0" * (len(raw) % 2)
            raw, number = struct.pack(layout.word, at), 1
            kind = _IFD8 if layout.is_big else kind  # noqa: PLW2901
        elif len(raw) > width:
            values += raw + b"\0" * (len(raw) % 2)
            raw = struct.pack(layout.word, at)
        table += struct.pack(layout.order + "HH", tag, kind)
        table += struct.pack(layout.word, number) + raw.ljust(width, b"\0")
    return table + bytes(width) + values


def _packed(
    kind: int, value: bytes | Sequence[int] | Sequence[Field], at: int, layout: Layout
) -> tuple[bytes, int]:
    """Return the bytes of a value at offset ``at``, and its count."""
    if isinstance(value, bytes):
        return value, len(value) // _UNITS[kind][0]
    if _is_directory(value):
        return _directory([f for f in value if isinstance(f, tuple)], at, layout), 1
    size, code = _UNITS[kind]
    raw = struct.pack(f"{layout.order}{len(value)}{code}", *value)
    return raw, len(raw) // size


def _is_directory(value: bytes | Sequence[int] | Sequence[Field]) -> bool:
    return not isinstance(value, bytes) and isinstance(value[0], tuple)
