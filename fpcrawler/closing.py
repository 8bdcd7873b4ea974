"""Whether the crawl is about to end, and what becomes of images half read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy.exceptions import DropItem

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


class ReadingStopped(DropItem):
    """The crawl ended before all bytes of the image were here that it asks for.

    So it is not done: a crawl that resumes asks for it again.
    """


def is_closing(crawler: Crawler) -> bool:
    """Tell whether nothing more is taken: a closing engine waits for callbacks."""
    slot = crawler.engine._slot  # noqa: SLF001 - it has no public name
    return slot is None or slot.closing is not None
