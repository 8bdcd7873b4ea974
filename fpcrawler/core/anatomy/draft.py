"""The working state of a reader: what it found and which bytes it needs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import ParamSpec, TypeVar

from fpcrawler.core.anatomy.block import Block
from fpcrawler.core.anatomy.structure import (
    METADATA,
    SOUGHT,
    Anatomy,
    Encoding,
    GivenUp,
    Malformed,
    MetadataKind,
    Part,
    Picture,
    Requested,
)
from fpcrawler.core.anatomy.tiff_header import block_start
from fpcrawler.core.file.extents import Extent, joined
from fpcrawler.core.file.sparse import MissingBytes, SparseFile

WINDOW = 4_096
"""Bytes to request at the offset of a header of unknown length."""
CODED_WINDOW = 4_096
"""How many first bytes of the coded data to request with the headers before them."""
FAR_WINDOW = 32_768
"""Bytes to request if the first window did not reach the picture."""

MAX_WINDOW, MAX_NEEDS, MAX_PARTS = 65_536, 32, 512
MAX_STEPS = 12_000
"""Limits the work of a walk; the tables of a picture of 768 tiles take 10,000."""
_PART_COST = 24

_Args = ParamSpec("_Args")
_Read = TypeVar("_Read")


@dataclass(slots=True)
class Draft:
    """An anatomy that is still being read; ``finished`` returns the result.

    ``wanted``, ``sought``, ``has_picture``: see ``read_anatomy``. ``picture_window``:
    least bytes to request before the picture. ``text_room``: bytes left for texts.
    """

    file: SparseFile
    format: str | None
    wanted: frozenset[MetadataKind] = METADATA
    sought: frozenset[MetadataKind] = SOUGHT
    has_picture: bool = False
    picture_window: int = 0
    width: int | None = None
    height: int | None = None
    parts: list[Part] = field(default_factory=list)
    picture: Picture | None = None
    error: str | None = None
    is_given_up: bool = False
    ends_in_checksum: bool = False
    left_out: set[MetadataKind] = field(default_factory=set)
    damaged: set[MetadataKind] = field(default_factory=set)
    text_room: int = 262_144
    steps: int = MAX_STEPS
    _is_picture_lost: bool = False
    _known: set[tuple[object, ...]] = field(default_factory=set)
    _needs: list[Extent] = field(default_factory=list)
    _picture_needs: list[Extent] = field(default_factory=list)

    @property
    def window(self) -> int:
        """Bytes to read ahead; they double with each request that was not enough."""
        hops = max(len(self.file.spans) - 1, 0)
        return min(max(WINDOW << min(hops, 8), self.file.held // 3), MAX_WINDOW)

    def exactly(self, first: int, length: int) -> bytes:
        """Return exactly ``length`` bytes; raise Malformed if the file ends before."""
        data = self.file.at(first, length)
        if len(data) < length:
            raise Malformed(f"cut off at {self.file.size}")
        return data

    def number(self, first: int, length: int) -> int:
        """Return a big-endian number of ``length`` bytes."""
        return int.from_bytes(self.exactly(first, length), "big")

    def need(self, first: int, length: int) -> None:
        """Request the missing ones of these bytes, to read metadata."""
        self._needs += self._holes(first, length)

    def need_for_all(self, first: int, length: int) -> None:
        """Request the missing ones of these bytes, for metadata and the picture."""
        self.need(first, length)
        self.need_for_picture(first, length)

    def need_for_picture(self, first: int, length: int = CODED_WINDOW) -> None:
        """Request the missing ones of these bytes, by default first coded bytes."""
        if self.has_picture:
            self._picture_needs += self._holes(first, length)

    def step(self, cost: int) -> None:
        """Count an element of the container; raise GivenUp if there are too many."""
        self.steps -= cost
        if self.steps < 0:
            raise GivenUp("too many elements")

    def note_cut(self) -> None:
        """Note that the file ends before its structure: any kind may be lost."""
        self.error = self.error or f"cut off at {self.file.size}"
        self.damaged |= SOUGHT

    @contextmanager
    def going_on(self, *, to_picture: bool = False) -> Iterator[None]:
        """Request the bytes that the ``with`` block misses, and leave the block.

        ``to_picture``: these bytes are also needed to locate the picture.
        """
        try:
            yield
        except Requested:
            return
        except MissingBytes as missing:
            self.need(missing.first, max(missing.length, self.window))
            if to_picture:
                self.need_to_picture(missing)

    def deciding(
        self, read: Callable[_Args, _Read], *args: _Args.args, **names: _Args.kwargs
    ) -> list[_Read]:
        """Return in a list what ``read`` reads for the picture only.

        The list is empty without ``has_picture``, or if bytes are missing or broken:
        they end the picture, and the walk goes on to the metadata.
        """
        if not self.has_picture:
            return []
        try:
            return [read(*args, **names)]
        except MissingBytes as missing:
            self.need_to_picture(missing)
        except Malformed:
            pass
        self.has_picture, self._is_picture_lost = False, True
        return []

    def need_to_picture(self, missing: MissingBytes) -> None:
        """Request bytes before a picture that is not set yet."""
        if self.picture is not None:
            return
        length = max(missing.length, self.window)
        # If the first window did not reach the picture, it is often far away.
        wide = length + CODED_WINDOW if len(self.file.spans) <= 1 else FAR_WINDOW
        self.need_for_picture(missing.first, max(length, wide, self.picture_window))

    def set_picture(
        self,
        *extents: Extent,
        opening: Iterable[Extent] = (),
        parameters: Iterable[bytes] = (),
        is_constant_size: bool = False,
        is_end_known: bool = True,
        is_upper_bound: bool = False,
    ) -> None:
        """Set the coded data; if the file is cut within them, their end is unknown."""
        clipped = tuple(map(self._clipped, extents))
        self.picture = Picture(
            extents=tuple(extent for extent in clipped if extent.length),
            opening=tuple(map(self._clipped, opening)),
            parameters=tuple(parameters),
            is_constant_size=is_constant_size,
            is_end_known=is_end_known and clipped == extents,
            is_upper_bound=is_upper_bound,
        )

    def add(
        self,
        kind: MetadataKind,
        extents: Sequence[Extent],
        encodings: tuple[Encoding, ...] = (),
        name: str = "",
    ) -> bool:
        """Add a part, unless it is empty or was added before; return whether it was."""
        clipped = tuple([e for e in map(self._clipped, extents) if e.length])
        if _length(clipped) < _length(extents):
            self.damaged.add(kind)
        key = (kind, name, len(clipped), *clipped[:1])
        if not clipped or key in self._known:
            return False
        if len(self.parts) >= MAX_PARTS:
            self.is_given_up = True
            return False
        self._known.add(key)
        self.steps -= _PART_COST if kind != "texts" else 0  # texts have a limit
        self.parts.append(Part(kind, clipped, encodings, name))
        return True

    def add_exif(
        self,
        extents: Sequence[Extent],
        *,
        look_within: int = 64,
        has_offset: bool = False,
    ) -> None:
        """Add a TIFF block, without the bytes that some writers put before it."""
        block = Block(self.file, [self._clipped(extent) for extent in extents])
        if block.length < _length(extents):
            self.damaged.add("exif")
        try:
            opening = block.at(0, min(look_within, block.length))
        except MissingBytes:
            for extent in block.extents(0, 4 * WINDOW):
                self.need(extent.first, extent.length)
            return
        start = block_start(opening, has_offset=has_offset)
        pieces = block.extents(start, block.length - start) if start else block.pieces
        self.add("exif", pieces)

    def finished(self) -> Anatomy:
        """Return the anatomy: plain parts before encoded ones, near needs joined."""
        has_picture = self.picture and self.picture.extents
        return Anatomy(
            format=self.format,
            width=self.width,
            height=self.height,
            metadata=tuple(sorted(self.parts, key=lambda part: bool(part.encodings))),
            picture=None if self._is_picture_lost or not has_picture else self.picture,
            needs=joined(self._needs, size=self.file.size)[:MAX_NEEDS],
            picture_needs=joined(self._picture_needs, size=self.file.size)[:MAX_NEEDS],
            ends_in_checksum=self.ends_in_checksum,
            error=self.error,
            is_given_up=self.is_given_up,
            left_out=frozenset(self.left_out),
            damaged=frozenset(self.damaged),
        )

    def _holes(self, first: int, length: int) -> list[Extent]:
        return [Extent(at, end - at) for at, end in self.file.holes(first, length)]

    def _clipped(self, extent: Extent) -> Extent:
        if extent.first >= 0 and extent.end <= self.file.size:
            return extent
        first = min(max(extent.first, 0), self.file.size)
        return Extent(first, max(min(extent.end, self.file.size) - first, 0))


def _length(extents: Iterable[Extent]) -> int:
    return sum([extent.length for extent in extents])
