"""Blocks and ends of the coded data: what a second look at an image compares.

DATA_FORMAT.md defines ``blocks_sha256``, so that other programs can compute it.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING

from fpcrawler.core.anatomy import gif_end
from fpcrawler.core.anatomy.block import Block
from fpcrawler.core.file.extents import Extent
from fpcrawler.core.file.sparse import UNKNOWN_SIZE
from fpcrawler.core.fingerprint.evidence import MAX_BLOCKS
from fpcrawler.core.fingerprint.picture import CODED_BYTES, END_BYTES

if TYPE_CHECKING:
    from fpcrawler.core.anatomy import Picture
    from fpcrawler.core.file.sparse import SparseFile

BLOCK_BYTES = 1_024
"""How many coded bytes a hash of ``blocks_sha256`` covers."""

_SLACK = 4
"""A block lies at most 1 / _SLACK of the space between two before its place."""
_EOI = b"\xff\xd9"


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockReading:
    """The blocks that were received: offset in the coded data to SHA-256 in hex.

    ``deflated`` is the length of their bytes, joined in the order of the offsets,
    after zlib. ``needs`` are the missing bytes of the others.
    """

    sha256: dict[int, str] = field(default_factory=dict)
    deflated: int = 0
    needs: tuple[Extent, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EndReading:
    """The last bytes before some length of the coded data.

    ``sha256`` is that of the last END_BYTES, None if any of them is missing.
    ``is_last``: by the format, no coded data follow. ``needs`` are the missing bytes.
    """

    sha256: str | None = None
    is_last: bool = False
    needs: tuple[Extent, ...] = ()


def block_offsets(length: int, count: int, start: int = CODED_BYTES) -> tuple[int, ...]:
    """Return the offsets of at most ``count`` blocks in ``length`` coded bytes.

    They lie after the first ``start`` bytes and before the end, and are spread
    evenly; the last one is near the end. Blocks and end are at most half of the coded
    data. If they cover all bytes between, the blocks follow each other, and the last
    one may reach into the end. Else the offsets are multiples of a power of two, so
    that a few bytes after the end rarely change them.
    """
    if not 0 < length < UNKNOWN_SIZE // 2:
        return ()
    start = max(start, 0)
    gap = length - END_BYTES - start
    most = min(count, MAX_BLOCKS, (length // 2 - END_BYTES) // BLOCK_BYTES)
    if gap <= 0 or most <= 0:
        return ()
    if gap <= most * BLOCK_BYTES:
        return tuple(range(start, length - END_BYTES, BLOCK_BYTES))
    pitch = gap // most
    room = max((pitch - BLOCK_BYTES) // _SLACK, 1)
    grid = 1 << (room.bit_length() - 1)
    first = start + pitch - BLOCK_BYTES
    return tuple((first + at * pitch) // grid * grid for at in range(most))


def blocks_of(
    file: SparseFile, picture: Picture, offsets: Iterable[int]
) -> BlockReading:
    """Hash the blocks that were received; never raise.

    Offsets before the coded data, or less than a block before their end, are left out.
    """
    coded = Block(file, picture.extents)
    found: dict[int, bytes] = {}
    needs: list[Extent] = []
    last = coded.length - BLOCK_BYTES
    for offset in sorted({offset for offset in offsets if 0 <= offset <= last}):
        missing = _missing(file, coded, offset, BLOCK_BYTES)
        if missing:
            needs += missing
        else:
            found[offset] = coded.at(offset, BLOCK_BYTES)
    return BlockReading(
        sha256={offset: sha256(data).hexdigest() for offset, data in found.items()},
        deflated=len(zlib.compress(b"".join(found.values()))) if found else 0,
        needs=tuple(needs),
    )


def end_at(
    file: SparseFile, picture: Picture, length: int, image_format: str | None
) -> EndReading:
    """Read the last bytes of the first ``length`` coded bytes; never raise.

    Where the end was not seen, an EOI marker there is that of a JPEG (T.81 B.2.1: no
    entropy-coded data have it). Coded data of a GIF end with a block terminator, and
    no image follows. Empty if there are fewer coded bytes.
    """
    coded = Block(file, picture.extents)
    if not 0 < length <= coded.length or length >= UNKNOWN_SIZE // 2:
        return EndReading()
    first = max(length - END_BYTES, 0)
    missing = _missing(file, coded, first, length - first)
    is_gif = image_format == "gif"
    after = coded.extents(length - 1, 1)[0].end
    if is_gif:
        missing += _holes(file, Extent(after, gif_end.DECIDING))
    if missing:
        return EndReading(needs=tuple(missing))
    end = coded.at(first, length - first)
    is_jpeg_end = image_format == "jpeg" and end.endswith(_EOI)
    return EndReading(
        sha256=sha256(end).hexdigest(),
        is_last=gif_end.ends_at(file, after) if is_gif else is_jpeg_end,
    )


def _missing(file: SparseFile, coded: Block, first: int, length: int) -> list[Extent]:
    return [
        hole for extent in coded.extents(first, length) for hole in _holes(file, extent)
    ]


def _holes(file: SparseFile, extent: Extent) -> list[Extent]:
    return [Extent(at, end - at) for at, end in file.holes(extent.first, extent.length)]
