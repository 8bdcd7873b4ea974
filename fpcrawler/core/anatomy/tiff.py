"""TIFF 6.0, BigTIFF, the raw formats based on them, and the EXIF block."""

from __future__ import annotations

from collections.abc import Sequence

from fpcrawler.core.anatomy.deflate import is_stored
from fpcrawler.core.anatomy.draft import Block, Draft
from fpcrawler.core.anatomy.structure import GivenUp, Malformed
from fpcrawler.core.anatomy.tiff_directories import IPTC, XMP, Walk
from fpcrawler.core.file.extents import Extent

_WIDTH, _HEIGHT = 256, 257

_STRIP_OFFSETS, _STRIP_BYTES = 273, 279

_TILE_OFFSETS, _TILE_BYTES = 324, 325

_JPEG_OFFSET, _JPEG_BYTES = 513, 514

_COMPRESSION, _UNCOMPRESSED = 259, 1

_DEFLATED = (8, 32_946)

# Bits, compression, colour, fill order, samples, rows, layout, fax options, predictor,
# palette, tiles, further samples, sample format, JPEG tables, YCbCr.
_DECIDING = (
    *(258, 259, 262, 266, 277, 278, 284, 292, 293, 317, 320),
    *(322, 323, 338, 339, 347, 529, 530, 532),
)

_BITS = 258

_BYTE = 8

_MAX_STRIPS = 4_096

_MAX_TABLE = 16_384


def read(draft: Draft) -> None:
    """Read a TIFF file: the whole file is one EXIF block."""
    whole = Extent(0, draft.file.size)
    draft.add("exif", [whole])
    walk = read_block(draft, [whole])
    if walk is None:
        return

    with draft.going_on():
        draft.width = next(iter(walk.numbers(_WIDTH)), None)
        draft.height = next(iter(walk.numbers(_HEIGHT)), None)
    draft.deciding(_set_picture, draft, walk)


def _set_picture(draft: Draft, walk: Walk) -> None:
    """Set the strips or tiles of the first directory as the picture, in order."""
    for offsets, lengths in (
        (_STRIP_OFFSETS, _STRIP_BYTES),
        (_TILE_OFFSETS, _TILE_BYTES),
        (_JPEG_OFFSET, _JPEG_BYTES),
    ):
        if offsets in walk.first_directory:
            _add_strips(draft, walk, offsets, lengths)
            return


def read_block(draft: Draft, extents: Sequence[Extent]) -> Walk | None:
    """Request the values of an EXIF block; add the XMP and IPTC embedded in it."""
    block = Block(draft.file, extents)
    with draft.going_on():
        try:
            walk = Walk(draft, block)
        except Malformed as malformed:
            draft.error = draft.error or str(malformed)
            return None
        walk.run()
        _add_embedded(draft, walk)
        return walk
    return None


def size_in(draft: Draft, extents: Sequence[Extent]) -> tuple[int | None, int | None]:
    """Return width and height from the first directory of an EXIF block."""
    walk = read_block(draft, extents)
    if walk is None:
        return None, None
    sizes = [next(iter(walk.numbers(tag)), None) for tag in (_WIDTH, _HEIGHT)]
    return sizes[0], sizes[1]


def _add_embedded(draft: Draft, walk: Walk) -> None:
    for tag, kind in ((XMP, "xmp"), (IPTC, "iptc")):
        field = walk.first_directory.get(tag)
        if field is None:
            continue
        extents = walk.block.extents(field.first, field.length)
        draft.add("xmp" if kind == "xmp" else "iptc", extents)
        if kind in draft.wanted:
            for extent in extents:
                draft.need(extent.first, extent.length)


def _add_strips(draft: Draft, walk: Walk, offsets: int, lengths: int) -> None:
    if walk.first_directory[offsets].count > _MAX_STRIPS:
        raise GivenUp("too many strips or tiles")
    for tag in (offsets, lengths, *_DECIDING):
        if field := walk.first_directory.get(tag):
            for extent in walk.block.extents(field.first, field.length):
                draft.need_for_picture(extent.first, min(extent.length, _MAX_TABLE))
    firsts = walk.numbers(offsets, _MAX_STRIPS)
    counts = walk.numbers(lengths, _MAX_STRIPS)
    has_counts = bool(counts)
    if not has_counts and len(firsts) == 1:
        counts = [walk.block.length - firsts[0]]
    compression = next(iter(walk.numbers(_COMPRESSION)), _UNCOMPRESSED)
    is_raw = compression == _UNCOMPRESSED
    if compression in _DEFLATED and firsts:
        draft.need_for_picture(firsts[0])
        is_raw = is_stored(walk.block.at(firsts[0], 3))
    draft.set_picture(
        *(Extent(*place) for place in zip(firsts, counts, strict=False) if place[0]),
        parameters=_parameters(walk),
        is_constant_size=is_raw,
        is_end_known=has_counts,
    )


def _parameters(walk: Walk) -> list[bytes]:
    """Return the fields that decide how strips decode, as ``tag=value,value``."""
    found = []
    if any(bits > _BYTE for bits in walk.numbers(_BITS, _MAX_TABLE)):
        found.append(walk.block.at(0, 2))  # the byte order of the samples
    for tag in _DECIDING:
        values = ",".join(map(str, walk.numbers(tag, _MAX_TABLE)))
        if values:
            found.append(f"{tag}={values}".encode())
    return found
