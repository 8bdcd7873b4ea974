"""robots.txt, asked for the same way as what it is about."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from scrapy import Request
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.http.request import NO_CALLBACK
from scrapy.utils.httpobj import urlparse_cached
from scrapy.utils.misc import build_from_crawler

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.robotstxt import RobotParser

MAX_SITES = 2_000
"""Sites whose robots.txt is remembered; those asked for least recently go."""


class RobotsMiddleware(RobotsTxtMiddleware):
    """Asks once for each site and first party, so through the same Tor circuit.

    Scrapy's own asks a clear-web site directly, also for an image that an onion
    page names, and logs a traceback for a host that does not answer. Here the
    request itself reports that, in one line.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._sites: dict[tuple[str, str], asyncio.Task[RobotParser | None]] = {}

    async def robot_parser(self, request: Request) -> RobotParser | None:
        """Return the rules of the request's site; None if it tells none."""
        site = (urlparse_cached(request).netloc, request.meta.get("first_party", ""))
        asking = self._sites.pop(site, None) or asyncio.create_task(self._ask(request))
        self._sites[site] = asking
        if len(self._sites) > MAX_SITES:
            self._sites.pop(next(iter(self._sites)))
        return await asyncio.shield(asking)

    async def _ask(self, request: Request) -> RobotParser | None:
        meta = {"dont_obey_robotstxt": True}
        if "first_party" in request.meta:
            meta["page_party"] = request.meta["first_party"]
        robots = Request(
            urljoin(request.url, "/robots.txt"),
            priority=self.DOWNLOAD_PRIORITY,
            meta=meta,
            callback=NO_CALLBACK,
        )
        self._stats.inc_value("robotstxt/request_count")
        try:
            response = await self.crawler.engine.download_async(robots)
        except Exception:  # noqa: BLE001 - the request itself will tell of it
            return None
        parser: RobotParser = build_from_crawler(
            self._parserimpl, self.crawler, response.body
        )
        return parser
