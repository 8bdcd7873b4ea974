"""Pause the reading of the list and of large pages while enough requests wait."""

from __future__ import annotations

import asyncio
from collections.abc import Sized
from typing import TYPE_CHECKING

from fpcrawler.crawl.fetching import is_closing

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

_PAUSE = 0.05
"""Seconds between two checks of the scheduler."""


class Pacing:
    """Keeps at most ``urls_ahead`` requests waiting in memory."""

    def __init__(self, crawler: Crawler, urls_ahead: int) -> None:
        self.crawler = crawler
        self.urls_ahead = urls_ahead

    async def room(self) -> None:
        """Wait until fewer than ``urls_ahead`` requests wait in the scheduler.

        Do not wait while Scrapy's scraper is full: it then downloads nothing, so
        the scheduler would never get room.
        """
        engine = self.crawler.engine
        scheduler, slot = engine.scheduler, engine.scraper.slot
        while (  # noqa: ASYNC110 - Scrapy has no signal for it
            isinstance(scheduler, Sized)
            and len(scheduler) >= self.urls_ahead
            and not (slot and slot.needs_backout())
            and not is_closing(self.crawler)
        ):
            await asyncio.sleep(_PAUSE)
