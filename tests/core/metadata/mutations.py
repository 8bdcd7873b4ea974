"""Compare damaged TIFF blocks with exifread, tag by tag.

``python -m tests.core.metadata.mutations [COUNT] [SEED]`` reads COUNT blocks, by
default 1,000,000 (about an hour), prints how many tags differ by documented kind, and
exits with 1 at a difference that is not documented.
"""

from __future__ import annotations

import random
import struct
import sys
from collections import Counter

from fpcrawler.core.anatomy import Anatomy, Extent, Part
from fpcrawler.core.file.sparse import SparseFile
from fpcrawler.core.metadata.exif import read_exif
from fpcrawler.core.metadata.parts import Payloads
from tests.core.exif_oracle import KINDS, UNDOCUMENTED, block_differences

Value = tuple[int, int, bytes | int]
"""The type of a field, the number of its values, and these or an offset."""

CHUNK = 10_000

_ODD = (0, 1, 2, 3, 5, 7, 10, 12, 13, 16, 127, 128, 129, 255)


def tags_of(block: bytes) -> dict[str, str]:
    """Return the tags of a whole block."""
    file = SparseFile(len(block))
    file.add(0, block)
    part = Part("exif", (Extent(0, len(block)),))
    return read_exif(Payloads(file), Anatomy(format="jpeg", metadata=(part,))).tags


def directory(order: str, at: int, fields: dict[int, Value], after: int = 0) -> bytes:
    """Return an IFD for offset ``at``, followed by the values that it points to."""
    table, values = b"", b""
    end = at + 2 + 12 * len(fields) + 4
    for tag, (type_, count, value) in fields.items():
        raw = struct.pack(order + "I", value) if isinstance(value, int) else value
        if len(raw) > 4:
            values += raw
            raw = struct.pack(order + "I", end + len(values) - len(raw))
        table += struct.pack(order + "HHI", tag, type_, count) + raw.ljust(4, b"\0")
    after_table = struct.pack(order + "I", after)
    return struct.pack(order + "H", len(fields)) + table + after_table + values


def camera(order: str) -> bytes:
    """Return the block of a camera: five directories, and values of every type."""

    def text(value: bytes) -> Value:
        return 2, len(value) + 1, value + b"\0"

    def numbers(type_: int, form: str, *values: int) -> Value:
        count = len(values) // (2 if type_ in (5, 10) else 1)
        return type_, count, struct.pack(order + form * len(values), *values)

    image: dict[int, Value] = {
        0x010F: text(b"A maker of cameras"),
        0x0112: numbers(3, "H", 6),
        0x011A: numbers(5, "I", 72, 1),
        0x013B: text("José".encode("cp1252")),
        0x8298: text(b"Ann\0Bob"),
        0x9C9B: (1, 8, "Häfe".encode("utf-16-le")),
        0x0102: numbers(3, "H", 8, 8, 8),
    }
    exif: dict[int, Value] = {
        0x829A: numbers(5, "I", 10, 2_500),
        0x9000: (7, 4, b"0232"),
        0x9101: (7, 4, b"\1\2\3\0"),
        0x9204: numbers(10, "i", -1, 3),
        0x9286: (7, 15, b"ASCII\0\0\0comment"),
        0xA300: (7, 1, b"\3"),
        0xA302: (7, 60, bytes(range(60))),
        0xA432: numbers(5, "I", 24, 1, 70, 1, 28, 10, 28, 10),
        0xA434: text(b"A lens of some length"),
    }
    gps: dict[int, Value] = {
        0: (1, 4, b"\2\3\0\0"),
        1: text(b"N"),
        2: numbers(5, "I", 52, 1, 30, 1, 0, 0),
        0x1B: (7, 11, b"ASCII\0\0\0GPS"),
    }
    interop: dict[int, Value] = {1: text(b"R98"), 2: (7, 4, b"0100")}
    small: dict[int, Value] = {0x0103: numbers(3, "H", 6), 0x0201: (4, 1, 99)}

    def laid_out(places: list[int]) -> list[bytes]:
        pointers: dict[int, Value] = {
            0x8769: (4, 1, places[1]),
            0x8825: (4, 1, places[2]),
        }
        return [
            directory(order, places[0], image | pointers, places[4]),
            directory(order, places[1], exif | {0xA005: (4, 1, places[3])}),
            directory(order, places[2], gps),
            directory(order, places[3], interop),
            directory(order, places[4], small),
        ]

    places = [8]
    for part in laid_out([8] * 5)[:-1]:
        places.append(places[-1] + len(part))
    header = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(order + "I", 8)
    return header + b"".join(laid_out(places))


def damaged(block: bytes, drawn: random.Random) -> bytes:
    """Return the block with up to eight bytes changed, and perhaps cut or shifted."""
    data = bytearray(block)
    for _ in range(drawn.randint(1, 8)):
        odd = drawn.choice([drawn.choice(_ODD), drawn.randrange(256)])
        data[drawn.randrange(len(data))] = odd
    at = drawn.randrange(len(data))
    match drawn.randrange(12):
        case 0:
            del data[at:]
        case 1:
            del data[at : at + drawn.randint(1, 12)]
        case 2:
            data[at:at] = data[drawn.randrange(len(data)) :][: drawn.randint(1, 24)]
        case _:
            pass
    return bytes(data)


def compared(count: int, seed: int) -> tuple[Counter[str], list[bytes]]:
    """Return the kinds of difference of so many blocks, and the undocumented blocks."""
    drawn = random.Random(seed)
    blocks = [camera("<"), camera(">")]
    found: Counter[str] = Counter()
    others = []
    for number in range(count):
        block = damaged(blocks[number % 2], drawn)
        kinds = block_differences(block, tags_of(block)).values()
        found.update(kinds)
        if UNDOCUMENTED in kinds:
            others.append(block)
    return found, others


def main() -> None:
    """Compare in chunks, each with its own seed, and print the table."""
    count, seed = (*map(int, sys.argv[1:]), *(1_000_000, 1)[len(sys.argv) - 1 :])
    found: Counter[str] = Counter()
    others: list[bytes] = []
    for first in range(0, count, CHUNK):
        chunk, undocumented = compared(min(CHUNK, count - first), seed + first)
        found += chunk
        others += undocumented
        print(f"{first:,} …, undocumented: {len(others)}", file=sys.stderr, flush=True)
    print(f"{count:,} blocks, seed {seed}; tags that differ:")
    for kind, why in {**KINDS, UNDOCUMENTED: "not in this table"}.items():
        print(f"{found[kind]:>10,}  {kind:12} {why}")
    for block in others[:5]:
        print(block.hex(), block_differences(block, tags_of(block)))
    raise SystemExit(1 if others else 0)


if __name__ == "__main__":
    main()
