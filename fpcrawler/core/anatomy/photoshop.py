"""Photoshop image resources, in PSD files and in a JPEG's APP13 segments.

https://www.adobe.com/devnet-apps/photoshop/fileformatashtml/
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from fpcrawler.core.anatomy.draft import Block, Draft
from fpcrawler.core.file.sparse import MissingBytes

if TYPE_CHECKING:
    from fpcrawler.core.file.extents import Extent

PHOTOSHOP = b"Photoshop 3.0\0"
"""The identifier of the segments in a JPEG."""

_MAX_RESOURCES = 1_000
_IPTC, _XMP = 0x0404, 0x0424
_EXIF = {0x0422, 0x0423}
_SIGNATURES = {b"8BIM", b"8B64", b"MeSa", b"PHUT", b"AgHg", b"DCSR"}
_NAME = 6
_HEADER = 12


def read_resources(draft: Draft, extents: Sequence[Extent]) -> None:
    """Add the metadata among the resources."""
    block = Block(draft.file, extents)
    for resource, first, length in _resources(draft, block):
        if resource == _IPTC:
            draft.add("iptc", block.extents(first, length))
        elif resource == _XMP:
            draft.add("xmp", block.extents(first, length))
        elif resource in _EXIF:
            draft.add_exif(block.extents(first, length))


def length_beyond(draft: Draft, extents: Sequence[Extent]) -> int:
    """Return how many bytes the last resource has beyond the extents.

    0 if resources are missing before it.
    """
    block, end = Block(draft.file, extents), 0
    with suppress(MissingBytes):
        for _, first, length in _resources(draft, block):
            end = first + length
    return max(end - block.length, 0)


def _resources(draft: Draft, block: Block) -> Iterator[tuple[int, int, int]]:
    """Yield the resources (signature, id, name, length, data): id, offset, length."""
    at = 0
    for _ in range(_MAX_RESOURCES):
        header = block.at(at, _HEADER)
        if header[:4] not in _SIGNATURES:
            return
        # The name is a Pascal string of even length; it is nearly always empty.
        name = header[_NAME] if len(header) > _NAME else 0
        if name:
            name -= name % 2  # one byte of it is in the header, too
            header = header[:_NAME] + block.at(at + name, _HEADER)[_NAME:]
        at += name + _HEADER
        length = int.from_bytes(header[_HEADER - 4 :], "big")
        yield int.from_bytes(header[4:6], "big"), at, length
        at += length + length % 2
    draft.is_given_up = True
