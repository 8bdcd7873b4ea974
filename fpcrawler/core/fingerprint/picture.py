"""The picture's fingerprint: of its coded data, independent of the metadata.

:func:`read_picture` reads a file of which only some bytes were received. Fetch the
byte ranges it needs until it needs none::

    while (picture := read_picture(file, locate(file, has_picture=True))).needs:
        for extent in picture.needs:
            file.add(extent.first, fetch(extent))

DATA_FORMAT.md defines the hashed form, so that other programs can compute it.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import TYPE_CHECKING

from fpcrawler.core.anatomy.block import Block
from fpcrawler.core.anatomy.draft import CODED_WINDOW
from fpcrawler.core.anatomy.structure import END_WINDOW
from fpcrawler.core.file.extents import Extent, joined
from fpcrawler.core.file.sparse import UNKNOWN_SIZE
from fpcrawler.core.fingerprint.evidence import Evidence
from fpcrawler.core.fingerprint.head import SAMPLE_BYTES

if TYPE_CHECKING:
    from fpcrawler.core.anatomy import Anatomy, Picture
    from fpcrawler.core.file.sparse import SparseFile

CODED_BYTES = CODED_WINDOW
"""How many first coded bytes ``picture_sha256`` covers, all if there are fewer."""

END_BYTES = END_WINDOW
"""How many last coded bytes ``end_sha256`` covers, all if there are fewer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureReading:
    """The fingerprint, as far as the received bytes allow.

    ``needs`` are the byte ranges to fetch next for the hash and the length; none are
    fetched for the end alone. ``length`` is in bytes, None if the end is unknown.
    """

    sha256: str | None = None
    length: int | None = None
    end_sha256: str | None = None
    evidence: Evidence = field(default_factory=Evidence)
    needs: tuple[Extent, ...] = ()


def read_picture(file: SparseFile, anatomy: Anatomy) -> PictureReading:
    """Read as far as the received bytes allow; never raise.

    ``anatomy`` is that of the same bytes, read with ``has_picture``.
    """
    picture = anatomy.picture
    if picture is None:
        return PictureReading(needs=anatomy.picture_needs)
    opening = _opening(file, picture)
    missing = _missing(file, opening.extents(0, CODED_BYTES))
    evidence = _evidence(file, picture, anatomy.format)
    if missing:
        needs = joined([*missing, *anatomy.picture_needs], size=file.size)
        return PictureReading(evidence=evidence, needs=needs)
    digest = _canonical_sha256(anatomy, picture, opening.at(0, CODED_BYTES))
    if anatomy.picture_needs:  # to find the end
        return PictureReading(
            sha256=digest,
            evidence=replace(evidence, is_upper_bound=False),
            needs=anatomy.picture_needs,
        )
    length = _length(picture)
    is_end_seen = length is not None and not picture.is_upper_bound
    end_sha256 = _end_sha256(file, picture) if is_end_seen else None
    has_checksum = anatomy.ends_in_checksum and end_sha256 is not None
    return PictureReading(
        sha256=digest,
        length=length,
        end_sha256=end_sha256,
        evidence=replace(evidence, ends_in_checksum=has_checksum),
    )


def _opening(file: SparseFile, picture: Picture) -> Block:
    return Block(file, picture.opening or picture.extents)


def _end_sha256(file: SparseFile, picture: Picture) -> str | None:
    """Hash the last coded bytes; None if any of them is missing."""
    coded = Block(file, picture.extents)
    end = coded.extents(max(coded.length - END_BYTES, 0), END_BYTES)
    if _missing(file, end):
        return None
    return sha256(_received(file, end)).hexdigest()


def _length(picture: Picture) -> int | None:
    # Data that reach the end of a file of unknown size have an unknown length.
    is_known = picture.is_end_known and picture.length < UNKNOWN_SIZE // 2
    return picture.length if is_known else None


def _canonical_sha256(anatomy: Anatomy, picture: Picture, opening: bytes) -> str:
    """Hash format and dimensions, the parameters and the first coded bytes."""
    title = f"{anatomy.format} {anatomy.width or 0} {anatomy.height or 0}\n"
    digest = sha256(title.encode("ascii"))
    for piece in (*picture.parameters, opening):
        digest.update(len(piece).to_bytes(4, "big"))
        digest.update(piece)
    return digest.hexdigest()


def _evidence(file: SparseFile, picture: Picture, image_format: str | None) -> Evidence:
    sample = _received(file, _in_sample(picture.extents))
    opening = _received(file, _opening(file, picture).extents(0, CODED_BYTES))
    return Evidence(
        sample_coded=len(sample),
        sample_deflated=_deflated(sample),
        picture_coded=len(opening),
        picture_deflated=_deflated(opening),
        is_constant_size=picture.is_constant_size,
        is_divided=image_format == "tiff" and len(picture.extents) > 1,
        is_upper_bound=picture.is_upper_bound and _length(picture) is not None,
    )


def _in_sample(extents: Iterable[Extent]) -> Iterator[Extent]:
    """Yield the parts in the sample, no more bytes than it has.

    A hostile file names the same bytes thousands of times.
    """
    room = SAMPLE_BYTES
    for extent in extents:
        length = min(extent.end, SAMPLE_BYTES) - extent.first
        if 0 < length <= room:
            room -= length
            yield Extent(extent.first, length)


def _received(file: SparseFile, extents: Iterable[Extent]) -> bytes:
    """Return the bytes of the extents, ``b""`` if any of them is missing."""
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
