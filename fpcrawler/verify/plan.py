"""Plan a second look at a picture, and read what it has shown."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from fpcrawler.core.file.extents import Extent, joined
from fpcrawler.core.fingerprint.blocks import block_offsets, blocks_of, end_at

if TYPE_CHECKING:
    from fpcrawler.core.anatomy import Picture
    from fpcrawler.core.file.sparse import SparseFile
    from fpcrawler.core.fingerprint.picture import PictureReading
    from fpcrawler.verify.goal import Goal

MAX_RANGES = 5
"""Of one image."""

_NEAR = 128
"""Bytes between two ranges that cost less than the headers of a part."""


class Look(NamedTuple):
    """The ends and blocks to look at, and the bytes of the file that are missing."""

    lengths: tuple[int, ...]
    offsets: tuple[int, ...]
    needs: tuple[Extent, ...]


def planned(file: SparseFile, picture: Picture, goal: Goal) -> Look:
    """Choose first ends, then blocks, in at most MAX_RANGES ranges.

    Never more than half of the coded data is fetched. What would go beyond a limit is
    left out; the blocks at the end of the list first.
    """
    needs: tuple[Extent, ...] = ()
    most = picture.length // 2

    def affords(more: tuple[Extent, ...]) -> bool:
        nonlocal needs
        wanted = joined([*needs, *more], size=file.size, gap=_NEAR)
        is_fine = len(wanted) <= MAX_RANGES and sum(e.length for e in wanted) <= most
        needs = wanted if is_fine else needs
        return is_fine

    own = goal.lengths or (picture.length,)
    ends = own if picture.is_upper_bound else (picture.length,)
    lengths = tuple(n for n in ends if affords(end_at(file, picture, n).needs))
    shortest = min(goal.shortest or picture.length, picture.length)
    offsets = tuple(
        offset
        for offset in block_offsets(shortest, goal.blocks)
        if affords(blocks_of(file, picture, (offset,)).needs)
    )
    return Look(lengths, offsets, needs)


def seen(
    file: SparseFile, picture: Picture, reading: PictureReading, look: Look
) -> dict[str, Any]:
    """Return the fields of the record that a look has shown.

    ``reading``: of the same bytes. Of a JPEG whose end was not seen, the shortest
    length at which EOI stands is the true one.
    """
    blocks = blocks_of(file, picture, look.offsets)
    length, end_sha256 = reading.length, reading.end_sha256
    evidence = replace(reading.evidence, blocks_deflated=blocks.deflated)
    if evidence.is_upper_bound:
        for shorter in sorted(look.lengths):
            end = end_at(file, picture, shorter)
            if end.has_eoi:
                length, end_sha256 = shorter, end.sha256
                evidence = replace(evidence, is_upper_bound=False)
                break
    return {
        "picture_length": length,
        "end_sha256": end_sha256,
        "blocks_sha256": {str(at): digest for at, digest in blocks.sha256.items()},
        "evidence": asdict(evidence),
    }
