"""Make room in Scrapy's scraper while images wait for their host."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from fpcrawler.core.fingerprint.head import SAMPLE_BYTES

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

_MAX_ROOM = 32 * 1024 * 1024
"""Bytes; beyond it, the crawl waits with what waits."""

_SHARE = 16
"""One host may hold this part of the room that is left."""


class ScraperRoom:
    """Counts the bytes of what waits in callbacks and pipelines, by host.

    The scraper takes no response of any host while it holds more than
    SCRAPER_SLOT_MAX_ACTIVE_SIZE bytes. It counts a response until its image has left
    the pipelines, so one host whose further ranges are slow could stop all others.
    What waits is therefore counted by host: the limit of the scraper grows by it, and
    a host that holds its share gets no requests until it holds less.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self._size = crawler.settings.getint("SCRAPER_SLOT_MAX_ACTIVE_SIZE")
        self._held: Counter[str] = Counter()
        self._total = 0

    @contextmanager
    def held(self, key: str, size: int = SAMPLE_BYTES) -> Iterator[None]:
        """Count the bytes of a response for the slot of its host while it waits."""
        self._add(key, size)
        try:
            yield
        finally:
            self._add(key, -size)

    @property
    def is_held(self) -> bool:
        """Whether anything waits."""
        return self._total > 0

    def is_full_for(self, key: str) -> bool:
        """Return whether a host holds its share.

        The more all hosts hold, the smaller is the share of one.
        """
        held = self._held.get(key, 0)
        return held > max(0, _MAX_ROOM - self._total) // _SHARE

    def _add(self, key: str, size: int) -> None:
        self._held[key] += size
        self._total += size
        if not self._held[key]:
            del self._held[key]
        slot = self.crawler.engine.scraper.slot
        if slot is not None:
            slot.max_active_size = self._size + min(self._total, _MAX_ROOM)
