"""The shards of a fleet that are done, parked or left, read from its place."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from fpcrawler.fleet.manifest import (
    PARKED,
    RESULTS,
    Manifest,
    Parked,
    Result,
    feed_name,
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
    """The state of all shards at one moment."""

    manifest: Manifest
    done: dict[int, Result]
    parked: dict[int, Parked]

    @property
    def left(self) -> list[int]:
        """Numbers of the shards that are neither done nor parked."""
        numbers = range(len(self.manifest.shards))
        return [n for n in numbers if n not in self.done and n not in self.parked]

    @property
    def is_complete(self) -> bool:
        """Whether every shard is done."""
        return len(self.done) == len(self.manifest.shards)

    def heads(self) -> Iterator[int]:
        """Yield the next shard of each chain, the longest chains first."""
        left = set(self.left)
        waiting = ([n for n in chain if n in left] for chain in self.manifest.chains)
        for chain in sorted(waiting, key=len, reverse=True):
            if chain:
                yield chain[0]


def read_ledger(
    place: Place, manifest: Manifest, *, trusts_size: bool = False
) -> Ledger:
    """Read the state of a fleet; a result whose feed is missing does not count.

    ``trusts_size``: a feed of the right size counts without checking its SHA-256.
    """
    listed = place.listing(RESULTS)
    numbers = range(len(manifest.shards))

    def result(number: int) -> Result | None:
        feed = listed.get(feed_name(number))
        if feed is None or result_name(number) not in listed:
            return None
        return _intact(place, manifest, number, feed, trusts_size=trusts_size)

    def parked(number: int) -> Parked | None:
        return parked_of(place, manifest, number)

    given_up = place.listing(PARKED)
    with ThreadPoolExecutor(_READERS) as pool:
        done = _known(numbers, pool.map(result, numbers))
        reasons = [n for n in numbers if n not in done and parked_name(n) in given_up]
        return Ledger(
            manifest=manifest,
            done=done,
            parked=_known(reasons, pool.map(parked, reasons)),
        )


def result_of(place: Place, manifest: Manifest, number: int) -> Result | None:
    """Return the result of a shard, if its feed matches; else None."""
    feed = place.stored(feed_name(number))
    return None if feed is None else _intact(place, manifest, number, feed)


def parked_of(place: Place, manifest: Manifest, number: int) -> Parked | None:
    """Return why a shard was parked; None if it was not."""
    why = _parsed(place.read(parked_name(number)), Parked.parse)
    if why is None or (why.fleet, why.shard) != (manifest.id, number):
        return None
    return why


def _intact(
    place: Place,
    manifest: Manifest,
    number: int,
    feed: Stored,
    *,
    trusts_size: bool = False,
) -> Result | None:
    """Return the result of this shard, if its feed has the recorded content.

    Two workers may have written them, one after the other. An equal mark of the
    store saves reading the feed; a copied store may have other marks.
    """
    result = _parsed(place.read(result_name(number)), Result.parse)
    if result is None or feed.size != result.size:
        return None
    expected = (manifest.id, number, manifest.shards[number].urls)
    if (result.fleet, result.shard, result.urls) != expected:
        return None
    if trusts_size or (feed.mark is not None and feed.mark == result.mark):
        return result
    return result if place.sha256(feed_name(number)) == result.sha256 else None


def _parsed(text: bytes | None, parse: Callable[[bytes], _T]) -> _T | None:
    try:
        return None if text is None else parse(text)
    except (ValueError, RecursionError):  # not a result of ours: crawl the shard again
        return None


def _known(numbers: Iterable[int], found: Iterable[_T | None]) -> dict[int, _T]:
    pairs = zip(numbers, found, strict=True)
    return {number: value for number, value in pairs if value is not None}
