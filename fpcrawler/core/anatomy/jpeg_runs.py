"""Runs of JPEG segments that share one block, jumped over where they are missing.

A thermal picture or a depth map takes dozens of segments. What a segment states says
where its run ends. Without a statement full segments are assumed to go on, and the
headers of the next ones are requested together.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fpcrawler.core.anatomy.jpeg_assumptions import PROBE, Jump, assumed
from fpcrawler.core.anatomy.jpeg_boxes import need_end
from fpcrawler.core.anatomy.jpeg_statements import (
    AROUND,
    FLASHPIX,
    OPENING,
    Rest,
    Segment,
    Streams,
    stated_rest,
)
from fpcrawler.core.anatomy.photoshop import PHOTOSHOP, length_beyond
from fpcrawler.core.file.extents import Extent

if TYPE_CHECKING:
    from fpcrawler.core.anatomy.draft import Draft

_MAX_SKIPPED = 4_096
_MAX_LIST = 4_096

_CODES = {bytes([code]) for code in (*range(0xC0, 0xD0), *range(0xDA, 0xF0), 0xFE)}
"""Codes of the markers that can follow an application segment."""


_Check = Callable[["Draft", Segment, Jump], bool]
"""Whether a jump from a segment lands where it should."""


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
        jump, is_confirmed = (
            _over(segment, rest) if rest else (assumed(draft, segment), _is_marker)
        )
        if jump is None or not 0 < jump.count <= _MAX_SKIPPED:
            return None
        if jump.landing >= draft.file.size:
            return None
        if jump.count == 1 and rest:
            draft.need_for_all(segment.data.end, PROBE)
        need_end(draft, segment, jump.landing)
        if is_confirmed(draft, segment, jump) and _is_seen(draft, segment, jump):
            return jump
        self._refuted.add(key)
        return None

    def _rest(self, draft: Draft, segment: Segment) -> Rest | None:
        if segment.opening.startswith(FLASHPIX):
            return self._streams.rest(segment.opening)
        if self.photoshop and segment.opening.startswith(PHOTOSHOP):
            share = max(segment.data.length - len(PHOTOSHOP), 1)
            beyond = length_beyond(draft, self.photoshop)
            return Rest(len(PHOTOSHOP), count=-(-beyond // share)) if beyond else None
        return stated_rest(segment)


def _over(segment: Segment, rest: Rest) -> tuple[Jump, _Check]:
    """Return the jump by what is stated, and the check of where it lands.

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
            return Jump(count, landing, share + rest.header), _is_after_run
    count = (rest.count or 0) - 1
    landing = data.end + count * (data.length + AROUND)
    return Jump(count, landing, data.length), _is_last


def _landed(draft: Draft, jump: Jump) -> Segment | None:
    """Return the segment that a jump lands on."""
    header = draft.file.at(jump.landing, AROUND)
    if header[:1] != b"\xff" or header[1:2] not in _CODES:
        return None
    length = max(int.from_bytes(header[2:], "big") - 2, 0)
    data = Extent(jump.landing + AROUND, length)
    return Segment(header[1], data, draft.file.at(data.first, min(length, OPENING)))


def _is_marker(draft: Draft, _: Segment, jump: Jump) -> bool:
    return _landed(draft, jump) is not None


def _is_after_run(draft: Draft, segment: Segment, jump: Jump) -> bool:
    """Return whether a segment of another kind follows the run.

    If one of its own does, other segments are among those that were jumped over.
    """
    landed = _landed(draft, jump)
    if landed is None:
        return False
    is_one_of_many = segment.opening.startswith(FLASHPIX)  # a file has many streams
    is_own = landed.marker == segment.marker and landed.identifier == segment.identifier
    return is_one_of_many or not segment.identifier or not is_own


def _is_last(draft: Draft, segment: Segment, jump: Jump) -> bool:
    """Return whether the segment is of the run, and by its number the last one."""
    landed = _landed(draft, jump)
    if landed is None or landed.identifier != segment.identifier:
        return False
    rest = stated_rest(landed)
    return rest is None or rest.count == 0


def _is_seen(draft: Draft, segment: Segment, jump: Jump) -> bool:
    """Return whether the received headers are those of the skipped segments.

    That of a single one has to be received. Any byte of the others may be missing.
    """
    for data in jump.skipped(segment):
        at = data.first - AROUND
        name = segment.identifier[: data.length]
        length = AROUND + len(name)
        if jump.count > 1 and not draft.file.has(at, length):
            continue
        header = b"\xff%c%c%c" % (segment.marker, *divmod(data.length + 2, 256))
        if draft.file.at(at, length) != header + name:
            return False
    return True
