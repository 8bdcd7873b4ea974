"""Where the tags of a directory say that a thumbnail or preview is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fpcrawler.core.anatomy.tiff_directories import TYPE_BYTES, Entry
from fpcrawler.core.file.sparse import MissingBytes

if TYPE_CHECKING:
    from fpcrawler.core.anatomy import Extent
    from fpcrawler.core.anatomy.block import Block
    from fpcrawler.core.anatomy.tiff_directories import Directory, Header

_SUBFILE_TYPE = 0x00FE

_STRIPS, _JPEG = (0x0111, 0x0117), (0x0201, 0x0202)

_TAGS = {_SUBFILE_TYPE, *_STRIPS, *_JPEG}

_MAX_STRIPS = 64

_WITHOUT = ("EXIF", "GPS", "Interoperability")


def thumbnails_in(
    block: Block, header: Header, directory: Directory, name: str
) -> list[Extent]:
    """Return the extents in the file; none while bytes that name them are missing."""
    if name in _WITHOUT:
        return []
    fields = {entry.tag: entry for entry in directory.entries_of(_TAGS)}
    if not fields:
        return []
    try:
        places = _places(block, header, fields, name)
    except MissingBytes:
        return []
    return [part for place in places for part in block.extents(*place)]


def _places(
    block: Block, header: Header, fields: dict[int, Entry], name: str
) -> list[tuple[int, int]]:
    """Return offsets in the block, and lengths."""
    # TIFF 6.0 section 8, NewSubfileType: bit 0 says that the image is reduced.
    is_reduced = bool(sum(_numbers(block, header, fields.get(_SUBFILE_TYPE))) & 1)
    if all(tag in fields for tag in _JPEG):
        is_preview = is_reduced or name.startswith(("Thumbnail", "EXIF SubIFD"))
        tags = _JPEG
    else:
        # The second directory of a TIFF file may be another page.
        is_file = block.extents(0, 1)[0].first == 0
        is_preview = is_reduced or (name == "Thumbnail" and not is_file)
        tags = _STRIPS
    if not is_preview:
        return []
    firsts, lengths = (_numbers(block, header, fields.get(tag)) for tag in tags)
    return list(zip(firsts, lengths, strict=False))


def _numbers(block: Block, header: Header, entry: Entry | None) -> list[int]:
    if entry is None:
        return []
    length = min(entry.length, _MAX_STRIPS * TYPE_BYTES[entry.type])
    numbers = header.numbers(entry.type, block.at(entry.first, length))
    return [number for number in numbers if isinstance(number, int)]
