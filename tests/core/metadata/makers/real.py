"""Read whose a real file is, where and when."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fpcrawler.core.file.sparse import SparseFile
from fpcrawler.core.metadata.device import Device, read_device
from fpcrawler.core.metadata.location import Location, read_location
from fpcrawler.core.metadata.makers import NoteReading, read_maker_notes
from fpcrawler.core.metadata.reader import locate, read_metadata
from fpcrawler.core.metadata.taken import Taken, read_taken

if TYPE_CHECKING:
    from pathlib import Path


class Identified(NamedTuple):
    device: Device
    location: Location
    taken: Taken
    note: NoteReading


def identified(path: Path, held: int | None = None) -> Identified:
    """Read a file of which all bytes are here, or as a crawl does.

    A crawl has the first ``held`` bytes, and fetches those that EXIF needs.
    """
    data = path.read_bytes()
    file = SparseFile(len(data))
    file.add(0, data[:held])
    while (metadata := read_metadata(file, locate(file))).needs:
        for need in metadata.needs:
            file.add(need.first, data[need.first : need.end])
    note = read_maker_notes(metadata.notes)
    exif, xmp, iptc = metadata.exif, metadata.xmp, metadata.iptc
    return Identified(
        read_device(exif, xmp, note),
        read_location(exif, xmp),
        read_taken(exif, xmp, iptc),
        note,
    )
