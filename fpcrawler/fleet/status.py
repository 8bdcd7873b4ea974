"""``scrapy fleet status``: the progress of a fleet and the time left."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from fpcrawler.console.text import count_in_words

if TYPE_CHECKING:
    from fpcrawler.fleet.ledger import Ledger
    from fpcrawler.fleet.manifest import Manifest, Result
    from fpcrawler.fleet.queue import Running

_WINDOW = 3_600.0
"""Seconds before the last result over which the speed is measured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Speed:
    """Images and URLs per second, of the whole fleet."""

    images: float
    urls: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """A fleet at one moment. ``running`` is None where Redis was not asked."""

    place: str
    ledger: Ledger
    running: list[Running] | None

    @property
    def left(self) -> int:
        """The number of shards that wait for their first or next attempt."""
        under_way = {one.shard for one in self.running or ()}
        return len(set(self.ledger.left) - under_way)

    @property
    def seconds_left(self) -> float | None:
        """Seconds until the end at the present speed; None if that is unknown."""
        speed = speed_of([*self.ledger.results.values()])
        if speed is None:
            return None
        shards = self.ledger.manifest.shards
        return sum(shards[number].urls for number in self.ledger.left) / speed.urls

    def as_json(self) -> dict[str, Any]:
        """Return the object that ``--json`` prints."""
        done = [*self.ledger.results.values()]
        speed = speed_of(done)
        running = self.running
        return {
            "place": self.place,
            "shards": len(self.ledger.manifest.shards),
            "done": len(done),
            "running": None if running is None else [asdict(one) for one in running],
            "failed": [
                {"shard": number, "reason": why.reason, "attempts": why.attempts}
                for number, why in sorted(self.ledger.parked.items())
            ],
            "left": self.left,
            "records": sum(result.records for result in done),
            "images": sum(result.images for result in done),
            "images_per_second": speed and round(speed.images, 1),
            "seconds_left": self.seconds_left and round(self.seconds_left),
        }

    def lines(self) -> list[str]:
        """Return the lines that are printed without ``--json``."""
        manifest, done = self.ledger.manifest, [*self.ledger.results.values()]
        running = "?" if self.running is None else len(self.running)
        shards = (
            f"{len(done)} done, {running} running, "
            f"{len(self.ledger.parked)} failed, {self.left} left"
        )
        images = sum(result.images for result in done)
        kept = sum(result.records for result in done)
        urls = count_in_words(manifest.urls, "URL")
        lines = [
            f"{self.place}  {urls} of {manifest.urls_file}",
            f"shards   {shards}",
            f"images   {images:,} done: {kept:,} kept{self._pace(done)}",
        ]
        lines += [
            f"running  {one.shard:05} on {one.worker} for "
            f"{time.time() - one.since:,.0f} s, attempt {one.attempt}"
            for one in self.running or ()
        ]
        lines += [
            f"failed   {number:05} after {count_in_words(why.attempts, 'attempt')}: "
            f"{why.reason}"
            for number, why in sorted(self.ledger.parked.items())
        ]
        return lines

    def _pace(self, done: Sequence[Result]) -> str:
        speed = speed_of(done)
        if speed is None:
            return ""
        left = timedelta(seconds=round(self.seconds_left or 0))
        return f"; {speed.images:,.1f} a second, {left} left"


def speed_of(done: Sequence[Result]) -> Speed | None:
    """Return the speed of the last hour; None if no shard is done."""
    if not done:
        return None
    last = max(result.ended for result in done)
    recent = [result for result in done if result.ended > last - _WINDOW]
    first = min(result.ended - result.seconds for result in recent)
    seconds = max(last - first, 0.001)
    return Speed(
        images=sum(result.images for result in recent) / seconds,
        urls=sum(result.urls for result in recent) / seconds,
    )


def extent_of(manifest: Manifest) -> str:
    """Return the size of a fleet, as in ``40 URLs in 3 shards``."""
    urls = count_in_words(manifest.urls, "URL")
    return f"{urls} in {count_in_words(len(manifest.shards), 'shard')}"


def left_out_of(manifest: Manifest) -> str:
    """Return how many lines of the list were skipped, and why; may be empty."""
    counts = {
        "duplicate": manifest.duplicates,
        "invalid line": manifest.rejected,
        "local file": manifest.local,
    }
    found = [count_in_words(count, what) for what, count in counts.items() if count]
    return f" (skipped: {', '.join(found)})" if found else ""
