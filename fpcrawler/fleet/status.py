"""``scrapy fleet status``: the progress of a fleet and the time left."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from fpcrawler.console.program import program
from fpcrawler.console.text import count_in_words

if TYPE_CHECKING:
    from fpcrawler.fleet.ledger import Ledger
    from fpcrawler.fleet.manifest import Manifest
    from fpcrawler.fleet.outcome import Outcome
    from fpcrawler.fleet.queue import Running

_WINDOW = 3_600.0
"""Seconds before the last result over which the speed is measured."""


class Speed(NamedTuple):
    """Images and URLs per second of the whole fleet, ``until`` a Unix time."""

    images: float
    urls: float
    until: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """A fleet at one moment.

    ``running``, ``queued``: the shards that are crawled now, and those that Redis
    has for workers; None where Redis was not asked.
    """

    place: str
    ledger: Ledger
    running: list[Running] | None
    queued: int | None = None

    @property
    def left(self) -> int:
        """The number of shards that wait for their first or next attempt."""
        under_way = {one.shard for one in self.running or ()}
        return len({*self.ledger.left} - under_way)

    @property
    def seconds_left(self) -> float | None:
        """Seconds until the end at the present speed; None if nothing is known to run.

        Where Redis was not asked, a shard that ended in the last hour shows a run.
        """
        speed = speed_of(self.ledger.crawled)
        if speed is None or not speed.urls:
            return None
        is_recent = speed.until > time.time() - _WINDOW
        if not (is_recent if self.running is None else self.running):
            return None
        return self.ledger.urls_left / speed.urls

    def as_json(self) -> dict[str, Any]:
        """Return the object that ``--json`` prints."""
        ledger, running = self.ledger, self.running
        speed, seconds = speed_of(ledger.crawled), self.seconds_left
        return {
            "place": self.place,
            "shards": len(ledger.manifest.shards),
            "done": len(ledger.done),
            "running": None if running is None else [asdict(one) for one in running],
            "parked": [one.shown_parked for one in ledger.parked.values()],
            "left": self.left,
            "queued": self.queued,
            "chains_left": ledger.chains_left,
            "chains_to_retry": ledger.chains_to_retry,
            "other_version": sorted(ledger.others),
            "records": sum(one.records for one in ledger.crawled),
            "images": sum(one.images for one in ledger.crawled),
            "failed": ledger.failed,
            "images_per_second": speed and round(speed.images, 1),
            "seconds_left": None if seconds is None else round(seconds),
        }

    def lines(self) -> list[str]:
        """Return the lines that are printed without ``--json``."""
        return [*self._totals(), *self._shards(), *self._advice()]

    def _totals(self) -> Iterator[str]:
        ledger, shown = self.ledger, self.as_json()
        running = "?" if self.running is None else len(self.running)
        urls = count_in_words(ledger.manifest.urls, "URL")
        in_parked = sum(one.unfetched for one in ledger.parked.values())
        of_parked = f" ({count_in_words(in_parked, 'URL')})" if in_parked else ""
        yield f"{self.place}  {urls} of {ledger.manifest.urls_file}"
        yield (
            f"shards   {len(ledger.done)} done, {running} running, "
            f"{len(ledger.parked)} parked{of_parked}, {self.left} left"
        )
        failed = f", {ledger.failed:,} failed" if ledger.failed else ""
        speed, seconds = shown["images_per_second"], shown["seconds_left"]
        pace = "" if speed is None else f"; {speed:,.1f} a second"
        left = "" if seconds is None else f", {timedelta(seconds=seconds)} left"
        kept = f"{shown['records']:,} kept{failed}"
        yield f"images   {shown['images']:,} done: {kept}{pace}{left}"

    def _shards(self) -> Iterator[str]:
        for one in self.running or ():
            since = f"{time.time() - one.since:,.0f} s, attempt {one.attempt}"
            yield f"running  {one.shard:05} on {one.worker} for {since}"
        for parked in self.ledger.parked.values():
            attempts = count_in_words(parked.attempt, "attempt")
            yield f"parked   {parked.shard:05} after {attempts}: {parked.parked}"

    def _advice(self) -> Iterator[str]:
        if self.ledger.others:
            numbers = ", ".join(f"{n:05}" for n in sorted(self.ledger.others))
            yield f"version  results of another version do not count: {numbers}"
        if self.left and self.queued == 0 and not self.running:
            yield (
                f"queue    Redis has none of the shards left; enqueue them: "
                f"{program()} fleet collect --to {self.place}"
            )


def speed_of(crawled: Sequence[Outcome]) -> Speed | None:
    """Return the speed of the last hour; None if no shard was crawled just once."""
    # The images of others are of several crawls, but their seconds of the last one.
    once = [one for one in crawled if one.crawls == 1]
    if not once:
        return None
    until = max(one.ended for one in once)
    recent = [one for one in once if one.ended > until - _WINDOW]
    seconds = max(until - min(one.ended - one.seconds for one in recent), 0.001)
    return Speed(
        images=sum(one.images for one in recent) / seconds,
        urls=sum(one.urls for one in recent) / seconds,
        until=until,
    )


def extent_of(manifest: Manifest) -> str:
    """Return the size of a fleet, as in ``40 URLs in 3 shards``."""
    urls = count_in_words(manifest.urls, "URL")
    return f"{urls} in {count_in_words(len(manifest.shards), 'shard')}"


def left_out_counts(manifest: Manifest) -> dict[str, int]:
    """Return how many lines of the list were skipped, by what they are."""
    return {
        "duplicate": manifest.duplicates,
        "invalid line": manifest.rejected,
        "local file": manifest.local,
    }


def left_out_of(manifest: Manifest) -> str:
    """Return how many lines of the list were skipped, and why; may be empty."""
    counts = left_out_counts(manifest).items()
    found = [count_in_words(count, what) for what, count in counts if count]
    return f" (skipped: {', '.join(found)})" if found else ""


def idle_note(chains: int, processes: int) -> str | None:
    """Return why some processes have nothing to do; None if all have."""
    if not 0 < chains < processes:
        return None
    left = count_in_words(chains, "chain")
    return (
        f"{left} of shards left, so {chains:,} of {processes:,} processes can work: "
        "one process at a time crawls a host"
    )
