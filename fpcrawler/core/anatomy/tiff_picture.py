"""The picture of a TIFF file: the strips or tiles of its first directory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fpcrawler.core.anatomy.deflate import is_stored
from fpcrawler.core.anatomy.structure import GivenUp
from fpcrawler.core.file.extents import Extent

if TYPE_CHECKING:
    from fpcrawler.core.anatomy.draft import Draft
    from fpcrawler.core.anatomy.tiff_first import First

_STRIP_OFFSETS, _STRIP_BYTES = 273, 279

_TILE_OFFSETS, _TILE_BYTES = 324, 325

_JPEG_OFFSET, _JPEG_BYTES = 513, 514

_COMPRESSION, _UNCOMPRESSED = 259, 1
# TIFF 6.0, section 9: runs of bytes, so that pictures often have one length by chance.
_PACKBITS = 32_773

_DEFLATED = (8, 32_946)

# Bits, compression, colour, fill order, samples, rows, layout, fax options, predictor,
# palette, tiles, inks, further samples, sample format, indexed colours, JPEG tables,
# old JPEG's process, restarts, predictors and point transforms, YCbCr, LERC.
_DECIDING = (
    *(258, 259, 262, 266, 277, 278, 284, 292, 293, 317, 320),
    *(322, 323, 332, 338, 339, 346, 347, 512, 515, 517, 518, 529, 530, 532, 50_674),
)

_BITS = 258

_BYTE = 8

_MAX_STRIPS = 4_096

_MAX_TABLE = 16_384


def set_picture(draft: Draft, first: First) -> None:
    """Set the strips or tiles of the first directory as the picture, in order."""
    for offsets, lengths in (
        (_STRIP_OFFSETS, _STRIP_BYTES),
        (_TILE_OFFSETS, _TILE_BYTES),
        (_JPEG_OFFSET, _JPEG_BYTES),
    ):
        if offsets in first.fields:
            _add_strips(draft, first, offsets, lengths)
            return


def _add_strips(draft: Draft, first: First, offsets: int, lengths: int) -> None:
    if first.fields[offsets].values > _MAX_STRIPS:
        raise GivenUp("too many strips or tiles")
    for tag in (offsets, lengths, *_DECIDING):
        if field := first.fields.get(tag):
            for extent in first.block.extents(field.first, field.length):
                draft.need_for_picture(extent.first, min(extent.length, _MAX_TABLE))
    firsts = first.numbers(offsets, _MAX_STRIPS)
    counts = first.numbers(lengths, _MAX_STRIPS)
    has_counts = bool(counts)
    if not has_counts and len(firsts) == 1:
        counts = [first.block.length - firsts[0]]
    compression = next(iter(first.numbers(_COMPRESSION)), _UNCOMPRESSED)
    is_raw = compression in (_UNCOMPRESSED, _PACKBITS)
    if compression in _DEFLATED and firsts:
        draft.need_for_picture(firsts[0])
        is_raw = is_stored(first.block.at(firsts[0], 3))
    draft.set_picture(
        *(Extent(*place) for place in zip(firsts, counts, strict=False) if place[0]),
        parameters=_parameters(first),
        is_constant_size=is_raw,
        is_end_known=has_counts,
    )


def _parameters(first: First) -> list[bytes]:
    """Return the fields that decide how strips decode, as ``tag=value,value``.

    They are in the order of their tags, whatever that of the file is. A value is an
    unsigned number; a rational is ``numerator/denominator``, as it stands.
    """
    found = []
    if any(bits > _BYTE for bits in first.numbers(_BITS, _MAX_TABLE)):
        found.append(first.block.at(0, 2))  # the byte order of the samples
    fields = {tag: ",".join(first.values(tag, _MAX_TABLE)) for tag in _DECIDING}
    return found + [f"{tag}={text}".encode() for tag, text in fields.items() if text]
