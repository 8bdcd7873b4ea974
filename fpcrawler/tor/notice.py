"""Warn once, before any onion is requested, if Tor does not respond."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Self

from fpcrawler.crawl.errand import errand_of
from fpcrawler.tor.proxies import checked_proxies, silent_addresses

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler

logger = logging.getLogger(__name__)


class TorNotice:
    """Probes the SOCKS ports of TOR_PROXIES when the list first names an onion."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    async def process_start(
        self, start: AsyncIterator[Request]
    ) -> AsyncIterator[Request]:
        """Warn about each port without a response, before the first onion."""
        has_looked = False
        async for request in start:
            if not has_looked and errand_of(request).route.is_onion:
                has_looked = True
                await self._look()
            yield request

    async def _look(self) -> None:
        proxies = self.crawler.settings.getlist("TOR_PROXIES")
        for address in await silent_addresses(checked_proxies(proxies)):
            self.crawler.stats.inc_value("tor/silent_proxies")
            logger.warning(
                "Tor does not respond at %s, so onions will fail; install it with "
                "'apt-get install tor', start it with 'systemctl start tor', or name "
                "its SOCKS port: -s TOR_PROXIES=socks5h://HOST:PORT.",
                address,
                extra={"spider": self.crawler.spider},
            )
