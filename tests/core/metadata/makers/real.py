"""Find the maker note of a real file, and read whose it is, where and when."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from fpcrawler.core.anatomy import Anatomy, Extent, MetadataKind
from fpcrawler.core.anatomy.draft import Block
from fpcrawler.core.file.sparse import MissingBytes, SparseFile
from fpcrawler.core.metadata.device import Device, read_device
from fpcrawler.core.metadata.location import Location, read_location
from fpcrawler.core.metadata.makers import MakerNote, NoteReading, read_maker_note
from fpcrawler.core.metadata.reader import Metadata, locate, read_metadata
from fpcrawler.core.metadata.taken import Taken, read_taken

if TYPE_CHECKING:
    from fpcrawler.core.metadata.makers.note import Order

_ALL: frozenset[MetadataKind] = frozenset({"exif", "xmp", "iptc"})
_ORDERS: dict[bytes, Order] = {b"II": "<", b"MM": ">"}
_EXIF_IFD, _MAKER_NOTE = 0x8769, 0x927C


class Identified(NamedTuple):
    device: Device
    location: Location
    taken: Taken
    note: NoteReading


def identified(path: Path, held: int | None = None) -> Identified:
    """Read a file of which all bytes, or the first ``held`` ones, are here."""
    data = path.read_bytes()
    file = SparseFile(len(data))
    file.add(0, data[:held])
    anatomy = locate(file)
    metadata = read_metadata(file, anatomy, _ALL)
    found = next(_notes(file, anatomy, metadata), None)
    note = read_maker_note(found) if found else NoteReading()
    exif, xmp, iptc = metadata.exif, metadata.xmp, metadata.iptc
    return Identified(
        read_device(exif, xmp, note),
        read_location(exif, xmp),
        read_taken(exif, xmp, iptc),
        note,
    )


def _notes(
    file: SparseFile, anatomy: Anatomy, metadata: Metadata
) -> Iterator[MakerNote]:
    blocks = [
        Block(file, part.extents)
        for part in anatomy.metadata
        if part.kind == "exif" and not part.encodings
    ]
    for block in [*blocks, Block(file, [Extent(0, file.size)])]:
        try:
            order = _ORDERS[block.at(0, 2)]
            main = _pointers(block, order, _long(block, 4, order))
            _, at = main.get(_EXIF_IFD, (0, 0))
            length, first = (_pointers(block, order, at) if at else main)[_MAKER_NOTE]
        except (MissingBytes, KeyError, struct.error):
            continue
        yield MakerNote(
            block=block,
            first=first,
            length=length,
            order=order,
            make=metadata.exif.get("Image Make", ""),
            model=metadata.exif.get("Image Model", ""),
        )


def _long(block: Block, at: int, order: Order) -> int:
    return int(struct.unpack(f"{order}I", block.at(at, 4))[0])


def _pointers(block: Block, order: Order, at: int) -> dict[int, tuple[int, int]]:
    """Return count and pointer of each tag of an IFD."""
    (entries,) = struct.unpack(f"{order}H", block.at(at, 2))
    table = block.at(at + 2, 12 * entries)
    rows = struct.iter_unpack(f"{order}HHII", table[: len(table) // 12 * 12])
    return {tag: (count, pointer) for tag, _, count, pointer in rows}
