"""Look again at images that may be copies, as ``-a verify=`` does, but in memory."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from fpcrawler.core.fingerprint.rules import VerdictName
from fpcrawler.evaluation.in_memory import received
from fpcrawler.evaluation.scoring import pairs_judged
from fpcrawler.verify.goal import Places
from fpcrawler.verify.plan import kinds_to_find, located, planned, seen, with_shorter

if TYPE_CHECKING:
    from fpcrawler.core.fingerprint.evidence import Fingerprint
    from fpcrawler.crawl.budget import ReadOptions

_BLOCKS = 4
"""The default of VERIFY_BLOCKS."""


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
            lengths: tuple[int, ...] = ()
            known = (found[index].picture_length for index in group)
            shortest = min((n for n in known if n is not None), default=None)
            for index in group:
                length = found[index].picture_length
                if length is not None:
                    lengths = with_shorter(length, lengths)
                data = data_of(index)
                if data is not None:
                    places = Places(
                        lengths=lengths if length is not None else (),
                        shortest=shortest,
                        blocks=_BLOCKS,
                    )
                    found[index] = self._seen(found[index], data, places)
        return found

    def _seen(self, before: Fingerprint, data: bytes, places: Places) -> Fingerprint:
        first = received(data, self._wanted)
        image_format = first.anatomy.format
        options = replace(self._wanted, kinds=kinds_to_find(image_format))
        file = received(data, options).file
        anatomy = located(file, image_format)
        if anatomy.picture is None:
            return before
        look = planned(file, anatomy.picture, places, image_format)
        for extent in look.needs:
            file.add(extent.first, data[extent.first : extent.end])
            self.requests += 1
            self.bytes += extent.length
        self.images += 1
        anatomy = located(file, image_format)  # the end may show where the data end
        if anatomy.picture is None:
            return before
        proof = seen(file, anatomy, anatomy.picture, look)
        return replace(
            before,
            picture_length=proof.length,
            end_sha256=proof.end_sha256,
            blocks=proof.blocks,
            evidence=proof.evidence,
        )


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
