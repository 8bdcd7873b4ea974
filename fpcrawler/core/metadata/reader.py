"""All metadata of an image, from the bytes that are here.

:func:`read_metadata` joins the container's anatomy with the readers of what lies
in it. Feed it until it is complete::

    while (metadata := read_metadata(file)).needs:
        for extent in metadata.needs:
            file.add(extent.first, fetch(extent))
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fpcrawler.core.file.extents import joined

if TYPE_CHECKING:
    from fpcrawler.core.anatomy import MetadataKind
    from fpcrawler.core.file.extents import Extent

import re
from dataclasses import replace

import brotli

from fpcrawler.core.anatomy import (
    Anatomy,
    Extent,
    MetadataKind,
    Part,
    Undecodable,
    payload,
    read_anatomy,
)
from fpcrawler.core.anatomy.payload import MAX_BYTES
from fpcrawler.core.file.sparse import MissingBytes, SparseFile
from fpcrawler.core.metadata.exif import (
    ExifReading,
    read_exif,
    read_exif_payload,
    read_tiff_block,
)
from fpcrawler.core.metadata.iptc import read_iptc
from fpcrawler.core.metadata.xmp import XmpReading, read_xmp

MAX_PARTS = 4
"""Of one kind, no more parts are read: a file has one, or repeats itself."""

EXIF_ONLY: frozenset[MetadataKind] = frozenset({"exif"})

# Here exifread finds the tags as its users know them, quirks and all.
_EXIFREAD_FIRST = {"jpeg", "tiff"}

_TIFF_HEADER = re.compile(rb"II\*\0|MM\0\*")
_HEADER_WITHIN = 64
_XMP_NAME = b"http://ns.adobe.com/xap/1.0/\0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """What the bytes that are here tell; ``needs`` are those to fetch next.

    There may be none although the search for metadata ``is_given_up``.
    ``exif_error`` and ``xmp_error`` name the exception that a reader raised.
    """

    format: str | None
    exif: dict[str, str] = field(default_factory=dict)
    exif_error: str | None = None
    user_comment: str | None = None
    xmp: dict[str, str] = field(default_factory=dict)
    xmp_error: str | None = None
    iptc: dict[str, str] = field(default_factory=dict)
    width: int | None = None
    height: int | None = None
    needs: tuple[Extent, ...] = ()
    is_given_up: bool = False

    @property
    def is_complete(self) -> bool:
        """Tell whether every place that may hold metadata was looked at."""
        return not (self.needs or self.is_given_up)


def read_metadata(
    file: SparseFile, wanted: frozenset[MetadataKind] = EXIF_ONLY
) -> Metadata:
    """Read as far as the bytes that are here tell; raise nothing.

    Of the kinds ``wanted`` the missing bytes are asked for; of the others, and of
    width and height, what happens to be here is read all the same.
    """
    # The values of EXIF are asked for by the reader that prints them.
    anatomy = read_anatomy(file, wanted - EXIF_ONLY)
    exif, is_located = _exif(file, anatomy)
    xmp = _xmp(file, anatomy)
    needs = exif.needs if "exif" in wanted else ()
    asks_anatomy = bool(wanted - EXIF_ONLY) or (bool(wanted) and not is_located)
    if asks_anatomy:
        needs += anatomy.needs
    missing = [need for need in needs if not file.has(need.first, need.length)]
    return Metadata(
        format=anatomy.format,
        exif=exif.tags,
        exif_error=exif.error,
        user_comment=exif.user_comment,
        xmp=xmp.properties,
        xmp_error=xmp.error,
        iptc=_iptc(file, anatomy),
        width=anatomy.width,
        height=anatomy.height,
        needs=joined(missing, size=file.size),
        is_given_up=asks_anatomy and anatomy.is_given_up,
    )


def _exif(file: SparseFile, anatomy: Anatomy) -> tuple[ExifReading, bool]:
    """Return the reading, and whether the place of EXIF is known for good."""
    plain, packed = _exif_parts(anatomy)
    if anatomy.format in _EXIFREAD_FIRST or not (plain or packed):
        reading = read_exif(file)
        if reading.tags:
            return reading, True
        if anatomy.format in _EXIFREAD_FIRST and reading.needs:
            return reading, True
        if not (plain or packed):
            # Walking from chunk to chunk, exifread would ask for each header;
            # the anatomy knows a shorter way.
            return replace(reading, needs=()), False
    if plain:
        return _exif_part(file, plain[0]), True
    if anatomy.needs:
        # A plain block may follow, and that is what exifread prints.
        return ExifReading(needs=packed[0].extents), False
    return _exif_part(file, packed[0]), not anatomy.is_given_up


def _exif_parts(anatomy: Anatomy) -> tuple[list[Part], list[Part]]:
    """Return the EXIF blocks that lie in the file as such, and the encoded ones."""
    parts = _parts(anatomy, "exif")
    return [p for p in parts if not p.encodings], [p for p in parts if p.encodings]


def _exif_part(file: SparseFile, part: Part) -> ExifReading:
    if not part.encodings and len(part.extents) == 1:
        return read_tiff_block(file, part.extents[0].first)
    block = _payload(file, part)
    if block is None:
        return ExifReading(needs=part.extents)
    start = _TIFF_HEADER.search(block, 0, _HEADER_WITHIN)
    return read_exif_payload(block[start.start() :] if start else b"")


def _xmp(file: SparseFile, anatomy: Anatomy) -> XmpReading:
    properties: dict[str, str] = {}
    error = None
    _, packed = _exif_parts(anatomy)
    for part in _parts(anatomy, "xmp") + packed:
        packet = _payload(file, part)
        # ImageMagick calls both kinds of a JPEG's APP1 "APP1".
        if packet is None or (part in packed and not packet.startswith(_XMP_NAME)):
            continue
        reading = read_xmp(packet)
        properties = reading.properties | properties
        error = error or reading.error
    return XmpReading(properties=properties, error=error)


def _iptc(file: SparseFile, anatomy: Anatomy) -> dict[str, str]:
    found: dict[str, str] = {}
    for part in _parts(anatomy, "iptc"):
        found = read_iptc(_payload(file, part) or b"") | found
    return found


def _parts(anatomy: Anatomy, kind: MetadataKind) -> list[Part]:
    return [part for part in anatomy.metadata if part.kind == kind][:MAX_PARTS]


def _payload(file: SparseFile, part: Part) -> bytes | None:
    """Return the unpacked bytes of a part; None while some of them are missing."""
    try:
        if part.encodings == ("brotli",):
            return _unbrotlied(payload(file, replace(part, encodings=())))
        return payload(file, part)
    except MissingBytes:
        return None
    except Undecodable:
        return b""


def _unbrotlied(packed: bytes) -> bytes:
    decompressor = brotli.Decompressor()
    try:
        unpacked: bytes = decompressor.process(packed, output_buffer_limit=MAX_BYTES)
    except brotli.error as error:
        raise Undecodable(str(error)) from error
    return unpacked[:MAX_BYTES]


KINDS = ("exif", "xmp", "iptc")
