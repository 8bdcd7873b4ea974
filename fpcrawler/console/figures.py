"""What became of the images and pages that a crawl has found, from its stats."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

_DROPPED = "item_dropped_reasons_count/"
_NOT_AN_IMAGE = "NotAnImage"

EARLIER_FOUND = "{}/earlier_runs/found"
"""The stat of images, or pages, that earlier runs of a JOBDIR have found."""
EARLIER_DONE = "{}/earlier_runs/done"
"""Those of them that have an outcome; the rest waits in the queue."""
NAMED_AGAIN = "{}/earlier_runs/named_again"
"""Those that were dropped as duplicates when this run read the list again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """How many images, or pages, were found, and what became of them."""

    found: int
    done: int
    """Recorded images, or pages that were read."""
    dropped: Mapping[str, int]
    """By reason, as ``failed``."""
    failed: Mapping[str, int]
    duplicate: int
    done_before: int

    @property
    def ended(self) -> int:
        """How many have an outcome, without duplicates and what was done before."""
        return self.done + sum(self.dropped.values()) + sum(self.failed.values())

    @property
    def waiting(self) -> int:
        """How many have no outcome: not asked for, once the crawl has ended."""
        # Requests of a JOBDIR were found, and counted, by an earlier crawl.
        known = self.ended + self.duplicate + self.done_before
        return max(0, self.found - known)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The figures of a crawl, now or at its end."""

    images: Found
    """Without files that are not images."""
    pages: Found
    others: int
    """Files that were requested as images and are none."""
    bytes_read: int
    """Of images, as far as it is known what is one."""
    bytes_total: int


def figures_of(stats: Mapping[str, Any]) -> Figures:
    """Return the figures by the stats."""
    dropped = by_reason(stats, _DROPPED)
    others = dropped.pop(_NOT_AN_IMAGE, 0)
    images = _found(stats, "images", stats.get("item_scraped_count", 0), dropped)
    pages = _found(
        stats,
        "pages",
        stats.get("pages/crawled", 0),
        by_reason(stats, "pages/dropped/"),
    )
    read = stats.get("images/bytes_downloaded", 0)
    return Figures(
        images=replace(images, found=max(0, images.found - others)),
        pages=pages,
        others=others,
        bytes_read=max(0, read - stats.get("others/bytes_downloaded", 0)),
        bytes_total=stats.get("images/bytes_total", 0),
    )


def _found(
    stats: Mapping[str, Any], kind: str, done: int, dropped: Mapping[str, int]
) -> Found:
    named_again = stats.get(NAMED_AGAIN.format(kind), 0)
    found = stats.get(f"{kind}/found", 0) + stats.get(EARLIER_FOUND.format(kind), 0)
    before = stats.get(EARLIER_DONE.format(kind), 0)
    return Found(
        found=found - named_again,
        done=done,
        dropped=dropped,
        failed=by_reason(stats, f"{kind}/failed/"),
        duplicate=max(0, stats.get(f"{kind}/duplicates", 0) - named_again),
        done_before=before + stats.get(f"{kind}/done_before", 0),
    )


def by_reason(stats: Mapping[str, Any], prefix: str) -> dict[str, int]:
    """Return reason to number for the stats with a prefix, the most frequent first."""
    found = {
        name.removeprefix(prefix): count
        for name, count in stats.items()
        if name.startswith(prefix)
    }
    return dict(sorted(found.items(), key=lambda reason: (-reason[1], reason[0])))
