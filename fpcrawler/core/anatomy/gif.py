"""GIF: https://www.w3.org/Graphics/GIF/spec-gif89a.txt."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from fpcrawler.core.anatomy.gif_extensions import (
    EXTENSION,
    GRAPHIC_CONTROL,
    IMAGE,
    KINDS,
    TRAILER,
    after_extension,
    announces_images,
)
from fpcrawler.core.anatomy.gif_images import (
    DESCRIPTOR,
    after_data,
    data_of,
    most_coded,
    read_blocks,
    table_length,
)
from fpcrawler.core.anatomy.gif_tail import read_tail
from fpcrawler.core.anatomy.structure import Malformed
from fpcrawler.core.file.extents import Extent
from fpcrawler.core.file.sparse import MissingBytes

if TYPE_CHECKING:
    from fpcrawler.core.anatomy.draft import Draft

_COST = 6
_HEADER = 13


def read(draft: Draft) -> None:
    """Read a GIF file up to its first image, and the extensions at its end.

    Between images there may be more, but image data have no length field: only
    reading all of them would find their end. So a file that has several images, as
    far as can be seen, is complete only if all of it is here.
    """
    header = draft.exactly(0, _HEADER)
    draft.width = int.from_bytes(header[6:8], "little")
    draft.height = int.from_bytes(header[8:10], "little")
    at = _HEADER + table_length(header[10])
    parameters = draft.deciding(draft.file.at, 6, at - 6)
    is_animated = False
    while True:
        draft.step(_COST)
        introducer = draft.number(at, 1)
        if introducer == TRAILER:
            return
        if introducer == IMAGE:
            descriptor = draft.exactly(at, DESCRIPTOR)
            data = data_of(descriptor, at)
            parameters += draft.deciding(draft.exactly, at, data - at)
            is_raw = any(draft.deciding(_is_raw, draft, data))
            end = _latest_end(draft)
            set_picture = partial(
                draft.set_picture, parameters=parameters, is_constant_size=is_raw
            )
            set_picture(Extent(data, max(end - data, 0)), is_upper_bound=True)
            seen = _read_rest(draft, descriptor, data, is_animated=is_animated)
            if seen is not None:
                set_picture(Extent(data, seen - data))
            return
        if introducer != EXTENSION:
            raise Malformed(f"no block at {at}")
        if draft.has_picture and draft.number(at + 1, 1) == GRAPHIC_CONTROL:
            parameters += draft.deciding(draft.exactly, at, 8)
        is_animated |= announces_images(draft, at)
        at = after_extension(draft, at + 1)


def _latest_end(draft: Draft) -> int:
    """Return the offset after which no coded data are: the trailer, if it is seen."""
    last = draft.file.size - 1
    has_trailer = draft.file.has(last, 1) and draft.number(last, 1) == TRAILER
    return last if has_trailer else last + 1


def _read_rest(
    draft: Draft, descriptor: bytes, data: int, *, is_animated: bool
) -> int | None:
    """Note the extensions after the first image, whose coded data are at ``data``.

    Return the offset after the coded data of the last image, None if it is not known.
    """
    if not draft.sought & KINDS:
        draft.left_out |= KINDS
        return None
    rest = read_blocks(draft, after_data(draft, data))
    if rest.is_read:
        return rest.end
    is_several = is_animated or rest.has_images
    tail = read_tail(draft, data, is_several=is_several)
    if tail is None:
        return None
    is_longer = tail.first - data > most_coded(descriptor)
    if is_several or is_longer:
        draft.left_out |= KINDS
    # Bytes that no image announces may be those of another file.
    return tail.picture_end if is_several or not is_longer else None


def _is_raw(draft: Draft, data: int) -> bool:
    """Return whether the LZW table is cleared before it can grow (appendix F).

    libungif writes such uncompressed data; their length follows from the dimensions.
    """
    bits = draft.number(data - 1, 1)
    if not 1 < bits < 9:  # noqa: PLR2004 - a code size of 2 to 8
        return False
    clear, width = 1 << bits, bits + 1
    draft.need_for_picture(data)
    with suppress(MissingBytes):
        opening = _first_data(draft, data, clear * width // 8)
        codes = int.from_bytes(opening, "little")
        return any(
            codes >> at * width & (2 * clear - 1) == clear
            for at in range(1, min(len(opening) * 8 // width, clear))
        )
    return False


def _first_data(draft: Draft, at: int, wanted: int) -> bytes:
    """Return the content of the sub-blocks from ``at``, ``wanted`` bytes or more."""
    data = b""
    while len(data) < wanted and (length := draft.number(at, 1)):
        data += draft.file.at(at + 1, length)
        at += 1 + length
    return data
