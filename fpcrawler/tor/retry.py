"""Retry requests that failed in Tor, by the kind of failure."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scrapy.downloadermiddlewares.retry import get_retry_request

from fpcrawler.tor import CircuitCut, OnionTimeout, OnionUnreachable

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler


@dataclass(frozen=True, slots=True)
class Retries:
    """The number of retries, and the seconds before each."""

    times: int
    delay: float


RETRIES: dict[type[Exception], Retries] = {
    CircuitCut: Retries(times=2, delay=1.0),
    OnionUnreachable: Retries(times=1, delay=2.0),
    OnionTimeout: Retries(times=1, delay=0.0),
}
"""TorUnavailable is not retried: only the user can start Tor."""


class TorRetryMiddleware:
    """Retries a request after a delay, and at most RETRY_TIMES times."""

    def __init__(self, crawler: Crawler, *, retry_times: int) -> None:
        self.crawler = crawler
        self.retry_times = retry_times

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> TorRetryMiddleware:
        return cls(crawler, retry_times=crawler.settings.getint("RETRY_TIMES"))

    async def process_exception(
        self, request: Request, exception: Exception
    ) -> Request | None:
        retries = RETRIES.get(type(exception))
        if retries is None:
            return None
        assert self.crawler.spider is not None  # noqa: S101 - Scrapy sets it
        retry = get_retry_request(
            request,
            spider=self.crawler.spider,
            reason=exception,
            max_retry_times=min(retries.times, self.retry_times),
        )
        if retry is not None:
            await asyncio.sleep(retries.delay)
        return retry
