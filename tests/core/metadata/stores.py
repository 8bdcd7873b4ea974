"""Where each container has the C2PA manifest store, found by hand."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator
from typing import Literal

from fpcrawler.core.file.extents import Extent

C2PA_BOX = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")


Order = Literal["big", "little"]


def _number(data: bytes, at: int, length: int, order: Order = "big") -> int:
    return int.from_bytes(data[at : at + length], order)


def in_jpeg(data: bytes) -> list[Extent]:
    """Join the APP11 segments: only the first keeps the header of the box."""
    found: list[Extent] = []
    at = 2
    while data[at + 1] != 0xDA:
        length = _number(data, at + 2, 2)
        if data[at + 1] == 0xEB and data[at + 4 : at + 6] == b"JP":
            skipped = 12 + (8 if found else 0)
            found.append(Extent(at + skipped, 2 + length - skipped))
        at += 2 + length
    return found


def in_png(data: bytes) -> list[Extent]:
    at = 8
    while data[at + 4 : at + 8] != b"caBX":
        at += 12 + _number(data, at, 4)
    return [Extent(at + 8, _number(data, at, 4))]


def in_webp(data: bytes) -> list[Extent]:
    at = 12
    while data[at : at + 4] != b"C2PA":
        length = _number(data, at + 4, 4, "little")
        at += 8 + length + length % 2
    return [Extent(at + 8, _number(data, at + 4, 4, "little"))]


def in_bmff(data: bytes) -> list[Extent]:
    """Skip identifier, version and flags, purpose, and an offset of 8 bytes."""
    box = next(
        box for box in _boxes(data) if data[box.first : box.first + 16] == C2PA_BOX
    )
    skipped = 16 + 4 + len(b"manifest\0") + 8
    return [Extent(box.first + skipped, box.length - skipped)]


def in_jxl(data: bytes) -> list[Extent]:
    return [
        Extent(box.first - 8, box.length + 8)
        for box in _boxes(data)
        if data[box.first - 4 : box.first] == b"jumb"
    ]


def _boxes(data: bytes) -> Iterator[Extent]:
    at = 0
    while at < len(data):
        length = _number(data, at, 4) or len(data) - at
        yield Extent(at + 8, length - 8)
        at += length


def in_tiff(data: bytes) -> list[Extent]:
    order: Order = "little" if data[:2] == b"II" else "big"
    at = _number(data, 4, 4, order)
    for entry in range(at + 2, at + 2 + 12 * _number(data, at, 2, order), 12):
        if _number(data, entry, 2, order) == 0xCD41:
            length, first = (_number(data, entry + k, 4, order) for k in (4, 8))
            return [Extent(first, length)]
    raise AssertionError("no tag 0xCD41")


def in_gif(data: bytes) -> list[Extent]:
    at = data.index(b"\x21\xff\x0bC2PA_GIF") + 14
    found = []
    while data[at]:
        found.append(Extent(at + 1, data[at]))
        at += 1 + data[at]
    return found


IN: dict[str, Callable[[bytes], list[Extent]]] = {
    "image/jpeg": in_jpeg,
    "image/png": in_png,
    "image/webp": in_webp,
    "image/avif": in_bmff,
    "image/jxl": in_jxl,
    "image/tiff": in_tiff,
    "image/gif": in_gif,
}


def of_svg(data: bytes) -> bytes:
    """Return the store of an SVG, which has it in base64."""
    text = re.search(rb"<c2pa:manifest[^>]*>([^<]*)<", data)
    assert text
    return base64.b64decode(text[1])
