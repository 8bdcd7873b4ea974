"""Look again at images that may be copies, as ``-a verify=`` does, but in memory."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from fpcrawler.core.file.extents import joined
from fpcrawler.core.fingerprint.blocks import block_offsets, blocks_of, end_at
from fpcrawler.core.fingerprint.picture import read_picture
from fpcrawler.core.fingerprint.rules import VerdictName
from fpcrawler.evaluation.in_memory import received
from fpcrawler.evaluation.scoring import pairs_judged

if TYPE_CHECKING:
    from fpcrawler.core.anatomy import Picture
    from fpcrawler.core.file.extents import Extent
    from fpcrawler.core.file.sparse import SparseFile
    from fpcrawler.core.fingerprint.evidence import Fingerprint
    from fpcrawler.crawl.budget import ReadOptions
    from fpcrawler.crawl.reading import Reading

_BLOCKS = 4
"""The default of VERIFY_BLOCKS."""
_MAX_RANGES = 5
_MAX_LENGTHS = 3
_NEAR = 128


class SecondLook(NamedTuple):
    """At how many images there was a second look, by how many ranges and bytes."""

    images: int
    requests: int
    bytes: int


class Verifier:
    """Looks again, and counts the images, the ranges and the bytes that it takes."""

    def __init__(self, wanted: ReadOptions) -> None:
        self._wanted = wanted
        self.images = self.requests = self.bytes = 0

    def total(self) -> SecondLook:
        """Return what all looks so far have taken."""
        return SecondLook(self.images, self.requests, self.bytes)

    def looked_again(
        self,
        fingerprints: Sequence[Fingerprint],
        data_of: Callable[[int], bytes | None],
    ) -> list[Fingerprint]:
        """Return the fingerprints after a second look at all that may be copies.

        ``data_of`` returns the bytes of a file by its index, None if it is too large.
        """
        found = list(fingerprints)
        for group in _unproven(fingerprints):
            lengths: list[int] = []
            known = (found[index].picture_length for index in group)
            shortest = min((n for n in known if n is not None), default=0)
            for index in group:
                length = found[index].picture_length
                if length is not None and length not in lengths:
                    lengths = [length, *lengths[: _MAX_LENGTHS - 1]]
                data = data_of(index)
                if length is None or data is None:
                    continue
                reading = received(data, self._wanted)
                self._fetch(reading, data, lengths, shortest)
                found[index] = _seen(found[index], reading, lengths, shortest)
        return found

    def _fetch(
        self, reading: Reading, data: bytes, lengths: Iterable[int], shortest: int
    ) -> None:
        """Fetch ends and blocks: in few ranges, at most half of the coded data."""
        file, picture = reading.file, reading.anatomy.picture
        if picture is None:
            return
        self.images += 1
        fetched: tuple[Extent, ...] = ()
        for needs in _wanted(file, picture, lengths, shortest):
            wanted = joined([*fetched, *needs], size=file.size, gap=_NEAR)
            length = sum(extent.length for extent in wanted)
            if len(wanted) <= _MAX_RANGES and 2 * length <= picture.length:
                fetched = wanted
        for extent in fetched:
            file.add(extent.first, data[extent.first : extent.end])
            self.requests += 1
            self.bytes += extent.length


def _unproven(fingerprints: Sequence[Fingerprint]) -> Iterator[list[int]]:
    """Yield the images of one head that may be copies, the shortest first."""
    heads: dict[str, list[int]] = defaultdict(list)
    for index, one in enumerate(fingerprints):
        head = one.picture_sha256 or one.sample_sha256
        if head is not None:
            heads[head].append(index)
    for group in heads.values():
        members = [fingerprints[index] for index in group]
        doubtful = {VerdictName.LIKELY}
        if any(member.evidence.is_upper_bound for member in members):
            doubtful.add(VerdictName.SAME_HEAD)
        pairs = pairs_judged(members).items()
        places = {place for pair, name in pairs if name in doubtful for place in pair}
        if places:
            unproven = [group[place] for place in sorted(places)]
            yield sorted(unproven, key=lambda n: fingerprints[n].picture_length or 0)


def _wanted(
    file: SparseFile, picture: Picture, lengths: Iterable[int], shortest: int
) -> Iterator[tuple[Extent, ...]]:
    """Yield the missing bytes of each end, then of each block."""
    for length in lengths if picture.is_upper_bound else (picture.length,):
        yield end_at(file, picture, length).needs
    for offset in block_offsets(shortest, _BLOCKS):
        yield blocks_of(file, picture, (offset,)).needs


def _seen(
    before: Fingerprint, reading: Reading, lengths: Iterable[int], shortest: int
) -> Fingerprint:
    """Return the fingerprint after the second look."""
    file, picture = reading.file, reading.anatomy.picture
    if picture is None:
        return before
    now = read_picture(file, reading.anatomy)
    blocks = blocks_of(file, picture, block_offsets(shortest, _BLOCKS))
    length, end_sha256 = now.length, now.end_sha256
    evidence = replace(now.evidence, blocks_deflated=blocks.deflated)
    if evidence.is_upper_bound and reading.anatomy.format == "jpeg":
        for shorter in sorted(lengths):
            end = end_at(file, picture, shorter)
            if end.has_eoi:
                length, end_sha256 = shorter, end.sha256
                evidence = replace(evidence, is_upper_bound=False)
                break
    return replace(
        before,
        picture_length=length,
        end_sha256=end_sha256,
        blocks=blocks.sha256,
        evidence=evidence,
    )
