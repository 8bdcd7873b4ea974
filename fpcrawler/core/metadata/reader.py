"""Read all metadata of an image from the bytes received so far.

:func:`read_metadata` reads the metadata that the container's anatomy locates. Fetch
the byte ranges it needs until it needs none::

    while (metadata := read_metadata(file, locate(file))).needs:
        for extent in metadata.needs:
            file.add(extent.first, fetch(extent))
"""

from __future__ import annotations

import itertools
from collections.abc import (
    Callable,
    Collection,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeVar

from fpcrawler.core.anatomy import Anatomy, Extent, Part, read_anatomy
from fpcrawler.core.file.extents import joined
from fpcrawler.core.metadata.exif import ExifReading, read_exif
from fpcrawler.core.metadata.kinds import (
    Found,
    find_iptc,
    find_provenance,
    find_texts,
    find_xmp,
)
from fpcrawler.core.metadata.memory import Memory
from fpcrawler.core.metadata.parts import Payloads
from fpcrawler.core.metadata.provenance import Provenance, with_source_type
from fpcrawler.core.metadata.status import (
    KINDS,
    Kind,
    MetadataStatus,
    Progress,
    metadata_status,
)

if TYPE_CHECKING:
    from fpcrawler.core.anatomy.structure import MetadataKind
    from fpcrawler.core.file.sparse import SparseFile
    from fpcrawler.core.metadata.makers import MakerNote
    from fpcrawler.core.metadata.texts import Text

_Value = TypeVar("_Value")

_ALL_FOUND = Progress()

ALL_KINDS: frozenset[Kind] = frozenset(KINDS)

EXIF_ONLY: frozenset[Kind] = frozenset({"exif"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """The metadata in the received bytes; ``needs`` are the ranges to fetch next.

    The first of them are those of EXIF, in case that not all can be fetched. ``parts``
    and ``thumbnails`` are where metadata and thumbnails are in the file, ``notes`` are
    maker notes, unread. With ``is_final`` further bytes of the file cannot change
    anything else.
    """

    format: str | None
    exif: dict[str, str] = field(default_factory=dict)
    user_comment: str | None = None
    xmp: dict[str, str] = field(default_factory=dict)
    iptc: dict[str, str] = field(default_factory=dict)
    texts: tuple[Text, ...] = ()
    provenance: Provenance = field(default_factory=Provenance)
    width: int | None = None
    height: int | None = None
    status: MetadataStatus
    needs: tuple[Extent, ...] = ()
    is_final: bool = True
    parts: tuple[Part, ...] = ()
    thumbnails: tuple[Extent, ...] = ()
    notes: tuple[MakerNote, ...] = ()


def locate(
    file: SparseFile,
    wanted: frozenset[Kind] = ALL_KINDS,
    *,
    has_picture: bool = False,
) -> Anatomy:
    """Walk the container once, for ``read_metadata`` and ``read_picture``."""
    # read_metadata requests the bytes of the parts itself, so the anatomy's needs
    # are only those of the search for them.
    return read_anatomy(file, frozenset(), sought=wanted, has_picture=has_picture)


def read_metadata(
    file: SparseFile,
    anatomy: Anatomy,
    wanted: frozenset[Kind] = EXIF_ONLY,
    memory: Memory | None = None,
) -> Metadata:
    """Read as far as the received bytes allow; never raise.

    ``anatomy`` is that of ``locate`` for the same bytes. ``needs`` has the missing
    bytes of the kinds in ``wanted``. Other kinds, width and height are read from the
    received bytes only. What a ``memory`` of the same file has is not read again.
    """
    payloads, memory = Payloads(file), memory or Memory()
    exif = memory.reading(
        "exif",
        _of_kinds(anatomy.metadata, ("exif", "maker-note")),
        lambda: read_exif(payloads, anatomy),
    )
    parts = tuple(dict.fromkeys(anatomy.metadata + exif.embedded))

    def found(
        find: Callable[[Payloads, Sequence[Part]], Found[_Value]], *of: MetadataKind
    ) -> Found[_Value]:
        places = _of_kinds(parts, of)
        return memory.reading(of[0], places, lambda: find(payloads, places))

    # A raw profile of EXIF can hold a packet of XMP.
    xmp = found(find_xmp, "xmp", "extended-xmp", "exif")
    iptc = found(find_iptc, "iptc")
    texts, provenance = found(find_texts, "texts"), found(find_provenance, "provenance")
    kinds: dict[Kind, Found[object]] = {
        "xmp": xmp,
        "iptc": iptc,
        "texts": texts,
        "provenance": provenance,
    }
    progress = _progress(anatomy, exif, kinds)
    return Metadata(
        format=anatomy.format,
        exif=exif.tags,
        user_comment=exif.user_comment,
        xmp=xmp.value,
        iptc=iptc.value,
        texts=texts.value,
        provenance=_provenance(provenance.value, progress, xmp.value),
        width=anatomy.width,
        height=anatomy.height,
        status=metadata_status(progress, wanted),
        needs=_needs(file, [*exif.needs, *anatomy.needs], kinds, wanted),
        is_final=all(kind.is_final for kind in progress.values()),
        parts=parts,
        thumbnails=exif.thumbnails,
        notes=exif.notes,
    )


def _of_kinds(
    parts: Iterable[Part], kinds: Collection[MetadataKind]
) -> tuple[Part, ...]:
    return tuple([part for part in parts if part.kind in kinds])


def _provenance(
    found: Provenance, progress: Mapping[Kind, Progress], xmp: dict[str, str]
) -> Provenance:
    if found.c2pa is None and progress["provenance"] == Progress():
        found = replace(found, c2pa=False)
    return with_source_type(found, xmp)


def _progress(
    anatomy: Anatomy, exif: ExifReading, kinds: Mapping[Kind, Found[object]]
) -> dict[Kind, Progress]:
    search = Progress(
        is_damaged=anatomy.error is not None and not anatomy.is_given_up,
        is_missing=bool(anatomy.needs) or anatomy.is_given_up,
    )
    # XMP and IPTC can be inside an EXIF block, in tags 700 and 33723.
    in_exif = Progress(is_missing=bool(exif.needs)).after(_places(anatomy, "exif"))
    search = in_exif.after(search)
    progress: dict[Kind, Progress] = {
        kind: found.progress.after(search).after(_places(anatomy, kind))
        for kind, found in kinds.items()
    }
    reading = Progress(is_damaged=exif.is_damaged, is_cut=exif.is_cut)
    return {"exif": search.after(reading), **progress}


def _places(anatomy: Anatomy, kind: Kind) -> Progress:
    if not (anatomy.damaged or anatomy.left_out):  # as nearly always
        return _ALL_FOUND
    return Progress(
        is_damaged=kind in anatomy.damaged, is_missing=kind in anatomy.left_out
    )


def _needs(
    file: SparseFile,
    first: Iterable[Extent],
    kinds: Mapping[Kind, Found[object]],
    wanted: frozenset[Kind],
) -> tuple[Extent, ...]:
    """Return the missing extents: ``first`` those of EXIF, then the shortest."""
    if not wanted:
        return ()
    urgent = _missing(file, first)
    others = [
        need for kind, found in kinds.items() if kind in wanted for need in found.needs
    ]
    if not others:
        return urgent
    pieces = (_outside(other, urgent) for other in _missing(file, others))
    rest = sorted(itertools.chain(*pieces), key=lambda extent: extent.length)
    return urgent + tuple(rest)


def _missing(file: SparseFile, needs: Iterable[Extent]) -> tuple[Extent, ...]:
    holes = [hole for need in needs for hole in file.holes(need.first, need.length)]
    return joined([Extent(at, end - at) for at, end in holes], size=file.size)


def _outside(extent: Extent, taken: Iterable[Extent]) -> Iterator[Extent]:
    """Yield what is left of an extent without those taken, which are sorted."""
    at = extent.first
    for other in taken:
        if other.overlaps(Extent(at, extent.end - at)):
            yield from [Extent(at, other.first - at)] if other.first > at else []
            at = other.end
    if at < extent.end:
        yield Extent(at, extent.end - at)
