"""Store the files of a shard, so that its result appears last, or not at all."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from fpcrawler.fleet.ledger import result_of
from fpcrawler.fleet.manifest import (
    DROPPED,
    PARKED,
    RESULTS,
    Manifest,
    Result,
    failed_name,
    feed_name,
)
from fpcrawler.fleet.places.folder import digest_of
from fpcrawler.fleet.places.place import PlaceUnavailable

if TYPE_CHECKING:
    from fpcrawler.fleet.crawling import Finished
    from fpcrawler.fleet.places.place import Place


_TEST = bytes(1 << 16)


class PlaceRefuses(PlaceUnavailable):
    """A place does not store what a crawl would make."""


def check_writable(place: Place) -> None:
    """Store and remove small files; raises PlaceRefuses, before a request is sent."""
    for folder in (RESULTS, PARKED):
        name = f"{folder}/{uuid4().hex}.test"
        try:
            place.write(name, _TEST)
            place.remove(name)
        except OSError as error:
            raise PlaceRefuses(
                f"{place.uri} refuses files in {folder}/ ({error.strerror or error}), "
                "so nothing is crawled; free space or fix permissions."
            ) from error


@dataclass(frozen=True, slots=True)
class ShardFiles:
    """The files of one crawl of a shard at a place; ``before``: an earlier result."""

    place: Place
    manifest: Manifest
    shard: int
    before: Result | None

    def store(self, made: Finished, attempt: int, worker: str, ended: float) -> Result:
        """Store feed, failures and result; raises OSError if the place refuses."""
        feed = self.place.put(self._feed, made.feed)
        failed_sha256 = None
        if made.failed:
            self.place.put(self._failed, made.failures)
            failed_sha256 = digest_of(made.failures)
        else:
            self.place.remove(self._failed)  # of another worker, who was killed
        result = Result(
            fleet=self.manifest.id,
            shard=self.shard,
            generation=self._generation,
            urls=self.manifest.shards[self.shard].urls,
            records=made.records + (self.before.records if self.before else 0),
            size=feed.size,
            sha256=digest_of(made.feed),
            mark=feed.mark,
            failed=made.failed,
            failed_sha256=failed_sha256,
            program=self.manifest.program,
            attempt=attempt,
            worker=worker,
            seconds=round(ended - made.started, 3),
            ended=round(ended, 3),
            stats=_all_dropped(made.stats, self.before),
        )
        result.save(self.place)
        return result

    def take_back(self) -> None:
        """Remove files without a result, which leaves room on a full disk."""
        with suppress(OSError):
            if result_of(self.place, self.manifest, self.shard) == self.before:
                self.place.remove(self._feed)
                self.place.remove(self._failed)

    def remove_before(self) -> None:
        """Remove what the result has replaced; ``collect`` removes what is left."""
        if self.before is not None:
            with suppress(OSError):
                self.place.remove(self.before.feed)
                self.place.remove(self.before.failures)

    @property
    def _generation(self) -> int:
        return self.before.generation + 1 if self.before else 0

    @property
    def _feed(self) -> str:
        return feed_name(self.shard, self._generation)

    @property
    def _failed(self) -> str:
        return failed_name(self.shard, self._generation)


def _all_dropped(stats: dict[str, Any], before: Result | None) -> dict[str, Any]:
    """Return the stats, with what earlier crawls of the shard have dropped."""
    if before is None:
        return stats
    dropped = Counter({n: c for n, c in before.stats.items() if n.startswith(DROPPED)})
    dropped.update({n: c for n, c in stats.items() if n.startswith(DROPPED)})
    return stats | dropped
