"""The segments of a JPEG that hold metadata, and those that decide how data decode."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fpcrawler.core.anatomy.jpeg_boxes import BOX, Boxes
from fpcrawler.core.anatomy.jpeg_runs import Runs
from fpcrawler.core.anatomy.jpeg_statements import (
    EXTENDED_XMP,
    FLIR,
    FLIR_HEADER,
    OPENING,
    Segment,
)
from fpcrawler.core.anatomy.multipicture import MULTI_PICTURE
from fpcrawler.core.anatomy.photoshop import PHOTOSHOP, read_resources
from fpcrawler.core.anatomy.texts import COMMENT, add_text
from fpcrawler.core.anatomy.tiff_header import has_header
from fpcrawler.core.file.extents import Extent

if TYPE_CHECKING:
    from fpcrawler.core.anatomy.draft import Draft
    from fpcrawler.core.anatomy.jpeg_assumptions import Jump

_EDITED_WINDOW = 28_672
"""After Photoshop's resources come XMP and an ICC profile of unknown lengths."""

COM = 0xFE
_APP1, _APP2, _APP11, _APP13 = 0xE1, 0xE2, 0xEB, 0xED
_EXIF = re.compile(rb"[\0-\xff]{0,4}?Exif\0", re.IGNORECASE)
"""The sixth byte should be 0; some cameras write 0xFF, or four bytes before it."""

_HEADER_WITHIN = 8
_MAX_BLOCKS = 64
_XMP = b"http://ns.adobe.com/xap/1.0/\0"
_METADATA = {_APP1: (EXTENDED_XMP, FLIR), _APP11: (BOX,), _APP13: (PHOTOSHOP,)}
"""The runs of segments that hold metadata."""


@dataclass(slots=True)
class Segments:
    """What is collected over several segments."""

    runs: Runs = field(default_factory=Runs)
    exif: list[list[Extent]] = field(default_factory=list)
    extended: dict[bytes, dict[int, Extent]] = field(default_factory=dict)
    totals: dict[bytes, int] = field(default_factory=dict)
    boxes: Boxes = field(default_factory=Boxes)
    thermal: list[Extent] = field(default_factory=list)
    parameters: list[bytes] = field(default_factory=list)
    multi_picture: Extent | None = None
    is_jfif: bool = False

    def note(self, draft: Draft, marker: int, data: Extent) -> Segment | None:
        """Keep a segment that holds metadata; return it if it can belong to a run."""
        if marker == COM:
            add_text(draft, [data], COMMENT)
            return None
        opening = draft.file.at(data.first, min(data.length, OPENING))
        segment = Segment(marker, data, opening)
        if marker == _APP1:
            self._note_app1(draft, segment)
        elif marker == _APP2 and opening.startswith(MULTI_PICTURE):
            self.multi_picture = _after(data, len(MULTI_PICTURE))
        elif marker == _APP11 and opening.startswith(BOX):
            self.boxes.note(segment)
        elif marker == _APP13 and opening.startswith(PHOTOSHOP):
            self.runs.photoshop.append(_after(data, len(PHOTOSHOP)))
            draft.picture_window = _EDITED_WINDOW
        self.runs.note(draft, segment)
        return segment

    def jump(self, draft: Draft, segment: Segment) -> Jump | None:
        """Return the jump over further segments of a run; keep what they hold."""
        jump = self.runs.jump(draft, segment)
        if jump is None:
            return None
        if not segment.opening.startswith(_METADATA.get(segment.marker, ())):
            return jump
        self._note_skipped(segment, jump.skipped(segment))
        return jump

    def _note_skipped(self, segment: Segment, skipped: list[Extent]) -> None:
        opening = segment.opening
        if segment.marker == _APP13:
            self.runs.photoshop += [_after(piece, len(PHOTOSHOP)) for piece in skipped]
        elif segment.marker == _APP11:
            self.boxes.note(segment, skipped)
        elif opening.startswith(FLIR):
            self.thermal += [_after(piece, FLIR_HEADER) for piece in skipped]
        else:
            offset = int.from_bytes(opening[-4:], "big")
            for piece in skipped:
                offset += segment.data.length - OPENING
                self._add_extended(opening, offset, piece)

    def add_parts(self, draft: Draft) -> None:
        """Add the parts whose bytes are in several segments."""
        for block in self.exif:
            draft.add_exif(block, look_within=4)
        if self.runs.photoshop:
            with draft.going_on():
                read_resources(draft, self.runs.photoshop)
        if self.thermal:
            draft.add("maker-note", self.thermal)
        for digest, pieces in self.extended.items():
            extents = _without_overlaps(pieces)
            draft.add("extended-xmp", extents, name=digest.decode("latin-1"))
            if sum(extent.length for extent in extents) < self.totals[digest]:
                draft.left_out.add("xmp")
        self.boxes.add_parts(draft)

    def _note_app1(self, draft: Draft, segment: Segment) -> None:
        opening, data = segment.opening, segment.data
        if opening.startswith(_XMP):
            draft.add("xmp", [_after(data, len(_XMP))])
        elif opening.startswith(EXTENDED_XMP) and len(opening) == OPENING:
            offset = int.from_bytes(opening[-4:], "big")
            self._add_extended(opening, offset, data)
        elif opening.startswith(FLIR):
            self.thermal.append(_after(data, FLIR_HEADER))
        elif match := _EXIF.match(opening):
            self._note_exif(
                draft, _after(data, match.end() + 1), opening[match.end() + 1 :]
            )

    def _note_exif(self, draft: Draft, block: Extent, opening: bytes) -> None:
        """Add a block; a segment without TIFF header continues a block over 64 KiB.

        ExifTool and Pillow join them too; Pillow even two blocks.
        """
        if self.exif and not has_header(opening[:_HEADER_WITHIN]):
            self.exif[-1].append(block)
        elif len(self.exif) < _MAX_BLOCKS:
            self.exif.append([block])
        else:
            draft.left_out.add("exif")

    def _add_extended(self, opening: bytes, offset: int, data: Extent) -> None:
        digest = _digest(opening)
        self.totals.setdefault(digest, int.from_bytes(opening[-8:-4], "big"))
        pieces = self.extended.setdefault(digest, {})
        pieces.setdefault(offset, _after(data, OPENING))


def _without_overlaps(pieces: dict[int, Extent]) -> list[Extent]:
    """Return the pieces in order, each byte of the packet once."""
    found: list[Extent] = []
    end = 0
    for offset, piece in sorted(pieces.items()):
        skipped = max(end - offset, 0)
        if skipped < piece.length:
            found.append(Extent(piece.first + skipped, piece.length - skipped))
            end = offset + piece.length
    return found


def _digest(opening: bytes) -> bytes:
    return opening[len(EXTENDED_XMP) : -8]


def _after(data: Extent, header: int) -> Extent:
    return Extent(data.first + header, max(data.length - header, 0))
