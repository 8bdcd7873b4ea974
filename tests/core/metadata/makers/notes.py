"""Make maker notes as the makers lay them out, and read them."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fpcrawler.core.anatomy.block import Block
from fpcrawler.core.file.extents import Extent
from fpcrawler.core.file.sparse import SparseFile
from fpcrawler.core.metadata.makers import MakerNote, NoteReading, read_maker_notes
from tests import containers
from tests.tiffs import EXIF_IFD, Field, tiff

if TYPE_CHECKING:
    from fpcrawler.core.metadata.makers.note import Order

AT = 600
"""Where the notes are in their TIFF block."""

TEXT, LONG, RAW, IFD = 2, 4, 7, 13

Entries = list[tuple[int, int, bytes]]


def ifd(
    entries: Entries,
    *,
    order: Order = "<",
    first: int = AT,
    wide: bool = False,
    gap: int = 4,
) -> bytes:
    """Return an IFD at offset ``first`` of what its offsets count from.

    ``wide``: two more zero bytes follow the number of entries. ``gap``: bytes between
    the last entry and the first value.
    """
    table = struct.pack(f"{order}H", len(entries)) + bytes(2 * wide)
    values = b""
    data = first + len(table) + 12 * len(entries) + gap
    for tag, kind, value in entries:
        count = len(value) // (4 if kind in (LONG, IFD) else 1)
        table += struct.pack(f"{order}HHI", tag, kind, count)
        if len(value) <= 4:
            table += value.ljust(4, b"\0")
        else:
            table += struct.pack(f"{order}I", data + len(values))
            values += value + bytes(len(value) % 2)
    return table + bytes(gap) + values


def long(number: int, order: Order = "<") -> bytes:
    return struct.pack(f"{order}I", number)


def enciphered(plain: bytes) -> bytes:
    """Return the bytes as Sony writes them."""
    return bytes(n**3 % 249 if n < 249 else n for n in plain)


@dataclass(frozen=True)
class Sample:
    """A note, the tags of its file that tell whose it is, and what it says."""

    make: str
    data: bytes
    expected: dict[str, str]
    model: str = ""
    order: Order = "<"
    first: int = AT
    tail: bytes = field(default=bytes(300))

    def file(self) -> bytes:
        mark = b"II*\0" if self.order == "<" else b"MM\0*"
        return mark.ljust(self.first, b"\0") + self.data + self.tail


def reading(
    sample: Sample, data: bytes | None = None, held: int | None = None
) -> NoteReading:
    """Read the sample, or ``data`` in its place, of which ``held`` bytes are here."""
    data = sample.file() if data is None else data
    file = SparseFile(len(data))
    file.add(0, data[:held])
    note = MakerNote(
        block=Block(file, [Extent(0, len(data))]),
        first=sample.first,
        length=len(sample.data),
        order=sample.order,
        make=sample.make,
        model=sample.model,
    )
    return read_maker_notes([note])


def found(reading: NoteReading) -> dict[str, str]:
    return {name: identity.text for name, identity in reading.values.items()}


def headed(
    header: bytes,
    entries: Entries,
    order: Order = "<",
    base: int = 0,
    *,
    gap: int = 4,
) -> bytes:
    """Return a header and an IFD after it, with offsets from ``base``."""
    return header + ifd(entries, order=order, first=base + len(header), gap=gap)


def olympus(header: bytes, base: int, order: Order, *, points: bool) -> bytes:
    equipment: Entries = [
        (0x101, TEXT, b"B9U505495".ljust(32)),
        (0x102, TEXT, b"4124110012362102".ljust(32)),
        (0x202, TEXT, b"AC1205545".ljust(32)),
        (0x203, TEXT, b"OLYMPUS M.17mm F1.8".ljust(32, b"\0")),
    ]
    start = base + len(header)
    # Two entries and a gap are before the inner IFD.
    inner_at = start + 2 + 12 * 2 + 4
    inner = ifd(equipment, order=order, first=inner_at)
    if not points:
        return header + ifd(
            [(0x200, LONG, bytes(4)), (0x2010, RAW, inner)], order=order, first=start
        )
    pointer = long(inner_at, order)
    outer = ifd([(0x200, LONG, bytes(4)), (0x2010, IFD, pointer)], order=order)
    return header + outer + inner


OLYMPUS = {
    "serial": "B9U505495",
    "internal_serial": "4124110012362102",
    "lens": "OLYMPUS M.17mm F1.8",
    "lens_serial": "AC1205545",
}


def pentax(base: int, header: bytes, order: Order = ">") -> bytes:
    info = b"".join(long(n, order) for n in (0x12, 20041002, 1, 2, 1046111))
    entries: Entries = [(0x215, LONG, info), (0x229, TEXT, b"3430417\0")]
    return headed(header, entries, order, base)


PENTAX = {"serial": "3430417", "internal_serial": "1046111"}


def fff(order: Order, records: int = 3) -> bytes:
    """Return an FFF file, whose last record is CameraInfo."""
    info_at = 64 + 32 * records + 500
    header = b"FFF\0".ljust(0x14, b"\0") + struct.pack(f"{order}III", 100, 64, records)
    table = b""
    for kind in (*[1] * (records - 1), 0x20):
        at, length = (info_at, 0x300) if kind == 0x20 else (40, 8)
        table += struct.pack(f"{order}HHIIII", kind, 0, 0, 0, at, length).ljust(
            32, b"\0"
        )
    info = bytearray(0x300)
    for at, text in ((0x104, b"470023842"), (0x170, b"FOL7"), (0x1A0, b"T12345")):
        info[at : at + len(text)] = text
    return header.ljust(64, b"\0") + table + bytes(500) + bytes(info)


def thermal(*pieces: bytes) -> list[bytes]:
    """Return FLIR's segments: each has its number, and that of the last."""
    last = len(pieces) - 1
    return [
        containers.segment(0xE1, b"FLIR\0\1" + bytes([number, last]) + piece)
        for number, piece in enumerate(pieces)
    ]


def camera_file(sample: Sample) -> bytes:
    """Return a TIFF file with the sample's tags, and its note where it has to be."""

    def build(gap: int) -> bytes:
        names = [(0x010F, sample.make), (0x0110, sample.model)]
        fields = [(tag, TEXT, text.encode() + b"\0") for tag, text in names if text]
        exif: list[Field] = [(0x9000, RAW, bytes(gap)), (0x927C, RAW, sample.data)]
        return tiff(*fields, (EXIF_IFD, LONG, exif), order=sample.order) + sample.tail

    return build(8 + sample.first - build(8).index(sample.data))
