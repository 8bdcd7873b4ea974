"""The shards of a fleet that are done, parked or left, read from its place."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import msgspec

from fpcrawler.fleet.outcome import RESULTS, Outcome, outcome_name

if TYPE_CHECKING:
    from fpcrawler.fleet.manifest import Manifest
    from fpcrawler.fleet.places.place import Place

_READERS = 16
"""Outcomes that are read at the same time; each is a request to S3."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """The outcomes of shards at one moment.

    ``others``: shards that another program has crawled, which does not count.
    """

    manifest: Manifest
    outcomes: dict[int, Outcome]
    others: frozenset[int] = frozenset()

    @property
    def done(self) -> list[int]:
        """Numbers of the shards that need no further crawl."""
        return [number for number, one in self.outcomes.items() if one.is_done]

    @property
    def parked(self) -> dict[int, Outcome]:
        """The outcomes of the shards that were given up."""
        found = sorted(self.outcomes.items())
        return {number: one for number, one in found if one.parked is not None}

    @property
    def left(self) -> list[int]:
        """Numbers of the shards that are neither done nor parked."""
        ended = {*self.done, *self.parked}
        return [n for n in range(len(self.manifest.shards)) if n not in ended]

    @property
    def crawled(self) -> list[Outcome]:
        """The outcomes that have a feed."""
        return [one for one in self.outcomes.values() if one.feed is not None]

    @property
    def failed(self) -> int:
        """The number of URLs that failed in shards with a feed."""
        return sum(sum(one.failed.values()) for one in self.crawled)

    @property
    def urls_left(self) -> int:
        """The number of URLs in the shards left that no crawl has fetched."""
        listed = {n: self.manifest.shards[n].urls for n in self.left}
        found = self.outcomes
        return sum(found[n].unfetched if n in found else listed[n] for n in listed)

    @property
    def chains_left(self) -> list[int]:
        """Numbers of the chains that have shards left."""
        return self._chains_with({*self.left})

    @property
    def chains_to_retry(self) -> list[int]:
        """Numbers of the chains with parked shards or failed URLs."""
        return self._chains_with({n for n, one in self.outcomes.items() if one.failed})

    def chains(self) -> list[range]:
        """Return what is left of each chain, the longest first."""
        left = {*self.left}
        chains = (self.manifest.chains[number] for number in self._chains_with(left))
        rests = (range(min(left & {*chain}), chain.stop) for chain in chains)
        return sorted(rests, key=len, reverse=True)

    def with_parked(self, others: dict[int, Outcome]) -> Ledger:
        """Return this state with shards whose place refused even the outcome."""
        left = {*self.left}
        parked = {number: one for number, one in others.items() if number in left}
        return replace(self, outcomes=self.outcomes | parked)

    def _chains_with(self, shards: set[int]) -> list[int]:
        chains = enumerate(self.manifest.chains)
        return [number for number, chain in chains if not shards.isdisjoint(chain)]


def read_ledger(
    place: Place, manifest: Manifest, shards: Iterable[int] | None = None
) -> Ledger:
    """Read the outcomes of some shards, by default of all."""
    sizes = place.sizes(RESULTS)
    numbers = range(len(manifest.shards)) if shards is None else shards
    ended = [number for number in numbers if outcome_name(number) in sizes]
    with ThreadPoolExecutor(_READERS) as pool:
        read = pool.map(
            lambda number: read_outcome(place, manifest, number, sizes.get), ended
        )
        found = {n: one for n, one in zip(ended, read, strict=True) if one is not None}
    program = manifest.program.sha256
    counted = {n: one for n, one in found.items() if one.program == program}
    return Ledger(
        manifest=manifest,
        outcomes=counted,
        others=frozenset(found.keys() - counted.keys()),
    )


def read_outcome(
    place: Place, manifest: Manifest, shard: int, size_of: Callable[[str], int | None]
) -> Outcome | None:
    """Read the outcome of a shard by any program; None if the shard has to be crawled.

    An outcome without the files that it names does not count. ``size_of``: returns
    the size of a file at the place, None if it has none.
    """
    text = place.read(outcome_name(shard))
    try:
        outcome = None if text is None else msgspec.json.decode(text, type=Outcome)
    except (ValueError, RecursionError):  # not of this version
        return None
    if outcome is None or (outcome.fleet, outcome.shard) != (manifest.id, shard):
        return None
    feed, failures = outcome.feed, outcome.failures
    has_feed = feed is None or size_of(feed) == outcome.size
    has_failures = failures is None or size_of(failures) is not None
    return outcome if has_feed and has_failures else None
