"""Fujifilm RAF: a JPEG with the metadata, the raw picture's directory and its data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fpcrawler.core.anatomy import jpeg
from fpcrawler.core.file.extents import Extent

if TYPE_CHECKING:
    from fpcrawler.core.anatomy.draft import Draft

_POINTERS = 84  # offset and length of the JPEG, the directory and the raw data
_MAX_ENTRIES = 255
_RAW_SIZE = 0x0100


def read(draft: Draft) -> None:
    """Read a RAF file."""
    pointers = draft.exactly(_POINTERS, 24)
    places = [int.from_bytes(pointers[at : at + 4], "big") for at in range(0, 24, 4)]
    has_picture, draft.has_picture = draft.has_picture, False  # a preview is not it
    with draft.going_on():
        jpeg.read_from(draft, places[0], places[0] + places[1])
    draft.has_picture = has_picture
    draft.width = draft.height = None
    draft.set_picture(Extent(places[4], places[5]), is_constant_size=True)
    _read_size(draft, places[2])


def _read_size(draft: Draft, directory: int) -> None:
    at = directory + 4
    for _ in range(min(draft.number(directory, 4), _MAX_ENTRIES)):
        tag, length = draft.number(at, 2), draft.number(at + 2, 2)
        if tag == _RAW_SIZE:
            draft.height = draft.number(at + 4, 2)
            draft.width = draft.number(at + 6, 2)
            return
        at += 4 + length
