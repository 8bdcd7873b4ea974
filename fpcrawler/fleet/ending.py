"""Make the outcome of a shard from its last crawl, and the files that it names."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from hashlib import file_digest, sha256
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from fpcrawler.console.text import count_in_words
from fpcrawler.fleet.failures import Failure, all_of, gzipped
from fpcrawler.fleet.machine import worker_name
from fpcrawler.fleet.outcome import Outcome, failures_name, feed_name

if TYPE_CHECKING:
    from fpcrawler.fleet.crawling import Crawled
    from fpcrawler.fleet.places.place import Place


@dataclass(frozen=True, slots=True)
class Ending:
    """The outcome of a shard and its new files, name to content."""

    outcome: Outcome
    files: Mapping[str, bytes | Path]

    @classmethod
    def of(cls, crawled: Crawled, base: Outcome, listed: bytes, attempt: int) -> Ending:
        """Return how a crawl of ``listed`` ends a shard.

        ``base``: the outcome before it, or one without files. If that has a feed, the
        crawl has tried again what failed: its records are added to the feed. If it was
        given up, all stays as it was before.
        """
        outcome = replace(
            _ended(base, crawled.shortcoming, attempt),
            seconds=round(crawled.seconds, 3),
            log=crawled.log if crawled.shortcoming else "",
        )
        if crawled.shortcoming is not None:
            if base.feed is not None:
                return cls(outcome, {})
            failures = all_of(listed, crawled.failures, crawled.shortcoming)
            return _with_failures(outcome, {}, failures)
        with crawled.feed.open("rb") as file:
            digest = file_digest(file, "sha256").hexdigest()
        outcome = replace(
            outcome,
            feed=feed_name(base.shard, digest),
            records=base.records + crawled.records,
            size=crawled.feed.stat().st_size,
            sha256=digest,
            dropped=Counter(base.dropped) + Counter(crawled.dropped),
            stats=crawled.stats,
        )
        return _with_failures(
            outcome, {str(outcome.feed): crawled.feed}, crawled.failures
        )

    @classmethod
    def refused(cls, base: Outcome, reason: str, attempt: int) -> Ending:
        """Return the end of a shard whose files a place refused."""
        outcome = replace(
            _ended(base, reason, attempt),
            refused=True,
            failed=base.failed or {reason: base.urls},
        )
        return cls(outcome, {})

    @property
    def in_words(self) -> str:
        """What has come of the shard, for a message."""
        outcome = self.outcome
        if outcome.parked is not None:
            return f"given up: {outcome.parked}"
        failed = f"; failed: {sum(outcome.failed.values()):,}" if outcome.failed else ""
        return (
            f"{count_in_words(outcome.records, 'record')} from "
            f"{count_in_words(outcome.urls, 'URL')} in {outcome.seconds:,.0f} s{failed}"
        )

    def store(self, place: Place) -> None:
        """Store the files, then the outcome; raises OSError if the place refuses."""
        for name, content in self.files.items():
            place.write(name, content)
        self.outcome.save(place)


def remove_files(place: Place, names: Iterable[str]) -> None:
    """Remove files that no outcome names; ``collect`` removes those that are left."""
    with suppress(OSError):
        for name in names:
            place.remove(name)


def _ended(base: Outcome, reason: str | None, attempt: int) -> Outcome:
    return replace(
        base,
        parked=reason,
        again=False,
        attempt=attempt,
        worker=worker_name(),
        ended=round(time.time(), 3),
    )


def _with_failures(
    outcome: Outcome, files: dict[str, bytes | Path], failures: list[Failure]
) -> Ending:
    content = gzipped(failures)
    name = failures_name(outcome.shard, sha256(content).hexdigest())
    failed = Counter(failure.reason for failure in failures)
    if not failed:
        return Ending(replace(outcome, failures=None, failed={}), files)
    outcome = replace(outcome, failures=name, failed=failed)
    return Ending(outcome, {**files, name: content})
