"""Make the outcome of a shard from its last crawl, and the files that it names."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping
from hashlib import file_digest, sha256
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from fpcrawler.fleet.failures import all_of, gzipped
from fpcrawler.fleet.machine import worker_name
from fpcrawler.fleet.outcome import Outcome, failures_name, feed_name

if TYPE_CHECKING:
    from fpcrawler.fleet.crawling import Crawled

Files = Mapping[str, bytes | Path]
"""Name at the place to content."""


def ended_by(crawled: Crawled, before: Outcome, listed: bytes) -> tuple[Outcome, Files]:
    """Return how a crawl of ``listed`` ends a shard, and the new files.

    If the outcome ``before`` has a feed, the crawl has tried again what failed. Where
    it was given up, all of that stays as it was.
    """
    reason, failures = crawled.shortcoming, crawled.failures
    outcome = replace(
        _ended(before, reason),
        seconds=round(crawled.seconds, 3),
        log=crawled.log if reason else "",
    )
    files: dict[str, bytes | Path] = {}
    if reason is None:
        with crawled.feed.open("rb") as file:
            digest = file_digest(file, "sha256").hexdigest()
        outcome = replace(
            outcome,
            feed=feed_name(before.shard, digest),
            records=before.records + crawled.records,
            size=crawled.feed.stat().st_size,
            sha256=digest,
            dropped=Counter(before.dropped) + Counter(crawled.dropped),
            stats=crawled.stats,
        )
        files[str(outcome.feed)] = crawled.feed
    elif before.feed is not None:
        return outcome, files
    else:
        failures = all_of(listed, failures, reason)
    content = gzipped(failures)
    name = failures_name(before.shard, sha256(content).hexdigest())
    if failures:
        files[name] = content
    failed = Counter(failure.reason for failure in failures)
    return replace(outcome, failures=name if failures else None, failed=failed), files


def refused(before: Outcome, reason: str) -> Outcome:
    """Return how a shard ends whose files a place refused."""
    failed = before.failed or {reason: before.urls}
    return replace(_ended(before, reason), refused=True, failed=failed)


def _ended(before: Outcome, reason: str | None) -> Outcome:
    ended = round(time.time(), 3)
    return replace(
        before, parked=reason, again=False, worker=worker_name(), ended=ended
    )
