"""Locate the metadata, the dimensions and the coded picture data of an image file.

:func:`read_anatomy` reads a file of which only some bytes were received, and
returns the byte ranges that it needs next. Fetch them until it needs none::

    while (anatomy := read_anatomy(file)).needs:
        for extent in anatomy.needs:
            file.add(extent.first, fetch(extent))

It never raises, and it reads a bounded number of structures, also of a hostile
file. ``error`` describes the first defect; everything found before it is kept.
"""

from __future__ import annotations

from collections.abc import Callable

from fpcrawler.core.anatomy import (
    bmff,
    bmp,
    gif,
    ico,
    jp2,
    jpeg,
    jxl,
    png,
    psd,
    raf,
    svg,
    tiff,
    webp,
)
from fpcrawler.core.anatomy.draft import Draft
from fpcrawler.core.anatomy.payload import Payload, payload
from fpcrawler.core.anatomy.structure import (
    METADATA,
    SOUGHT,
    Anatomy,
    GivenUp,
    Malformed,
    MetadataKind,
    Part,
    Picture,
)
from fpcrawler.core.file.extents import Extent
from fpcrawler.core.file.formats import SNIFF_BYTES, image_format
from fpcrawler.core.file.sparse import MissingBytes, SparseFile

__all__ = [
    "METADATA",
    "SOUGHT",
    "Anatomy",
    "Extent",
    "MetadataKind",
    "Part",
    "Payload",
    "Picture",
    "payload",
    "read_anatomy",
]

_READERS: dict[str, Callable[[Draft], None]] = {
    "avif": bmff.read,
    "bmp": bmp.read,
    "cr3": bmff.read,
    "gif": gif.read,
    "heic": bmff.read,
    "heif": bmff.read,
    "ico": ico.read,
    "jp2": jp2.read,
    "jpeg": jpeg.read,
    "jxl": jxl.read,
    "png": png.read,
    "psd": psd.read,
    "raf": raf.read,
    "svg": svg.read,
    "tiff": tiff.read,
    "webp": webp.read,
}


def read_anatomy(
    file: SparseFile,
    wanted: frozenset[MetadataKind] = METADATA,
    *,
    sought: frozenset[MetadataKind] = SOUGHT,
    has_picture: bool = False,
) -> Anatomy:
    """Read as far as the received bytes allow.

    For the kinds in ``wanted``, ``needs`` includes the metadata bytes themselves,
    not only the bytes that locate them. For an EXIF block these are the values of
    its tags, without the thumbnail and the maker note. Bytes that only locate kinds
    not in ``sought`` are not requested. With ``has_picture`` the parameters of the
    picture's decoder are read too, and ``picture_needs`` is set.
    """
    draft = Draft(file, None, wanted, sought, has_picture=has_picture)
    try:
        draft.format = image_format(file.at(0, SNIFF_BYTES))
    except MissingBytes as missing:
        needs = (Extent(missing.first, missing.length),)
        return Anatomy(
            format=None, needs=needs, picture_needs=needs if has_picture else ()
        )
    if draft.format is not None:
        _read_with(_READERS[draft.format], draft)
        _need_wanted(draft)
    return draft.finished()


def _read_with(reader: Callable[[Draft], None], draft: Draft) -> None:
    try:
        with draft.going_on(to_picture=True):
            reader(draft)
    except Malformed as malformed:
        draft.error = str(malformed)
        draft.is_given_up |= isinstance(malformed, GivenUp)


def _need_wanted(draft: Draft) -> None:
    draft.has_picture = False  # an EXIF block is not about it
    is_tiff = draft.format == "tiff"  # tiff.read has read this block already
    for part in list(draft.parts):
        if part.kind not in draft.wanted:
            continue
        if part.kind == "exif" and not part.encodings:
            if not is_tiff:
                tiff.need_values(draft, part.extents)
            continue
        for extent in part.extents:
            draft.need(extent.first, extent.length)
