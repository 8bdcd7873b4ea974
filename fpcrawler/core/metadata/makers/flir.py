"""The thermal data of FLIR's cameras, which name the camera and its lens.

They are an FFF file, cut into APP1 segments that begin with ``FLIR``; the maker note
itself has no identity.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from fpcrawler.core.file.sparse import MissingBytes
from fpcrawler.core.metadata.makers.values import lens, serial

if TYPE_CHECKING:
    from fpcrawler.core.metadata.makers.note import MakerNote, NoteReading, Order

MAX_RECORDS = 64

_HEADER_BYTES = 32
_RECORD_BYTES = 32
_CAMERA_INFO = 0x20
_VERSIONS = range(100, 200)
_ORDERS: tuple[Order, ...] = (">", "<")

# Texts in the record.
_SERIAL = slice(0x104, 0x114)
_LENS = slice(0x170, 0x190)
_LENS_SERIAL = slice(0x1A0, 0x1B0)


def read(note: MakerNote, header: bytes, reading: NoteReading) -> None:
    """Read the record CameraInfo.

    ``note``: the FFF file, that is the segments without their first eight bytes.
    """
    block = note.block
    order = next((o for o in _ORDERS if _version(header, o) in _VERSIONS), None)
    if order is None:
        return
    first, length = 0, 0
    try:
        first, records = struct.unpack_from(f"{order}II", header, 0x18)
        length = min(records, MAX_RECORDS) * _RECORD_BYTES
        first, length = _camera_info(block.at(first, length), order), _LENS_SERIAL.stop
        info = block.at(first, length) if first else b""
    except MissingBytes:
        reading.missing += block.extents(first, length)
        return
    reading.add("FLIR CameraSerialNumber", "serial", serial(info[_SERIAL], order))
    reading.add("FLIR LensModel", "lens", lens(info[_LENS], order))
    reading.add(
        "FLIR LensSerialNumber", "lens_serial", serial(info[_LENS_SERIAL], order)
    )


def _version(header: bytes, order: Order) -> int:
    known = len(header) == _HEADER_BYTES
    return int(struct.unpack_from(f"{order}I", header, 0x14)[0]) if known else 0


def _camera_info(table: bytes, order: Order) -> int:
    """Return the offset of the record, or 0."""
    for at in range(0, len(table) - _RECORD_BYTES + 1, _RECORD_BYTES):
        if struct.unpack_from(f"{order}H", table, at)[0] == _CAMERA_INFO:
            return int(struct.unpack_from(f"{order}I", table, at + 0x0C)[0])
    return 0
