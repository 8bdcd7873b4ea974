"""Read all metadata of an image from the bytes received so far.

:func:`read_metadata` reads the metadata that the container's anatomy locates. Fetch
the byte ranges it needs until it needs none::

    while (metadata := read_metadata(file, locate(file))).needs:
        for extent in metadata.needs:
            file.add(extent.first, fetch(extent))
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

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
from fpcrawler.core.file.extents import joined
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
"""The limit of parts that are read of one kind; a normal file has one."""

KINDS = ("exif", "xmp", "iptc")
"""The kinds that METADATA_KINDS may name."""

EXIF_ONLY: frozenset[MetadataKind] = frozenset({"exif"})

# In these formats exifread itself locates the tags, so that the result is the same
# as its own.
_EXIFREAD_FIRST = {"jpeg", "tiff"}

_TIFF_HEADER = re.compile(rb"II\*\0|MM\0\*")
_HEADER_WITHIN = 64
_XMP_NAME = b"http://ns.adobe.com/xap/1.0/\0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """The metadata in the received bytes; ``needs`` are the ranges to fetch next.

    ``is_given_up``: the file has too many places to search, so metadata may be
    missing although ``needs`` is empty. ``exif_error`` and ``xmp_error`` are the
    names of the exceptions that the readers raised, or None.
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
        """Whether every place that can hold metadata was read."""
        return not (self.needs or self.is_given_up)


def locate(
    file: SparseFile,
    wanted: frozenset[MetadataKind] = EXIF_ONLY,
    *,
    has_picture: bool = False,
) -> Anatomy:
    """Walk the container once, for ``read_metadata`` and ``read_picture``."""
    # read_metadata requests the values of EXIF itself.
    return read_anatomy(file, wanted - EXIF_ONLY, has_picture=has_picture)


def read_metadata(
    file: SparseFile, anatomy: Anatomy, wanted: frozenset[MetadataKind] = EXIF_ONLY
) -> Metadata:
    """Read as far as the received bytes allow; never raise.

    ``anatomy`` is that of ``locate`` for the same bytes and kinds. ``needs`` has the
    missing bytes of the kinds in ``wanted``. Other kinds, width and height are read
    from the received bytes only.
    """
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
    """Return the reading, and whether the location of EXIF is final."""
    plain, encoded = _exif_parts(anatomy)
    if anatomy.format in _EXIFREAD_FIRST or not (plain or encoded):
        reading = read_exif(file)
        if reading.tags:
            return reading, True
        if anatomy.format in _EXIFREAD_FIRST and reading.needs:
            return reading, True
        if not (plain or encoded):
            # exifread walks from chunk to chunk and would need each header. The
            # anatomy needs fewer requests.
            return replace(reading, needs=()), False
    if plain:
        return _exif_part(file, plain[0]), True
    if anatomy.needs:
        # A plain block may still follow; exifread prints that one.
        return ExifReading(needs=encoded[0].extents), False
    return _exif_part(file, encoded[0]), not anatomy.is_given_up


def _exif_parts(anatomy: Anatomy) -> tuple[list[Part], list[Part]]:
    """Return the EXIF blocks without encodings, and those with encodings."""
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
    _, encoded = _exif_parts(anatomy)
    for part in _parts(anatomy, "xmp") + encoded:
        packet = _payload(file, part)
        # ImageMagick names both EXIF and XMP of a JPEG's APP1 segments "APP1".
        if packet is None or (part in encoded and not packet.startswith(_XMP_NAME)):
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
    """Return a part's decoded bytes; None if some are missing, ``b""`` if broken."""
    try:
        if part.encodings == ("brotli",):
            return _from_brotli(payload(file, replace(part, encodings=())))
        return payload(file, part)
    except MissingBytes:
        return None
    except Undecodable:
        return b""


def _from_brotli(data: bytes) -> bytes:
    decompressor = brotli.Decompressor()
    try:
        decoded: bytes = decompressor.process(data, output_buffer_limit=MAX_BYTES)
    except brotli.error as error:
        raise Undecodable(str(error)) from error
    return decoded[:MAX_BYTES]
