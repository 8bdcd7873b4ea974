"""Where a picture file keeps its metadata, its dimensions and its picture data.

:func:`read_anatomy` reads a file of which only some bytes are here, and says
which others it needs. Feed it until it needs none::

    while (anatomy := read_anatomy(file)).needs:
        for extent in anatomy.needs:
            file.add(extent.first, fetch(extent))

Whatever the file is, it raises nothing and looks at a bounded number of things:
what is wrong stands in ``error``, beside all that was found before it.
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
from fpcrawler.core.anatomy.payload import Undecodable, payload
from fpcrawler.core.anatomy.structure import (
    METADATA,
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
    "Anatomy",
    "Extent",
    "MetadataKind",
    "Part",
    "Picture",
    "Undecodable",
    "payload",
    "read_anatomy",
    "read_picture_anatomy",
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
    file: SparseFile, wanted: frozenset[MetadataKind] = METADATA
) -> Anatomy:
    """Read as far as the bytes that are here tell.

    The bytes of the kinds ``wanted`` are needed too, not only their places: of
    an EXIF block those of its tags' values, but no thumbnail and no maker note.
    """
    return _read(Draft(file, None, wanted))


def read_picture_anatomy(file: SparseFile) -> Anatomy:
    """Read as far as is needed to know where the picture is and how it decodes."""
    return _read(Draft(file, None, frozenset(), is_for_picture=True))


def _read(draft: Draft) -> Anatomy:
    try:
        draft.format = image_format(draft.file.at(0, SNIFF_BYTES))
    except MissingBytes as missing:
        return Anatomy(format=None, needs=(Extent(missing.first, missing.length),))
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
    is_tiff = draft.format == "tiff"  # its own reader has been through it
    for part in list(draft.parts):
        if part.kind not in draft.wanted:
            continue
        if part.kind == "exif" and not part.encodings:
            if not is_tiff:
                tiff.read_block(draft, part.extents)
            continue
        for extent in part.extents:
            draft.need(extent.first, extent.length)
