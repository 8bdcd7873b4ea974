"""The blocks of a GIF after its first image, as far as they were received."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fpcrawler.core.anatomy.draft import MAX_STEPS
from fpcrawler.core.anatomy.gif_extensions import (
    EXTENSION,
    GRAPHIC_CONTROL,
    IMAGE,
    TRAILER,
    after_extension,
)
from fpcrawler.core.file.sparse import MissingBytes

if TYPE_CHECKING:
    from fpcrawler.core.anatomy.draft import Draft

DESCRIPTOR = 10
_HAS_TABLE, _TABLE_BITS = 0x80, 0x07
_LEAST_STEPS = MAX_STEPS // 2
"""Steps of the walk that are left for metadata; an image has too many sub-blocks."""

_CODE_BITS = 12
_SLACK = 1_024


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """Whether blocks were read up to the trailer; whether images are among them.

    ``end`` is the offset after the last of these images, or where the blocks begin.
    """

    is_read: bool
    has_images: bool
    end: int | None = None


def read_blocks(draft: Draft, at: int | None) -> Rest:
    """Note the extensions from ``at`` on, and pass by images that are here.

    The walk ends at the trailer, or before the first image that is not all here.
    """
    has_images = is_announced = False
    end = at
    while at is not None and draft.file.has(at, 1):
        introducer = draft.file.at(at, 1)
        if introducer == bytes([IMAGE]):
            has_images = True
            end = at = _after_image(draft, at)
        elif introducer == bytes([EXTENSION]):
            extension, at = at, None
            with draft.going_on():
                is_announced |= draft.number(extension + 1, 1) == GRAPHIC_CONTROL
                at = after_extension(draft, extension + 1)
        else:
            is_read = introducer == bytes([TRAILER])
            return Rest(is_read=is_read, has_images=has_images, end=end)
    return Rest(is_read=False, has_images=has_images or is_announced)


def after_data(draft: Draft, at: int) -> int | None:
    """Return the offset after the sub-blocks at ``at``; None if not all are here."""
    with suppress(MissingBytes):
        while draft.steps > _LEAST_STEPS and (length := draft.file.at(at, 1)):
            draft.step(1)
            at += 1 + length[0]
            if not length[0]:
                return at
    return None


def data_of(descriptor: bytes, at: int) -> int:
    """Return the offset of the coded data of the image whose descriptor is at ``at``.

    Between them are a colour table and the LZW minimum code size.
    """
    return at + DESCRIPTOR + table_length(descriptor[-1]) + 1


def table_length(flags: int) -> int:
    """Return how many bytes the colour table has that these flags announce."""
    return 3 << ((flags & _TABLE_BITS) + 1) if flags & _HAS_TABLE else 0


def most_coded(descriptor: bytes) -> int:
    """Return how many bytes the coded data of an image can have.

    A code has 12 bits or fewer (appendix F) and stands for one pixel or more.
    """
    width, height = (int.from_bytes(descriptor[i : i + 2], "little") for i in (5, 7))
    return width * height * _CODE_BITS // 8 * 256 // 255 + _SLACK


def _after_image(draft: Draft, at: int) -> int | None:
    with suppress(MissingBytes):
        descriptor = draft.exactly(at, DESCRIPTOR)
        return after_data(draft, data_of(descriptor, at))
    return None
