"""Judge whether a crawl finished its shard; the exit code alone is not enough."""

from __future__ import annotations

import gzip
import zlib
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fpcrawler.console.exit_codes import ExitCode

_OVERDUE = "it took longer than FLEET_SHARD_TIMEOUT seconds"
_ENDINGS = {
    "closespider_timeout": _OVERDUE,
    "memusage_exceeded": "it took more memory than FLEET_SHARD_MEMORY MB",
}
_DONE = ("item_scraped_count", "item_dropped_count", "pages/crawled")
_MOST_REASONS = 3


def shortcoming(
    exit_code: int | None,
    stats: Mapping[str, Any] | None,
    records: int,
    log: str,
    *,
    may_all_fail: bool = False,
) -> str | None:
    """Return why a shard is not done; None if it is done.

    ``exit_code``: None if the crawl did not end in time. ``stats``: of the crawl, None
    if it wrote none. ``records``: the number in its feed, -1 if that is incomplete.
    ``may_all_fail``: it retries what failed, so nothing but failures is an outcome.
    """
    last_line = log.strip().rpartition("\n")[2]
    if exit_code is None or exit_code < 0:
        killed = f"the crawl was killed by signal {-(exit_code or 0)}"
        return _OVERDUE if exit_code is None else killed
    if stats is None:
        detail = f": {last_line}" if last_line else ""
        return f"the crawl did not start (exit code {exit_code}){detail}"
    reason = str(stats.get("finish_reason"))
    if reason != "finished":
        return _ENDINGS.get(reason, f"the crawl ended early ({reason})")
    made = stats.get("item_scraped_count", 0)
    if records != made:
        held = "is incomplete" if records < 0 else f"holds {records} records"
        return f"the crawl made {made} records, but its feed {held}"
    failed = _reasons(stats)
    if exit_code == ExitCode.FAILED and failed and not any(map(stats.get, _DONE)):
        return None if may_all_fail else f"every request failed ({failed})"
    return _verdict(exit_code, last_line)


def _verdict(exit_code: int, last_line: str) -> str | None:
    if exit_code == ExitCode.TOR_UNAVAILABLE:
        return "Tor was not available for an onion"
    if exit_code:
        return f"the crawl ended with code {exit_code}: {last_line}"
    return None


def records_in(feed: Path) -> int:
    """Count the records of a gzipped JSON Lines feed; -1 if it is incomplete."""
    records, end = 0, b"\n"
    try:
        if not feed.stat().st_size:
            return -1
        with gzip.open(feed) as lines:
            while block := lines.read(1 << 20):
                records += block.count(b"\n")
                end = block[-1:]
    except (OSError, EOFError, zlib.error):
        return -1
    return records if end == b"\n" else -1


def _reasons(stats: Mapping[str, Any]) -> str:
    found = stats.items()
    failed = Counter({n.rpartition("/")[2]: c for n, c in found if "/failed/" in n})
    most = failed.most_common(_MOST_REASONS)
    return ", ".join(f"{name} {count}" for name, count in most)
