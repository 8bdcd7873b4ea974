"""Whether the crawl is about to end."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


def is_closing(crawler: Crawler) -> bool:
    """Tell whether nothing more is taken: a closing engine waits for callbacks."""
    slot = crawler.engine._slot  # noqa: SLF001 - it has no public name
    return slot is None or slot.closing is not None
