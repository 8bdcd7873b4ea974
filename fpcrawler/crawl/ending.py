"""End what a crawl still waits for, some time after a signal has stopped it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, cast

from scrapy.utils.asyncio import call_later

from fpcrawler.crawl.fetching import Stopped

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from fpcrawler.crawl.downloader import PoliteDownloader

GRACE = 1.0
"""Seconds after a signal in which the requests in progress may still end."""


class Waits:
    """The tasks that wait for something that may take long."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[object]] = set()
        self._is_over = False

    @contextmanager
    def endable(self) -> Iterator[None]:
        """Wait inside; raises Stopped once the crawl must end."""
        if self._is_over:
            raise Stopped
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - whoever waits is a task
        self._tasks.add(task)
        try:
            yield
        except asyncio.CancelledError:
            if not self._is_over:
                raise
            task.uncancel()
            raise Stopped from None
        finally:
            self._tasks.discard(task)

    def end(self) -> None:
        """End all that waits, now and later."""
        self._is_over = True
        for task in tuple(self._tasks):
            task.cancel()


def end_after_grace(crawler: Crawler) -> None:
    """End what the crawl waits for, GRACE seconds from now; called by a signal."""
    from twisted.internet import reactor  # noqa: PLC0415 - Scrapy has installed it

    reactor.callFromThread(call_later, GRACE, _end, crawler)


def _end(crawler: Crawler) -> None:
    engine = crawler.engine
    if engine is not None:
        cast("PoliteDownloader", engine.downloader).end()
