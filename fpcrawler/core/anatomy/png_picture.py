"""The chunks of a PNG's picture, as far as they were read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fpcrawler.core.anatomy.deflate import is_stored
from fpcrawler.core.anatomy.draft import CODED_WINDOW

if TYPE_CHECKING:
    from fpcrawler.core.anatomy.draft import Draft
    from fpcrawler.core.file.extents import Extent

AROUND = 12
"""Bytes of a chunk around its data: length, type, CRC."""

CODED = {b"IDAT", b"fdAT"}
_APPLE, _CONTROL = b"CgBI", b"fcTL"
"""Apple's variant, whose zlib stream has no checksum; the control of a frame."""

_DECIDING = {b"IHDR", b"PLTE", b"tRNS", b"acTL", _APPLE, _CONTROL}
_WITHOUT_CHECKSUM = {b"acTL", b"fdAT", _APPLE}
_LEAST_STEP = 256
_DENSE = 8_204
"""The step of chunks of 8,192 bytes, which most encoders write."""

_MAX_AROUND = 32
"""Of how many chunks to request what is around their data, with the first ones."""

_MAX_PARAMETER = 1_024
"""More than the longest valid one, a palette, has."""


@dataclass(slots=True)
class Picture:
    """The picture's chunks, as far as they were read.

    ``opening``: the data of the first ones, with ``CODED_WINDOW`` bytes or more. It
    ``is_open`` while it has fewer, and the next chunk may be one of them.
    """

    first: Extent | None = None
    opening: list[Extent] = field(default_factory=list)
    is_open: bool = True
    end: int = 0
    is_end_known: bool = False
    parameters: list[bytes] = field(default_factory=list)
    is_stored: bool = False
    is_animated: bool = False
    has_checksum: bool = True
    """Whether one zlib stream has all pixels, and its Adler-32 (RFC 1950 2.2).

    Each frame of an animation has a stream of its own.
    """

    @property
    def step(self) -> int:
        """Bytes of the first IDAT chunk with its header and CRC: most are as long."""
        return (self.first.length if self.first else 0) + AROUND

    def is_on_grid(self, place: int, at: int) -> bool:
        """Return whether a chunk of this picture can start at ``place``.

        One starts at ``at``. Encoders give all but the last the length of their
        buffer. If the first chunk is tiny, nearly any offset would match: then only
        ``at`` itself does.
        """
        distance = place - at
        return not distance or (self.step >= _LEAST_STEP and not distance % self.step)

    def on_grid(self, place: int, at: int) -> int:
        """Return the first offset from ``place`` on at which a chunk can start.

        One starts at ``at``. If chunks are long, it is ``place``: one that is longer
        than the others may start after it.
        """
        is_dense = self.step <= _DENSE
        return place + (at - place) % self.step if is_dense else place

    def note(self, draft: Draft, name: bytes, data: Extent) -> None:
        if name == b"IDAT" and self.first is None:
            self.first = data
            self._read_opening(draft, data)
        elif name in _DECIDING and (not self.first or self._is_control(name)):
            length = min(data.length, _MAX_PARAMETER)
            read = draft.deciding(draft.file.at, data.first, length)
            self.parameters += [name + content for content in read]
        self.is_animated |= name == b"acTL"
        self.has_checksum &= name not in _WITHOUT_CHECKSUM
        if name in CODED:
            self.end = max(self.end, data.end)
            if self.is_open:
                self.opening.append(data)
                self.is_open = self.missing > 0

    def _is_control(self, name: bytes) -> bool:
        """Return whether it is the control of a frame in the opening."""
        return name == _CONTROL and self.is_open

    @property
    def missing(self) -> int:
        """How many first bytes are not yet in ``opening``."""
        return max(CODED_WINDOW - sum(data.length for data in self.opening), 0)

    def jump(self, draft: Draft, at: int) -> None:
        """Note that chunks from ``at`` on are jumped over; request first data there."""
        if self.is_open:
            draft.need_for_picture(at, AROUND + self.missing)
        self.is_open = False

    def _read_opening(self, draft: Draft, data: Extent) -> None:
        chunks = min(CODED_WINDOW // max(data.length, 1), _MAX_AROUND)
        draft.need_for_picture(data.first, CODED_WINDOW + AROUND * chunks)
        with draft.going_on(to_picture=True):
            self.is_stored = is_stored(draft.file.at(data.first, 3))
