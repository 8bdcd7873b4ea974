"""Read EXIF tags, printed as exifread prints them, from the bytes received so far."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import BinaryIO, cast

from exifread.core.exceptions import ExifNotFound, InvalidExif
from exifread.core.find_exif import determine_type, get_endian_str

from fpcrawler.core.anatomy import Extent
from fpcrawler.core.file.extents import joined
from fpcrawler.core.file.sparse import MissingBytes, SparseFile
from fpcrawler.core.metadata.exif_header import READ_AHEAD_BYTES, Header, printed
from fpcrawler.core.metadata.exif_window import Window


@dataclass(frozen=True, slots=True, kw_only=True)
class ExifReading:
    """The tags in the received bytes, and the byte ranges to fetch next.

    ``error`` is the name of the first exception that the reader raised; ``tags``
    still has every tag that it could read.
    """

    tags: dict[str, str] = field(default_factory=dict)
    error: str | None = None
    user_comment: str | None = None
    needs: tuple[Extent, ...] = ()


def read_exif(file: SparseFile) -> ExifReading:
    """Return the tags that exifread finds in the file, in its order.

    Thumbnail bytes and maker notes are neither read nor requested.
    """
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
    except Exception as error:  # noqa: BLE001
        return ExifReading(error=type(error).__name__)
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
    except Exception as error:  # noqa: BLE001 - see read_exif
        header.note(error)
    return ExifReading(
        tags={name: printed(tag) for name, tag in header.tags.items()},
        error=header.error,
        user_comment=header.user_comment,
        needs=header.needs,
    )


def _ahead(file: SparseFile, first: int, length: int = 0) -> tuple[Extent, ...]:
    wanted = Extent(first, max(length, READ_AHEAD_BYTES))
    return joined([wanted], size=file.size)
