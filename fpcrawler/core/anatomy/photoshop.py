"""Photoshop image resources, in PSD files and in a JPEG's APP13 segments.

https://www.adobe.com/devnet-apps/photoshop/fileformatashtml/
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from fpcrawler.core.anatomy.block import Block
from fpcrawler.core.file.sparse import MissingBytes

if TYPE_CHECKING:
    from fpcrawler.core.anatomy.draft import Draft
    from fpcrawler.core.file.extents import Extent

PHOTOSHOP = b"Photoshop 3.0\0"
"""The identifier of the segments in a JPEG."""

_MAX_RESOURCES = 1_000
_COST = 6
_IPTC, _XMP, _DIGEST = 0x0404, 0x0424, 0x0425
_EXIF = {0x0422, 0x0423}
_SIGNATURES = {b"8BIM", b"8B64", b"MeSa", b"PHUT", b"AgHg", b"DCSR"}
_SIGNATURE = re.compile(b"|".join(_SIGNATURES))
_SEARCHED = 512
_NAME = 6
_HEADER = 12


def read_resources(draft: Draft, extents: Sequence[Extent]) -> None:
    """Add the metadata among the resources.

    Of IPTC the resources themselves: that of the datasets, that of their MD5. If a
    resource is cut off, or other bytes than zeros are between two, one may be lost.
    """
    block = Block(draft.file, extents)
    iptc: list[Extent] = []
    has_datasets, at = False, 0
    try:
        for resource in _resources(draft, block):
            junk = block.at(at, min(resource.first - at, _SEARCHED))
            _note_damage(draft, junk, resource.data + resource.length - block.length)
            at = resource.end
            data = block.extents(resource.data, resource.length)
            if resource.number in (_IPTC, _DIGEST) and data:
                has_datasets |= resource.number == _IPTC
                iptc += block.extents(resource.first, resource.end - resource.first)
            elif resource.number == _XMP:
                draft.add("xmp", data)
            elif resource.number in _EXIF:
                draft.add_exif(data)
        if not draft.is_given_up:
            _note_damage(draft, block.at(at, _SEARCHED))
    finally:
        draft.add("iptc", iptc if has_datasets else ())


def length_beyond(draft: Draft, extents: Sequence[Extent]) -> int:
    """Return how many bytes the last resource has beyond the extents.

    0 if resources are missing before it.
    """
    block, end = Block(draft.file, extents), 0
    with suppress(MissingBytes):
        for resource in _resources(draft, block):
            end = resource.data + resource.length
    return max(end - block.length, 0)


class _Resource(NamedTuple):
    """A resource: its number, the offsets of its header, data and end in the block."""

    number: int
    first: int
    data: int
    length: int

    @property
    def end(self) -> int:
        """The offset after the data, which are padded to an even length."""
        return self.data + self.length + self.length % 2


def _resources(draft: Draft, block: Block) -> Iterator[_Resource]:
    """Yield the resources: signature, number, name, length, data.

    If none begins where one should, the next bytes are searched for one, and then the
    next segment: some writers give each segment resources of its own, without the
    padding of the last one.
    """
    at, starts = 0, [0, *accumulate(piece.length for piece in block.pieces)]
    for _ in range(_MAX_RESOURCES):
        draft.step(_COST)
        header = block.at(at, _HEADER)
        if header and header[:4] not in _SIGNATURES:
            # The byte of padding may have been counted.
            before = max(at - 1, 0)
            match = _SIGNATURE.search(block.at(before, _SEARCHED))
            segment = starts[min(bisect_left(starts, before), len(starts) - 1)]
            at = before + match.start() if match else segment
            header = block.at(at, _HEADER)
        if header[:4] not in _SIGNATURES:
            return
        # The name is a Pascal string of even length; it is nearly always empty.
        first = at
        name = header[_NAME] if len(header) > _NAME else 0
        if name:
            name -= name % 2  # one byte of it is in the header, too
            header = header[:_NAME] + block.at(at + name, _HEADER)[_NAME:]
        length = int.from_bytes(header[_HEADER - 4 :], "big")
        number = int.from_bytes(header[4:6], "big")
        resource = _Resource(number, first, at + name + _HEADER, length)
        yield resource
        at = resource.end
    draft.is_given_up = True


def _note_damage(draft: Draft, between: bytes, beyond: int = 0) -> None:
    if between.strip(b"\0") or beyond > 0:
        draft.damaged |= {"iptc", "xmp", "exif"}
