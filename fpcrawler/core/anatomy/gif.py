"""GIF: https://www.w3.org/Graphics/GIF/spec-gif89a.txt."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from fpcrawler.core.anatomy.gif_extensions import (
    EXTENSION,
    KINDS,
    TRAILER,
    after_extension,
    is_loop,
    read_tail,
)
from fpcrawler.core.anatomy.structure import Malformed
from fpcrawler.core.file.extents import Extent
from fpcrawler.core.file.sparse import MissingBytes

if TYPE_CHECKING:
    from fpcrawler.core.anatomy.draft import Draft

_COST = 6
_HEADER = 13
_HAS_TABLE, _TABLE_BITS = 0x80, 0x07
_IMAGE = 0x2C
_GRAPHIC_CONTROL = 0xF9


def read(draft: Draft) -> None:
    """Read a GIF file up to its first image, and the extensions at its end.

    Between images there may be more, but image data have no length field: only
    reading all of them would find their end.
    """
    header = draft.exactly(0, _HEADER)
    draft.width = int.from_bytes(header[6:8], "little")
    draft.height = int.from_bytes(header[8:10], "little")
    at = _HEADER + _table(header[10])
    parameters = draft.deciding(draft.file.at, 6, at - 6)
    is_animated = False
    while True:
        draft.step(_COST)
        introducer = draft.number(at, 1)
        if introducer == TRAILER:
            return
        if introducer == _IMAGE:
            # The image descriptor, a colour table, the LZW minimum code size.
            data = at + 10 + _table(draft.number(at + 9, 1)) + 1
            parameters += draft.deciding(draft.exactly, at, data - at)
            draft.set_picture(
                Extent(data, draft.file.size - data),
                parameters=parameters,
                is_constant_size=any(draft.deciding(_is_raw, draft, data)),
            )
            read_tail(draft, data)
            if is_animated:
                draft.left_out |= KINDS
            return
        if introducer != EXTENSION:
            raise Malformed(f"no block at {at}")
        if draft.has_picture and draft.number(at + 1, 1) == _GRAPHIC_CONTROL:
            parameters += draft.deciding(draft.exactly, at, 8)
        is_animated |= is_loop(draft, at)
        at = after_extension(draft, at + 1)


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


def _table(flags: int) -> int:
    return 3 << ((flags & _TABLE_BITS) + 1) if flags & _HAS_TABLE else 0
