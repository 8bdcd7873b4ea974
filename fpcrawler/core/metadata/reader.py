"""Read all metadata of an image from the bytes received so far.

:func:`read_metadata` reads the metadata that the container's anatomy locates. Fetch
the byte ranges it needs until it needs none::

    while (metadata := read_metadata(file, locate(file))).needs:
        for extent in metadata.needs:
            file.add(extent.first, fetch(extent))
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fpcrawler.core.anatomy import Anatomy, Extent, MetadataKind, Part, read_anatomy
from fpcrawler.core.file.extents import joined
from fpcrawler.core.metadata.exif import read_exif
from fpcrawler.core.metadata.iptc import read_iptc
from fpcrawler.core.metadata.parts import MAX_PARTS, payload_of
from fpcrawler.core.metadata.status import MetadataStatus, Progress, metadata_status
from fpcrawler.core.metadata.xmp import read_xmp

if TYPE_CHECKING:
    from fpcrawler.core.file.sparse import SparseFile

KINDS = ("exif", "xmp", "iptc")
"""The kinds that METADATA_KINDS may name."""

EXIF_ONLY: frozenset[MetadataKind] = frozenset({"exif"})

_XMP_NAME = b"http://ns.adobe.com/xap/1.0/\0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """The metadata in the received bytes; ``needs`` are the ranges to fetch next.

    ``parts`` and ``thumbnails`` are where metadata and thumbnails are in the file.
    With ``is_final`` further bytes of the file cannot change anything.
    """

    format: str | None
    exif: dict[str, str] = field(default_factory=dict)
    user_comment: str | None = None
    xmp: dict[str, str] = field(default_factory=dict)
    iptc: dict[str, str] = field(default_factory=dict)
    width: int | None = None
    height: int | None = None
    status: MetadataStatus
    needs: tuple[Extent, ...] = ()
    is_final: bool = True
    parts: tuple[Part, ...] = ()
    thumbnails: tuple[Extent, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Texts:
    """The texts of the parts of one kind."""

    texts: dict[str, str]
    needs: tuple[Extent, ...]
    progress: Progress


def locate(file: SparseFile, *, has_picture: bool = False) -> Anatomy:
    """Walk the container once, for ``read_metadata`` and ``read_picture``."""
    # read_metadata requests the bytes of the parts itself, so the anatomy's needs
    # are only those of the search for them.
    return read_anatomy(file, frozenset(), has_picture=has_picture)


def read_metadata(
    file: SparseFile, anatomy: Anatomy, wanted: frozenset[MetadataKind] = EXIF_ONLY
) -> Metadata:
    """Read as far as the received bytes allow; never raise.

    ``anatomy`` is that of ``locate`` for the same bytes. ``needs`` has the missing
    bytes of the kinds in ``wanted``. Other kinds, width and height are read from the
    received bytes only.
    """
    exif = read_exif(file, anatomy)
    parts = tuple(dict.fromkeys(anatomy.metadata + exif.embedded))
    xmp, iptc = _xmp(file, parts), _iptc(file, parts)
    search = Progress(
        is_damaged=anatomy.error is not None and not anatomy.is_given_up,
        is_missing=bool(anatomy.needs) or anatomy.is_given_up,
    )
    # XMP and IPTC can be inside an EXIF block, in tags 700 and 33723.
    places = {kind: _places(anatomy, kind) for kind in ("exif", "xmp", "iptc")}
    in_exif = Progress(is_missing=bool(exif.needs)).after(places["exif"]).after(search)
    progress = {
        "exif": in_exif.after(Progress(is_damaged=exif.is_damaged)),
        "xmp": xmp.progress.after(in_exif).after(places["xmp"]),
        "iptc": iptc.progress.after(in_exif).after(places["iptc"]),
    }
    needs = [*exif.needs, *anatomy.needs] if wanted else []
    needs += xmp.needs if "xmp" in wanted else ()
    needs += iptc.needs if "iptc" in wanted else ()
    missing = [need for need in needs if not file.has(need.first, need.length)]
    return Metadata(
        format=anatomy.format,
        exif=exif.tags,
        user_comment=exif.user_comment,
        xmp=xmp.texts,
        iptc=iptc.texts,
        width=anatomy.width,
        height=anatomy.height,
        status=metadata_status(progress, wanted),
        needs=joined(missing, size=file.size),
        is_final=all(kind.is_final for kind in progress.values()),
        parts=parts,
        thumbnails=exif.thumbnails,
    )


def _places(anatomy: Anatomy, kind: MetadataKind) -> Progress:
    return Progress(
        is_damaged=kind in anatomy.damaged, is_missing=kind in anatomy.left_out
    )


def _xmp(file: SparseFile, parts: Sequence[Part]) -> _Texts:
    packets = [part for part in parts if part.kind == "xmp"]
    # ImageMagick names both EXIF and XMP of a JPEG's APP1 segments "APP1".
    profiles = [part for part in parts if part.kind == "exif" and part.encodings]
    packets += [
        part
        for part in profiles[:MAX_PARTS]
        if (payload_of(file, part) or b"").startswith(_XMP_NAME)
    ]
    has_more = any(part.kind == "extended-xmp" for part in parts)
    return _texts(file, packets, _xmp_in, has_more=has_more)


def _iptc(file: SparseFile, parts: Sequence[Part]) -> _Texts:
    blocks = [part for part in parts if part.kind == "iptc"]
    return _texts(file, blocks, _iptc_in)


def _xmp_in(packet: bytes) -> tuple[dict[str, str], bool]:
    reading = read_xmp(packet)
    return reading.properties, reading.error is not None


def _iptc_in(block: bytes) -> tuple[dict[str, str], bool]:
    return read_iptc(block), not block


def _texts(
    file: SparseFile,
    parts: Sequence[Part],
    read: Callable[[bytes], tuple[dict[str, str], bool]],
    *,
    has_more: bool = False,
) -> _Texts:
    """Unite the texts of parts; the first wins where two have one of a name.

    ``read`` returns the texts, and whether there are bytes that it cannot read; it
    gets ``b""`` for a part that cannot be decoded. ``has_more``: there are places
    without a reader.
    """
    texts: dict[str, str] = {}
    needs: list[Extent] = []
    is_damaged = False
    for part in parts[:MAX_PARTS]:
        payload = payload_of(file, part)
        if payload is None:
            needs += part.extents
            continue
        found, is_broken = read(payload)
        is_damaged |= is_broken
        texts = found | texts
    is_missing = bool(needs) or has_more or len(parts) > MAX_PARTS
    return _Texts(
        texts=texts,
        needs=tuple(needs),
        progress=Progress(is_damaged=is_damaged, is_missing=is_missing),
    )
