"""Read all metadata of an image from the bytes received so far.

:func:`read_metadata` reads the metadata that the container's anatomy locates. Fetch
the byte ranges it needs until it needs none::

    while (metadata := read_metadata(file, locate(file))).needs:
        for extent in metadata.needs:
            file.add(extent.first, fetch(extent))
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fpcrawler.core.anatomy import Anatomy, Extent, MetadataKind, read_anatomy
from fpcrawler.core.file.extents import joined
from fpcrawler.core.metadata.exif import ExifReading, read_exif
from fpcrawler.core.metadata.iptc import read_iptc
from fpcrawler.core.metadata.parts import parts_of, payload_of
from fpcrawler.core.metadata.xmp import XmpReading, read_xmp

if TYPE_CHECKING:
    from fpcrawler.core.file.sparse import SparseFile

KINDS = ("exif", "xmp", "iptc")
"""The kinds that METADATA_KINDS may name."""

EXIF_ONLY: frozenset[MetadataKind] = frozenset({"exif"})

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
    exif = read_exif(file, anatomy)
    xmp = _xmp(file, anatomy)
    needs = exif.needs if "exif" in wanted else ()
    asks_anatomy = bool(wanted - EXIF_ONLY) or (
        bool(wanted) and not _is_located(anatomy, exif)
    )
    if asks_anatomy:
        needs += anatomy.needs
    missing = [need for need in needs if not file.has(need.first, need.length)]
    return Metadata(
        format=anatomy.format,
        exif=exif.tags,
        exif_error="Damaged" if exif.is_damaged else None,
        user_comment=exif.user_comment,
        xmp=xmp.properties,
        xmp_error=xmp.error,
        iptc=_iptc(file, anatomy),
        width=anatomy.width,
        height=anatomy.height,
        needs=joined(missing, size=file.size),
        is_given_up=asks_anatomy and anatomy.is_given_up,
    )


def _is_located(anatomy: Anatomy, exif: ExifReading) -> bool:
    """Return whether the location of EXIF is final."""
    parts = parts_of(anatomy, "exif")
    if exif.tags or any(not part.encodings for part in parts):
        return True
    return bool(exif.needs) and not parts


def _xmp(file: SparseFile, anatomy: Anatomy) -> XmpReading:
    properties: dict[str, str] = {}
    error = None
    encoded = [part for part in parts_of(anatomy, "exif") if part.encodings]
    for part in parts_of(anatomy, "xmp") + encoded:
        packet = payload_of(file, part)
        # ImageMagick names both EXIF and XMP of a JPEG's APP1 segments "APP1".
        if packet is None or (part in encoded and not packet.startswith(_XMP_NAME)):
            continue
        reading = read_xmp(packet)
        properties = reading.properties | properties
        error = error or reading.error
    return XmpReading(properties=properties, error=error)


def _iptc(file: SparseFile, anatomy: Anatomy) -> dict[str, str]:
    found: dict[str, str] = {}
    for part in parts_of(anatomy, "iptc"):
        found = read_iptc(payload_of(file, part) or b"") | found
    return found
