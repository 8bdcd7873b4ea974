"""Make the outcome of a shard, and the files that it names."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from fpcrawler.fleet.failures import Failure, gzipped
from fpcrawler.fleet.machine import worker_name
from fpcrawler.fleet.outcome import Outcome, failures_name, feed_name

Files = Mapping[str, bytes | Path]
"""Name at the place to content."""
_DROPPED = "item_dropped_reasons_count/"
"""Prefix of the stats that count dropped images by reason."""


def finished(
    before: Outcome,
    feed: Path,
    failures: list[Failure],
    stats: dict[str, Any],
    *,
    repeats: bool = False,
) -> tuple[Outcome, Files]:
    """Return the outcome of a crawl that finished; ``feed`` has those before, too.

    ``repeats``: images that were dropped may have been dropped again.
    """
    with feed.open("rb") as file:
        digest = file_digest(file, "sha256").hexdigest()
    known, dropped = Counter(before.dropped), Counter[str]()
    for name, count in stats.items():
        if name.startswith(_DROPPED) and isinstance(count, int):
            dropped[name.removeprefix(_DROPPED)] = count
    outcome = replace(
        _ended(before, None),
        feed=feed_name(before.shard, digest),
        records=before.records + stats.get("item_scraped_count", 0),
        size=feed.stat().st_size,
        sha256=digest,
        dropped=known | dropped if repeats else known + dropped,  # |: the larger ones
        stats=stats,
    )
    return _with_failures(outcome, failures, {str(outcome.feed): feed})


def given_up(
    before: Outcome, reason: str, listed: bytes, failures: list[Failure], log: str = ""
) -> tuple[Outcome, Files]:
    """Return the outcome of a crawl of ``listed`` that did not finish.

    All URLs failed; a crawl that has tried again what failed leaves all as it was.
    """
    outcome = replace(_ended(before, reason), log=log)
    if before.feed is not None:
        return outcome, {}
    known = {failure.url for failure in failures}
    urls = (url for url in listed.decode(errors="replace").split("\n") if url)
    others = [Failure(url=url, reason=reason) for url in urls if url not in known]
    return _with_failures(outcome, [*failures, *others], {})


def refused(before: Outcome, reason: str) -> Outcome:
    """Return how a shard ends whose files a place refused."""
    failed = before.failed or {reason: before.urls}
    return replace(_ended(before, reason), refused=True, failed=failed)


def _ended(before: Outcome, reason: str | None) -> Outcome:
    return replace(
        before,
        parked=reason,
        again=False,
        worker=worker_name(),
        crawls=1 if before.feed is None else before.crawls + 1,
        ended=round(time.time(), 3),
        log="",
    )


def _with_failures(
    outcome: Outcome, failures: list[Failure], files: Files
) -> tuple[Outcome, Files]:
    if not failures:
        return replace(outcome, failures=None, failed={}), files
    content = gzipped(failures)
    name = failures_name(outcome.shard, sha256(content).hexdigest())
    failed = Counter(failure.reason for failure in failures)
    return replace(outcome, failures=name, failed=failed), {**files, name: content}
