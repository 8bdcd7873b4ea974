"""Runs of JPEG segments that share one block, jumped over where they are missing.

A thermal picture or a depth map takes dozens of segments. What a segment states says
where its run ends. Without a statement full segments are assumed to go on, and the
headers of the next ones are requested together.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fpcrawler.core.anatomy.jpeg_statements import (
    AROUND,
    FLASHPIX,
    LONGEST,
    OPENING,
    Rest,
    Segment,
    Streams,
    stated_rest,
)
from fpcrawler.core.anatomy.photoshop import PHOTOSHOP, length_beyond
from fpcrawler.core.file.extents import Extent
from fpcrawler.core.file.sparse import UNKNOWN_SIZE

if TYPE_CHECKING:
    from fpcrawler.core.anatomy.draft import Draft

_MAX_SKIPPED = 4_096
_MAX_LIST = 4_096
_STRIDE = LONGEST + AROUND

_AHEAD = 12
"""How many headers of full segments to request at once; they are small requests."""

_PROBE = AROUND + OPENING
_CODES = {bytes([code]) for code in (*range(0xC0, 0xD0), *range(0xDA, 0xF0), 0xFE)}
"""Codes of the markers that can follow an application segment."""


@dataclass(frozen=True, slots=True)
class Jump:
    """From the end of a segment over ``count`` further ones, to ``landing``.

    All but the last of them have ``length`` bytes of data.
    """

    count: int
    landing: int
    length: int

    def skipped(self, segment: Segment) -> list[Extent]:
        """Return the data of the skipped segments."""
        stride = self.length + AROUND
        found = []
        for number in range(self.count):
            first = segment.data.end + number * stride + AROUND
            end = min(first + self.length, self.landing)
            found.append(Extent(first, max(end - first, 0)))
        return found


@dataclass(slots=True)
class Runs:
    """The runs of one JPEG stream, as far as it was walked."""

    photoshop: list[Extent] = field(default_factory=list)
    _streams: Streams = field(default_factory=Streams)
    _refuted: set[tuple[int, bytes]] = field(default_factory=set)

    def note(self, draft: Draft, segment: Segment) -> None:
        """Note a segment for what it states about later ones."""
        if segment.opening.startswith(FLASHPIX):
            data = segment.data
            content = draft.file.at(data.first, min(data.length, _MAX_LIST))
            self._streams.note(segment.opening, data, content)

    def jump(self, draft: Draft, segment: Segment) -> Jump | None:
        """Return the jump to the end of the run, or to its last segment.

        None if the run ends here, or if nothing is stated about it: the walk goes on
        with the next segment. It also does after a jump that did not land where one
        begins. Raises MissingBytes for the place to land on.
        """
        key = segment.marker, segment.identifier
        if key in self._refuted:
            return None
        rest = self._rest(draft, segment)
        if rest is None:
            _need_headers(draft, segment.data)
            return None
        jump, expected = _over(segment, rest)
        if not 0 < jump.count <= _MAX_SKIPPED or jump.landing >= draft.file.size:
            return None
        if _has_landed(draft, jump.landing, expected):
            return jump
        self._refuted.add(key)
        return None

    def is_refuted(self, draft: Draft, segment: Segment, skipped: list[Extent]) -> bool:
        """Return whether a received header is not that of a skipped segment."""
        for data in skipped:
            at = data.first - AROUND
            if draft.file.has(at, AROUND):
                header = b"\xff%c%c%c" % (segment.marker, *divmod(data.length + 2, 256))
                if draft.file.at(at, AROUND) != header:
                    self._refuted.add((segment.marker, segment.identifier))
                    return True
        return False

    def _rest(self, draft: Draft, segment: Segment) -> Rest | None:
        if segment.opening.startswith(FLASHPIX):
            return self._streams.rest(segment.opening)
        if self.photoshop and segment.opening.startswith(PHOTOSHOP):
            share = max(segment.data.length - len(PHOTOSHOP), 1)
            beyond = length_beyond(draft, self.photoshop)
            return Rest(len(PHOTOSHOP), count=-(-beyond // share)) if beyond else None
        return stated_rest(segment)


def _over(segment: Segment, rest: Rest) -> tuple[Jump, bytes]:
    """Return the jump by what is stated, and the identifier to find where it lands.

    By the length of the rest the jump lands after the run: there is any marker. By
    the number of segments alone it lands on the last one, whose length is unknown.
    """
    data = segment.data
    share = rest.share or data.length - rest.header
    if rest.length is not None and rest.length > 0 and share > 0:
        count = -(-rest.length // share)
        if rest.count in (None, count):
            headers = count * (AROUND + rest.header)
            landing = data.end + rest.length + headers
            return Jump(count, landing, share + rest.header), b""
    count = (rest.count or 0) - 1
    landing = data.end + count * (data.length + AROUND)
    return Jump(count, landing, data.length), segment.identifier


def _has_landed(draft: Draft, at: int, identifier: bytes) -> bool:
    header = draft.file.at(at, AROUND + len(identifier))
    is_marker = header[:1] == b"\xff" and header[1:2] in _CODES
    return is_marker and header[AROUND:] == identifier


def _need_headers(draft: Draft, data: Extent) -> None:
    """Request the headers of further segments if this one is full, as they may be.

    The walk checks each of them. The one after this segment is requested by it.
    """
    size = draft.file.size
    if data.length != LONGEST or size >= UNKNOWN_SIZE:
        return
    for at in range(data.end + _STRIDE, size, _STRIDE)[: _AHEAD - 1]:
        draft.need_for_all(at, _PROBE)
