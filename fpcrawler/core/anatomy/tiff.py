"""TIFF 6.0, BigTIFF, the raw formats based on them, and the EXIF block."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from fpcrawler.core.anatomy.block import Block
from fpcrawler.core.anatomy.photoshop import read_resources
from fpcrawler.core.anatomy.structure import LARGEST_VALUE
from fpcrawler.core.anatomy.tiff_directories import (
    C2PA,
    EMBEDDED,
    MAKER_NOTE,
    PHOTOSHOP,
    SUB_DIRECTORIES,
    Header,
    following,
    read_directory,
    read_header,
)
from fpcrawler.core.anatomy.tiff_first import First
from fpcrawler.core.anatomy.tiff_picture import set_picture
from fpcrawler.core.file.extents import Extent
from fpcrawler.core.file.sparse import MissingBytes

if TYPE_CHECKING:
    from fpcrawler.core.anatomy.draft import Draft

_WIDTH, _HEIGHT = 256, 257

_MAX_ENTRIES = 4_096

_MAX_RESOURCES = 16_384
"""Bytes of image resources to request at once; a thumbnail may be among them."""

_READ_BACK = 1_024
"""Bytes to request before a directory: some writers put its values there."""


def read(draft: Draft) -> None:
    """Read a TIFF file: the whole file is one EXIF block."""
    whole = Extent(0, draft.file.size)
    draft.add("exif", [whole])
    first = _first_directory(draft, [whole])
    if first is None:
        draft.error = draft.error or "not a TIFF byte order"
        return

    _add_embedded(draft, first)
    with draft.going_on():
        draft.width = next(iter(first.numbers(_WIDTH)), None)
        draft.height = next(iter(first.numbers(_HEIGHT)), None)
    draft.deciding(set_picture, draft, first)
    if "exif" in draft.wanted:
        need_values(draft, [whole])


def size_in(draft: Draft, extents: Sequence[Extent]) -> tuple[int | None, int | None]:
    """Return width and height from the first directory of an EXIF block."""
    first = _first_directory(draft, extents)
    if first is None:
        return None, None
    sizes = [next(iter(first.numbers(tag)), None) for tag in (_WIDTH, _HEIGHT)]
    return sizes[0], sizes[1]


def _first_directory(draft: Draft, extents: Sequence[Extent]) -> First | None:
    """Return the first directory, empty while it is missing; None if not a TIFF."""
    block = Block(draft.file, extents)
    header = read_header(block)
    if header is None:
        return None
    try:
        entries = read_directory(block, header, header.first, _MAX_ENTRIES).entries
    except MissingBytes as missing:
        _need_directory(draft.need_for_all, missing, draft.window)
        entries = []
    return First(block, header, {entry.tag: entry for entry in reversed(entries)})


def need_values(draft: Draft, extents: Sequence[Extent]) -> None:
    """Request the values of an EXIF block, without thumbnails and maker notes."""
    block = Block(draft.file, extents)
    with draft.going_on():
        header = read_header(block)
        if header is not None:
            _need_directories(draft, block, header)


def _need_directories(draft: Draft, block: Block, header: Header) -> None:
    queue, seen, left = deque([header.first]), {0}, _MAX_ENTRIES
    while queue and left > 0:
        first = queue.popleft()
        if first in seen:
            continue
        seen.add(first)
        try:
            directory = read_directory(block, header, first, left)
            end = first + header.table_bytes(directory.count)
            after = following(block, header, end)
        except MissingBytes as missing:
            _need_directory(draft.need, missing, draft.window)
            continue
        left -= 1 + directory.read
        for entry in directory.entries:
            if entry.tag in SUB_DIRECTORIES and entry.length <= header.word:
                pointer = block.at(entry.first, entry.length)
                queue.appendleft(header.number(pointer))
            elif entry.tag != MAKER_NOTE and entry.length <= LARGEST_VALUE:
                for extent in block.extents(entry.first, entry.length):
                    draft.need(extent.first, extent.length)
        queue.append(after)


def _need_directory(
    need: Callable[[int, int], None], missing: MissingBytes, window: int
) -> None:
    before = min(_READ_BACK, missing.first)
    need(missing.first - before, before + max(missing.length, window))


def _add_embedded(draft: Draft, first: First) -> None:
    for tag, kind in EMBEDDED.items():
        draft.add(kind, first.extents(tag))
    draft.add("provenance", first.extents(C2PA))
    resources = first.extents(PHOTOSHOP)
    if resources and draft.sought & {"xmp", "iptc"}:
        try:
            read_resources(draft, resources)
        except MissingBytes as missing:
            rest = resources[-1].end - missing.first
            draft.need(missing.first, min(rest, _MAX_RESOURCES))
