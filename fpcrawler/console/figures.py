"""What became of the images and pages that a crawl has found, from its stats."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_DROPPED = "item_dropped_reasons_count/"
_NOT_AN_IMAGE = "NotAnImage"


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
    images = Found(
        found=stats.get("images/found", 0) - others,
        done=stats.get("item_scraped_count", 0),
        dropped=dropped,
        failed=by_reason(stats, "images/failed/"),
        duplicate=stats.get("images/duplicates", 0),
        done_before=stats.get("images/done_before", 0),
    )
    pages = Found(
        found=stats.get("pages/found", 0),
        done=stats.get("pages/crawled", 0),
        dropped=by_reason(stats, "pages/dropped/"),
        failed=by_reason(stats, "pages/failed/"),
        duplicate=stats.get("pages/duplicates", 0),
        done_before=stats.get("pages/done_before", 0),
    )
    read = stats.get("images/bytes_downloaded", 0)
    return Figures(
        images=images,
        pages=pages,
        others=others,
        bytes_read=max(0, read - stats.get("others/bytes_downloaded", 0)),
        bytes_total=stats.get("images/bytes_total", 0),
    )


def by_reason(stats: Mapping[str, Any], prefix: str) -> dict[str, int]:
    """Return reason to number for the stats with a prefix, the most frequent first."""
    found = {
        name.removeprefix(prefix): count
        for name, count in stats.items()
        if name.startswith(prefix)
    }
    return dict(sorted(found.items(), key=lambda reason: (-reason[1], reason[0])))
