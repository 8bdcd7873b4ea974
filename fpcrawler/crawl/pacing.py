"""Pause the reading of the list and of large pages while enough requests wait."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator, Sized
from functools import partial
from itertools import islice
from math import inf
from time import monotonic
from typing import TYPE_CHECKING, TypeVar

from fpcrawler.crawl.fetching import is_closing
from fpcrawler.crawl.queue import PatientPriorityQueue
from fpcrawler.crawl.threads import in_daemon

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

Entry = TypeVar("Entry")

_PAUSE = 0.05
"""Seconds between two checks of the scheduler."""
_BATCH = 500
_SKIPPED_AHEAD = 9
"""Requests of hosts that wait, as a multiple of ``urls_ahead``."""


class Pacing:
    """Keeps at most ``urls_ahead`` requests waiting in memory."""

    def __init__(self, crawler: Crawler, urls_ahead: int) -> None:
        self.crawler = crawler
        self.urls_ahead = urls_ahead
        self._skipped = 0
        self._looked = -inf

    async def paced(self, entries: Iterable[Entry]) -> AsyncIterator[Entry]:
        """Yield the entries of a list no faster than they are crawled.

        Read in a thread: a list may come from a slow disk or the network. What came
        before an error is yielded before it is raised.
        """
        reading, error = iter(entries), None
        while not error:
            batch, error = await in_daemon(partial(_batch_of, reading))
            for entry in batch:
                await self.room()
                yield entry
            if not batch:
                break
        if error:
            raise error

    async def room(self) -> None:
        """Wait until fewer than ``urls_ahead`` requests wait in the scheduler.

        Those of hosts that have asked to wait do not count, up to a limit: other hosts
        may follow in the list. Do not wait while Scrapy's scraper is full: it then
        downloads nothing, so the scheduler would never get room.
        """
        engine = self.crawler.engine
        scheduler, slot = engine.scheduler, engine.scraper.slot
        while (  # noqa: ASYNC110 - Scrapy has no signal for it
            isinstance(scheduler, Sized)
            and self._ahead(scheduler) >= self.urls_ahead
            and not (slot and slot.needs_backout())
            and not is_closing(self.crawler)
        ):
            await asyncio.sleep(_PAUSE)

    def _ahead(self, scheduler: Sized) -> int:
        ahead = len(scheduler)
        if ahead < self.urls_ahead:
            return ahead
        if monotonic() - self._looked >= _PAUSE:  # it takes a millisecond
            self._looked = monotonic()
            queues = (getattr(scheduler, name, None) for name in ("mqs", "dqs"))
            patient = (q for q in queues if isinstance(q, PatientPriorityQueue))
            self._skipped = sum(q.skipped for q in patient)
        return ahead - min(self._skipped, _SKIPPED_AHEAD * self.urls_ahead)


def _batch_of(reading: Iterator[Entry]) -> tuple[list[Entry], Exception | None]:
    """Return the next entries, and the error that ended them."""
    batch: list[Entry] = []
    try:
        batch.extend(islice(reading, _BATCH))
    except Exception as error:  # noqa: BLE001 - raised again by paced()
        return batch, error
    return batch, None
