"""Obey robots.txt, fetched by the same route as the URL that it applies to."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from scrapy import Request
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.http.request import NO_CALLBACK
from scrapy.utils.httpobj import urlparse_cached
from scrapy.utils.misc import build_from_crawler

from fpcrawler.crawl.errand import ERRAND, Errand, errand_of

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.robotstxt import RobotParser

MAX_SITES = 2_000
"""Sites whose rules stay in memory; the least recently used are removed."""


class RobotsMiddleware(RobotsTxtMiddleware):
    """Fetches robots.txt once for each site and first party, so for each circuit.

    Scrapy's middleware requests it directly, also for a clear-web image that an
    onion page names. It also logs a traceback for a host that does not respond;
    here the request itself reports that in one line. A request that may not reach a
    private address asks for itself: without an answer, it would find no rules.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._sites: dict[tuple[str, str, bool], asyncio.Task[RobotParser | None]] = {}

    async def robot_parser(self, request: Request) -> RobotParser | None:
        """Return the rules of the request's site; None if it has none."""
        errand = errand_of(request)
        party, may = errand.first_party or "", errand.may_reach_private
        site = (urlparse_cached(request).netloc, party, may)
        asking = self._sites.pop(site, None) or asyncio.create_task(self._ask(request))
        self._sites[site] = asking
        if len(self._sites) > MAX_SITES:
            self._sites.pop(next(iter(self._sites)))
        return await asyncio.shield(asking)

    async def _ask(self, request: Request) -> RobotParser | None:
        robots = Request(
            urljoin(request.url, "/robots.txt"),
            priority=self.DOWNLOAD_PRIORITY,
            meta={"dont_obey_robotstxt": True},
            callback=NO_CALLBACK,
        )
        errand = errand_of(request)
        route = replace(errand.route, led_by=errand.first_party)  # the host is the same
        robots.meta[ERRAND] = Errand(
            kind="other",
            url=robots.url,
            route=route,
            at_listed_origin=errand.at_listed_origin,
        )
        self._stats.inc_value("robotstxt/request_count")
        try:
            response = await self.crawler.engine.download_async(robots)
        except Exception:  # noqa: BLE001 - the request itself reports it
            return None
        parser: RobotParser = build_from_crawler(
            self._parserimpl, self.crawler, response.body
        )
        return parser
