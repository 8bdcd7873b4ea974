"""Plan a second look at a picture, and read what it has shown."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from fpcrawler.core.file.extents import Extent, joined
from fpcrawler.core.fingerprint.blocks import block_offsets, blocks_of, end_at
from fpcrawler.core.fingerprint.picture import read_picture
from fpcrawler.core.metadata.reader import locate

if TYPE_CHECKING:
    from fpcrawler.core.anatomy import Anatomy, Picture
    from fpcrawler.core.file.sparse import SparseFile
    from fpcrawler.core.fingerprint.evidence import Evidence
    from fpcrawler.core.metadata.status import Kind
    from fpcrawler.verify.goal import Places

MAX_RANGES = 5
"""Of one image."""

_NEAR = 128
"""Bytes between two ranges that cost less than the headers of a part."""


class Look(NamedTuple):
    """The ends and blocks to look at, and the bytes of the file that are missing."""

    lengths: tuple[int, ...]
    offsets: tuple[int, ...]
    needs: tuple[Extent, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What a look has shown; ``blocks``: offset in the coded data to SHA-256 in hex."""

    length: int | None
    end_sha256: str | None
    blocks: dict[int, str]
    evidence: Evidence

    @property
    def fields(self) -> dict[str, Any]:
        """The fields of the record."""
        return {
            "picture_length": self.length,
            "end_sha256": self.end_sha256,
            "blocks_sha256": {str(at): digest for at, digest in self.blocks.items()},
            "evidence": asdict(self.evidence),
        }


def kinds_to_find(image_format: str | None) -> frozenset[Kind]:
    """Return the metadata without which a picture's end is not found.

    Coded data of a GIF have no length, so what follows them is read.
    """
    return frozenset({"texts"} if image_format == "gif" else ())


def located(file: SparseFile, image_format: str | None) -> Anatomy:
    """Locate the picture of a file whose format is known."""
    return locate(file, kinds_to_find(image_format), has_picture=True)


def with_shorter(length: int, shorter: tuple[int, ...]) -> tuple[int, ...]:
    """Return a length, then the next shorter one and the shortest of its group.

    ``shorter``: the result for the length before, in rising order. Copies of one
    picture with many different bytes after it share the shortest length.
    """
    if length in shorter:
        return shorter
    return (length, *dict.fromkeys((*shorter[:1], *shorter[-1:])))


def planned(
    file: SparseFile, picture: Picture, places: Places, image_format: str | None
) -> Look:
    """Choose first ends, then blocks, in at most MAX_RANGES ranges.

    Never more than half of the coded data is fetched. What would go beyond a limit is
    left out; the blocks at the end of the list first.
    """
    needs: tuple[Extent, ...] = ()
    most = picture.length // 2

    def affords(more: tuple[Extent, ...]) -> bool:
        nonlocal needs
        wanted = joined([*needs, *more], size=file.size, gap=_NEAR)
        is_fine = len(wanted) <= MAX_RANGES and sum(e.length for e in wanted) <= most
        needs = wanted if is_fine else needs
        return is_fine

    own = places.lengths or (picture.length,)
    ends = own if picture.is_upper_bound else (picture.length,)
    lengths = tuple(
        n for n in ends if affords(end_at(file, picture, n, image_format).needs)
    )
    shortest = min(places.shortest or picture.length, picture.length)
    offsets = tuple(
        offset
        for offset in block_offsets(shortest, places.blocks)
        if affords(blocks_of(file, picture, (offset,)).needs)
    )
    return Look(lengths, offsets, needs)


def seen(file: SparseFile, anatomy: Anatomy, picture: Picture, look: Look) -> Proof:
    """Return what a look has shown.

    ``anatomy``: of the same bytes, with its ``picture``. Where the end was not seen,
    the shortest length at which the format has an end is the true one.
    """
    reading = read_picture(file, anatomy)
    blocks = blocks_of(file, picture, look.offsets)
    proof = Proof(
        length=reading.length,
        end_sha256=reading.end_sha256,
        blocks=blocks.sha256,
        evidence=replace(reading.evidence, blocks_deflated=blocks.deflated),
    )
    if not proof.evidence.is_upper_bound:
        return proof
    ends = ((n, end_at(file, picture, n, anatomy.format)) for n in sorted(look.lengths))
    for length, end in ends:
        if end.is_last:
            evidence = replace(proof.evidence, is_upper_bound=False)
            return replace(
                proof, length=length, end_sha256=end.sha256, evidence=evidence
            )
    return proof
