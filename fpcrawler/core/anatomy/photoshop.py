"""Photoshop image resources, in PSD files and in a JPEG's APP13 segments.

https://www.adobe.com/devnet-apps/photoshop/fileformatashtml/
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from fpcrawler.core.anatomy.draft import Block, Draft

if TYPE_CHECKING:
    from fpcrawler.core.file.extents import Extent

_MAX_RESOURCES = 1_000
_IPTC, _EXIF, _XMP = 0x0404, 0x0422, 0x0424
_NAME = 6


def read_resources(draft: Draft, extents: Sequence[Extent]) -> None:
    """Read the resources (signature, id, name, length, data); add the metadata."""
    block = Block(draft.file, extents)
    at = 0
    for _ in range(_MAX_RESOURCES):
        # The last byte is the length of the name, a Pascal string.
        header = block.at(at, _NAME + 1)
        if header[:4] not in (b"8BIM", b"8B64", b"MeSa", b"PHUT", b"AgHg", b"DCSR"):
            return
        name = header[_NAME] + 1 if len(header) > _NAME else 0
        at += _NAME + name + name % 2
        length = int.from_bytes(block.at(at, 4), "big")
        at += 4
        data = block.extents(at, length)
        _add(draft, int.from_bytes(header[4:6], "big"), data)
        at += length + length % 2
    draft.is_given_up = True


def _add(draft: Draft, resource: int, data: list[Extent]) -> None:
    if resource == _IPTC:
        draft.add("iptc", data)
    elif resource == _XMP:
        draft.add("xmp", data)
    elif resource == _EXIF:
        draft.add_exif(data)
