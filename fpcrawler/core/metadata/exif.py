"""Read EXIF tags, printed as exifread prints them, from the bytes received so far."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import BinaryIO, cast

from exifread.core.exceptions import ExifNotFound, InvalidExif
from exifread.core.find_exif import determine_type, get_endian_str

from fpcrawler.core.anatomy import Anatomy, Extent, Part
from fpcrawler.core.file.extents import joined
from fpcrawler.core.file.sparse import MissingBytes, SparseFile
from fpcrawler.core.metadata.exif_header import READ_AHEAD_BYTES, Header, printed
from fpcrawler.core.metadata.exif_window import Window
from fpcrawler.core.metadata.parts import parts_of, payload_of

# In these formats exifread itself locates the tags, so that the result is the same
# as its own.
_EXIFREAD_FIRST = {"jpeg", "tiff"}

_TIFF_HEADER = re.compile(rb"II\*\0|MM\0\*")
_HEADER_WITHIN = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class ExifReading:
    """The tags in the received bytes, and the byte ranges to fetch next.

    ``is_damaged``: bytes are here that could not be read; ``tags`` still has every
    tag that could. ``needs`` are the missing bytes of located blocks, never those of
    the anatomy. ``thumbnails`` and ``embedded``, XMP and IPTC inside the blocks, are
    places in the file that the tags name.
    """

    tags: dict[str, str] = field(default_factory=dict)
    user_comment: str | None = None
    is_damaged: bool = False
    needs: tuple[Extent, ...] = ()
    thumbnails: tuple[Extent, ...] = ()
    embedded: tuple[Part, ...] = ()


def read_exif(file: SparseFile, anatomy: Anatomy) -> ExifReading:
    """Return the tags of the EXIF parts of an anatomy; never raise.

    Thumbnail bytes and maker notes are neither read nor requested.
    """
    parts = parts_of(anatomy, "exif")
    plain = [part for part in parts if not part.encodings]
    encoded = [part for part in parts if part.encodings]
    if anatomy.format in _EXIFREAD_FIRST or not parts:
        reading = read_with_exifread(file)
        if reading.tags:
            return reading
        if anatomy.format in _EXIFREAD_FIRST and reading.needs:
            return reading
        if not parts:
            # exifread walks from chunk to chunk and would need each header. The
            # anatomy needs fewer requests.
            return replace(reading, needs=())
    if plain:
        return _part(file, plain[0])
    if anatomy.needs:
        # A plain block may still follow; exifread prints that one.
        return ExifReading(needs=encoded[0].extents)
    return _part(file, encoded[0])


def _part(file: SparseFile, part: Part) -> ExifReading:
    if not part.encodings and len(part.extents) == 1:
        return read_tiff_block(file, part.extents[0].first)
    block = payload_of(file, part)
    if block is None:
        return ExifReading(needs=part.extents)
    start = _TIFF_HEADER.search(block, 0, _HEADER_WITHIN)
    return read_exif_payload(block[start.start() :] if start else b"")


def read_with_exifread(file: SparseFile) -> ExifReading:
    """Return the tags that exifread finds in the file, in its order."""
    file.seek(0)
    window = Window(file)
    try:
        offset, endian, fake_exif = determine_type(cast("BinaryIO", window))
        order, _ = get_endian_str(endian)
    except MissingBytes as hole:
        return ExifReading(needs=_ahead(file, hole.first, hole.length))
    except (ExifNotFound, InvalidExif):
        return ExifReading()
    # On broken files exifread raises EOFError, IndexError, AssertionError,
    # UnicodeDecodeError, NotImplementedError, struct.error and more.
    except Exception:  # noqa: BLE001
        return ExifReading(is_damaged=True)
    return _reading(Header(window, order, offset, fake_exif))


def read_tiff_block(file: SparseFile, first: int = 0) -> ExifReading:
    """Return the tags of the TIFF block at offset ``first`` of any file.

    ``Exif`` and two zero bytes, which JPEG has before the block, are skipped.
    """
    try:
        if file.at(first, 6) == b"Exif\0\0":
            first += 6
        order = file.at(first, 4)
    except MissingBytes:
        return ExifReading(needs=_ahead(file, first))
    if order not in (b"II*\0", b"MM\0*"):
        return ExifReading()
    return _reading(Header(Window(file), chr(order[0]), first))


def read_exif_payload(payload: bytes) -> ExifReading:
    """Return the tags of a complete EXIF payload, decoded from its container."""
    file = SparseFile(len(payload))
    file.add(0, payload)
    return read_tiff_block(file)


def _reading(header: Header) -> ExifReading:
    try:
        header.read()
    except Exception as error:  # noqa: BLE001 - see read_with_exifread
        header.note(error)
    return ExifReading(
        tags={name: printed(tag) for name, tag in header.tags.items()},
        user_comment=header.user_comment,
        is_damaged=header.error is not None,
        needs=header.needs,
    )


def _ahead(file: SparseFile, first: int, length: int = 0) -> tuple[Extent, ...]:
    wanted = Extent(first, max(length, READ_AHEAD_BYTES))
    return joined([wanted], size=file.size)
