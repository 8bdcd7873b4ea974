"""Warn once, before any onion is requested, if Tor does not respond."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from fpcrawler.core.web.onion import is_onion
from fpcrawler.tor.proxies import checked_proxies, silent_addresses

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

logger = logging.getLogger(__name__)


class TorNotice:
    """Probes the SOCKS ports of TOR_PROXIES when the list first names an onion."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self._has_looked = False

    async def look(self, urls: Iterable[str]) -> None:
        """If one of the URLs is an onion, warn about each port without a response."""
        hosts = (urlsplit(url).hostname or "" for url in urls)
        if self._has_looked or not any(map(is_onion, hosts)):
            return
        self._has_looked = True
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
