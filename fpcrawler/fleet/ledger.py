"""The shards of a fleet that are done, parked or left, read from its place."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec
from msgspec import Struct

from fpcrawler.fleet.manifest import (
    LISTS,
    PARKED,
    RESULTS,
    Manifest,
    Parked,
    Result,
    list_name,
    parked_name,
    result_name,
)

if TYPE_CHECKING:
    from fpcrawler.fleet.places.place import Place, Stored

_T = TypeVar("_T")
_READERS = 16
"""Results that are read at the same time; each is a request to S3."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """The state of all shards at one moment.

    ``results``: the valid ones. ``again``: shards that have one, but whose failed
    URLs shall be crawled again. ``others``: shards with a result that another
    version made, which does not count.
    """

    manifest: Manifest
    results: dict[int, Result]
    parked: dict[int, Parked]
    again: frozenset[int] = frozenset()
    others: frozenset[int] = frozenset()

    @property
    def done(self) -> list[int]:
        """Numbers of the shards that need no further crawl."""
        return [number for number in self.results if number not in self.again]

    @property
    def left(self) -> list[int]:
        """Numbers of the shards that are neither done nor parked."""
        ended = {*self.done, *self.parked}
        return [n for n in range(len(self.manifest.shards)) if n not in ended]

    @property
    def failed(self) -> int:
        """The number of URLs that failed in shards with a result."""
        return sum(result.failed for result in self.results.values())

    @property
    def refused(self) -> list[int]:
        """Numbers of the parked shards whose result the place refused."""
        return [number for number, why in self.parked.items() if why.refused]

    @property
    def is_complete(self) -> bool:
        """Whether every shard is done."""
        return len(self.done) == len(self.manifest.shards)

    @property
    def chains_left(self) -> list[int]:
        """Numbers of the chains that have shards left."""
        return self._chains_with(self.left)

    @property
    def chains_to_retry(self) -> list[int]:
        """Numbers of the chains with parked shards or failed URLs."""
        failed = [number for number, result in self.results.items() if result.failed]
        return self._chains_with([*self.parked, *failed])

    def _chains_with(self, shards: Iterable[int]) -> list[int]:
        found = {self.manifest.chain_of[number] for number in shards}
        return [n for n, chain in enumerate(self.manifest.chains) if chain in found]

    def with_parked(self, others: dict[int, Parked]) -> Ledger:
        """Return this state with shards that were parked elsewhere."""
        left = set(self.left)
        parked = {n: why for n, why in others.items() if n in left}
        return replace(self, parked=self.parked | parked)

    def chains(self) -> list[range]:
        """Return what is left of each chain, the longest first."""
        left = set(self.left)
        firsts = (
            (next((n for n in chain if n in left), chain.stop), chain.stop)
            for chain in self.manifest.chains
        )
        waiting = (range(first, stop) for first, stop in firsts if first < stop)
        return sorted(waiting, key=len, reverse=True)


def read_ledger(
    place: Place,
    manifest: Manifest,
    *,
    shards: range | None = None,
    trusts_size: bool = False,
) -> Ledger:
    """Read the state of a fleet; a result whose feed is missing does not count.

    ``shards``: read only these; None: all.
    ``trusts_size``: a feed of the right size counts without checking its SHA-256.
    """
    listed = place.listing(RESULTS)
    shards = range(len(manifest.shards)) if shards is None else shards
    numbers = [number for number in shards if result_name(number) in listed]

    def read(number: int) -> tuple[Result | None, bool]:
        text = place.read(result_name(number))
        result = _result(text, manifest, number)
        if result is None:
            return None, _is_of_another_version(text, manifest, number)
        feed = listed.get(result.feed)
        is_intact = _is_intact(place, result, feed, trusts_size=trusts_size)
        return (result if is_intact else None), False

    given_up = place.listing(PARKED)
    lists = place.listing(LISTS)
    with ThreadPoolExecutor(_READERS) as pool:
        found = dict(zip(numbers, pool.map(read, numbers), strict=True))
        results = _known((number, result) for number, (result, _) in found.items())
        again = frozenset(n for n in results if _next_list(results[n]) in lists)
        over = results.keys() - again
        reasons = [
            number
            for number in shards
            if number not in over and parked_name(number) in given_up
        ]
        why = pool.map(lambda number: parked_of(place, manifest, number), reasons)
        return Ledger(
            manifest=manifest,
            results=results,
            parked=_known(zip(reasons, why, strict=True)),
            again=again,
            others=frozenset(n for n, (_, is_other) in found.items() if is_other),
        )


def result_of(place: Place, manifest: Manifest, number: int) -> Result | None:
    """Return the result of a shard, if its feed matches; else None.

    What failed in it may have to be crawled again (:func:`is_wanted_again`).
    """
    result = _result(place.read(result_name(number)), manifest, number)
    if result is None:
        return None
    is_intact = _is_intact(place, result, place.stored(result.feed))
    return result if is_intact else None


def is_wanted_again(place: Place, result: Result) -> bool:
    """Return whether ``--retry`` wants what failed in a shard to be crawled again."""
    return place.stored(_next_list(result)) is not None


def parked_of(place: Place, manifest: Manifest, number: int) -> Parked | None:
    """Return why a shard was parked; None if it was not."""
    why = _decoded(place.read(parked_name(number)), Parked)
    if why is None or (why.fleet, why.shard) != (manifest.id, number):
        return None
    return why


def _next_list(result: Result) -> str:
    return list_name(result.fleet, result.shard, result.generation + 1)


def _result(text: bytes | None, manifest: Manifest, number: int) -> Result | None:
    """Return the result of this shard by the manifest's program."""
    result = _decoded(text, Result)
    if result is None or result.program != manifest.program:
        return None
    expected = (manifest.id, number, manifest.shards[number].urls)
    is_its = (result.fleet, result.shard, result.urls) == expected
    return result if is_its else None


class _AnyResult(Struct):
    fleet: str
    shard: int
    program: Any = None


def _is_of_another_version(text: bytes | None, manifest: Manifest, number: int) -> bool:
    """Return whether another version made a result, which may have other fields."""
    found = _decoded(text, _AnyResult)
    if found is None or (found.fleet, found.shard) != (manifest.id, number):
        return False
    return bool(found.program != msgspec.to_builtins(manifest.program))


def _is_intact(
    place: Place, result: Result, feed: Stored | None, *, trusts_size: bool = False
) -> bool:
    """Return whether feed and list of what failed are those that the result names.

    Two workers may have written them, one after the other. An equal mark of the
    store saves reading the feed; a copied store may have other marks.
    """
    if feed is None or feed.size != result.size:
        return False
    if trusts_size:
        return True
    is_marked = feed.mark is not None and feed.mark == result.mark
    if not is_marked and place.sha256(result.feed) != result.sha256:
        return False
    if result.failed_sha256 is None:
        return True
    failed = place.read(result.failures)
    return failed is not None and sha256(failed).hexdigest() == result.failed_sha256


def _decoded(text: bytes | None, kind: type[_T]) -> _T | None:
    try:
        return None if text is None else msgspec.json.decode(text, type=kind)
    except (ValueError, RecursionError):  # not of ours: crawl the shard again
        return None


def _known(pairs: Iterable[tuple[int, _T | None]]) -> dict[int, _T]:
    return {number: value for number, value in pairs if value is not None}
