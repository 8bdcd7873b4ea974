"""The picture's own fingerprint: of its coded data, whatever metadata surround them.

:func:`read_picture` reads a file of which only some bytes are here. Feed it until
it needs none::

    while (picture := read_picture(file)).needs:
        for extent in picture.needs:
            file.add(extent.first, fetch(extent))

DATA_FORMAT.md defines the canonical form, so that other programs can compute it.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import TYPE_CHECKING

from fpcrawler.core.anatomy import Anatomy, Picture, read_picture_anatomy
from fpcrawler.core.anatomy.draft import CODED_WINDOW, Block
from fpcrawler.core.file.extents import Extent, joined
from fpcrawler.core.file.sparse import UNKNOWN_SIZE
from fpcrawler.core.fingerprint.evidence import ENOUGH, Evidence
from fpcrawler.core.fingerprint.head import SAMPLE_BYTES

if TYPE_CHECKING:
    from fpcrawler.core.file.sparse import SparseFile

CODED_BYTES = CODED_WINDOW
"""As many first coded bytes are under ``picture_sha256``, all if there are fewer."""

BLOCK_BYTES = 1_024
"""As many are in each of the two blocks, around the middle and at the end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureReading:
    """The fingerprint, as far as the bytes that are here tell it.

    ``needs`` are those to fetch next for the hash and the length, ``block_needs``
    those for the blocks. ``width`` and ``height`` are in pixels, ``length`` in
    bytes, None where the end is not known.
    """

    width: int | None = None
    height: int | None = None
    sha256: str | None = None
    length: int | None = None
    block_sha256: str | None = None
    evidence: Evidence = field(default_factory=Evidence)
    needs: tuple[Extent, ...] = ()
    block_needs: tuple[Extent, ...] = ()


def read_picture(file: SparseFile) -> PictureReading:
    """Read as far as the bytes that are here tell; raise nothing."""
    anatomy = read_picture_anatomy(file)
    picture = anatomy.picture
    if picture is None:
        return PictureReading(
            width=anatomy.width, height=anatomy.height, needs=anatomy.needs
        )
    coded = Block(file, picture.extents)
    missing = _missing(file, coded.extents(0, CODED_BYTES))
    evidence = _evidence(file, picture)
    if missing or anatomy.needs:
        needs = joined([*missing, *anatomy.needs], size=file.size)
        return PictureReading(
            width=anatomy.width, height=anatomy.height, evidence=evidence, needs=needs
        )
    reading = PictureReading(
        width=anatomy.width,
        height=anatomy.height,
        sha256=_canonical_sha256(anatomy, picture, coded.at(0, CODED_BYTES)),
        length=_length(picture),
        evidence=evidence,
    )
    return _with_blocks(file, coded, reading)


def block_extents(coded: Block) -> list[Extent]:
    """Return where the two blocks lie: around the middle, and at the end."""
    middle = max(coded.length // 2 - BLOCK_BYTES // 2, 0)
    end = max(coded.length - BLOCK_BYTES, 0)
    return [
        extent
        for first in (middle, end)
        for extent in coded.extents(first, BLOCK_BYTES)
    ]


def _with_blocks(
    file: SparseFile, coded: Block, reading: PictureReading
) -> PictureReading:
    evidence = reading.evidence
    is_thin = evidence.is_constant_size or evidence.picture_deflated < ENOUGH
    if not is_thin or reading.length is None or reading.length <= CODED_BYTES:
        return reading
    places = block_extents(coded)
    if missing := _missing(file, places):
        return replace(reading, block_needs=joined(missing, size=file.size))
    blocks = b"".join(file.at(place.first, place.length) for place in places)
    return replace(
        reading,
        block_sha256=sha256(blocks).hexdigest(),
        evidence=replace(evidence, block_deflated=_deflated(blocks)),
    )


def _length(picture: Picture) -> int | None:
    # What reaches to the end of a file of unknown size is of unknown length.
    is_known = picture.is_end_known and picture.length < UNKNOWN_SIZE // 2
    return picture.length if is_known else None


def _canonical_sha256(anatomy: Anatomy, picture: Picture, opening: bytes) -> str:
    """Hash format and dimensions, the parameters, the opening of the coded data."""
    title = f"{anatomy.format} {anatomy.width or 0} {anatomy.height or 0}\n"
    form = sha256(title.encode("ascii"))
    for piece in (*picture.parameters, opening):
        form.update(len(piece).to_bytes(4, "big"))
        form.update(piece)
    return form.hexdigest()


def _evidence(file: SparseFile, picture: Picture) -> Evidence:
    sample = _here(file, (_in_sample(extent) for extent in picture.extents))
    opening = _here(file, Block(file, picture.extents).extents(0, CODED_BYTES))
    return Evidence(
        sample_coded=len(sample),
        sample_deflated=_deflated(sample),
        picture_coded=len(opening),
        picture_deflated=_deflated(opening),
        is_constant_size=picture.is_constant_size,
    )


def _in_sample(extent: Extent) -> Extent:
    return Extent(extent.first, max(min(extent.end, SAMPLE_BYTES) - extent.first, 0))


def _here(file: SparseFile, extents: Iterable[Extent]) -> bytes:
    """Return the bytes, none at all while some of them are missing."""
    places = list(extents)
    if _missing(file, places):
        return b""
    return b"".join(file.at(place.first, place.length) for place in places)


def _deflated(data: bytes) -> int:
    return len(zlib.compress(data)) if data else 0


def _missing(file: SparseFile, extents: Iterable[Extent]) -> list[Extent]:
    return [
        Extent(first, end - first)
        for extent in extents
        for first, end in file.holes(extent.first, extent.length)
    ]
