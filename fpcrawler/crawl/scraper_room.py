"""Make room in Scrapy's scraper while images wait for their host."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from fpcrawler.core.fingerprint.head import SAMPLE_BYTES

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from fpcrawler.crawl.waiting import HostWaits

_MAX_ROOM = 64 * 1024 * 1024
"""Bytes; beyond it, the crawl waits with the images that wait."""


class ScraperRoom:
    """Counts the images in the pipelines that wait for further ranges, by host.

    The scraper takes no response of any host while it holds more than
    SCRAPER_SLOT_MAX_ACTIVE_SIZE bytes. It counts an image until it has left the
    pipelines, so one host that asks to wait could stop all others.
    """

    def __init__(self, crawler: Crawler, hosts: HostWaits) -> None:
        self.crawler = crawler
        self.hosts = hosts
        self._size = crawler.settings.getint("SCRAPER_SLOT_MAX_ACTIVE_SIZE")
        self._held: Counter[str] = Counter()
        self.is_raised = False

    @contextmanager
    def held(self, key: str) -> Iterator[None]:
        """Count the sample of one image for the slot of its host."""
        self._held[key] += SAMPLE_BYTES
        try:
            yield
        finally:
            if self._held[key] > SAMPLE_BYTES:
                self._held[key] -= SAMPLE_BYTES
            else:
                self._held.pop(key)

    def adjust(self) -> None:
        """Raise the limit by what waits now."""
        slot = self.crawler.engine.scraper.slot
        if slot is not None:
            held = sum(self._held[key] for key in self.hosts.waiting)
            slot.max_active_size = self._size + min(held, _MAX_ROOM)
            self.is_raised = held > 0
