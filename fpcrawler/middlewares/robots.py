"""Obey robots.txt (RFC 9309), fetched by the same route as what it applies to."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal
from urllib.parse import urljoin

from scrapy import Request
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http.request import NO_CALLBACK
from scrapy.utils.httpobj import urlparse_cached
from scrapy.utils.misc import build_from_crawler
from scrapy.utils.python import to_unicode

from fpcrawler.core.http.sampling import MAX_ROBOTS_BYTES
from fpcrawler.core.web.robots import addressed_to
from fpcrawler.crawl.errand import ERRAND, Errand, errand_of
from fpcrawler.crawl.failures import RobotsUnreachable, failure_sentence
from fpcrawler.crawl.requests import VERBATIM
from fpcrawler.crawl.tracebacks import forget_frames

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from scrapy.robotstxt import RobotParser

MAX_SITES = 2_000
"""Sites whose rules stay in memory; the least recently used are removed."""

_OK = range(200, 300)
_SERVER_ERRORS = range(500, 600)

Unreachable = Literal["disallow", "allow"]


@dataclass(frozen=True, slots=True)
class _Failed:
    """Why a robots.txt cannot be had; ``cause``: the failure of the network, if any.

    It stays in memory with the site. An exception that was raised would keep its frames
    too, tens of kilobytes, and get further ones with each request of the site.
    """

    sentence: str
    cause: Exception | None = None


class RobotsMiddleware(RobotsTxtMiddleware):
    """Fetches robots.txt once for each site and first party, so for each circuit.

    Scrapy's middleware requests it directly, also for a clear-web image that an
    onion page names; and it takes a server that fails for one that allows all. Here
    its failure, after retries, is that of all requests of the site. A request that
    may not reach a private address asks for itself: it has an answer of its own.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._unreachable: Unreachable = crawler.settings["ROBOTSTXT_UNREACHABLE"]
        self._sites: dict[
            tuple[str, str, bool], asyncio.Task[RobotParser | _Failed | None]
        ] = {}

    async def robot_parser(self, request: Request) -> RobotParser | None:
        """Return the rules of the request's site; None: all is allowed.

        Raises RobotsUnreachable.
        """
        errand = errand_of(request)
        party, may = errand.first_party or "", errand.may_reach_private
        site = (urlparse_cached(request).netloc, party, may)
        asking = self._sites.pop(site, None) or asyncio.create_task(self._ask(request))
        self._sites[site] = asking
        if len(self._sites) > MAX_SITES:
            self._sites.pop(next(iter(self._sites)))
        found = await asyncio.shield(asking)
        if isinstance(found, _Failed):
            raise RobotsUnreachable(found.sentence) from found.cause
        return found

    async def _ask(self, request: Request) -> RobotParser | _Failed | None:
        robots = Request(
            urljoin(request.url, "/robots.txt"),
            priority=self.DOWNLOAD_PRIORITY,
            meta={"dont_obey_robotstxt": True, **VERBATIM},
            callback=NO_CALLBACK,
        )
        errand = errand_of(request)
        route = replace(errand.route, led_by=errand.first_party)  # the host is the same
        robots.meta[ERRAND] = Errand(
            kind="robots",
            url=robots.url,
            route=route,
            at_listed_origin=errand.at_listed_origin,
        )
        self._stats.inc_value("robotstxt/request_count")
        try:
            response = await self.crawler.engine.download_async(robots)
        except IgnoreRequest:  # refused here: the request itself will be as well
            return None
        except Exception as error:  # noqa: BLE001 - each request raises it
            if self._unreachable == "allow":
                return None
            failed = _Failed(failure_sentence(error), error)
            forget_frames(error)
            error.__cause__ = error.__context__ = None
            return failed
        return self._rules_of(response, self._agent_of(request))

    def _agent_of(self, request: Request) -> str:
        """Return the name that the rules are asked for, as Scrapy chooses it."""
        sent = request.headers.get("User-Agent", self._default_useragent)
        return to_unicode(self._robotstxt_useragent or sent or "")

    def _rules_of(self, response: Response, agent: str) -> RobotParser | _Failed | None:
        if response.status in _SERVER_ERRORS and self._unreachable == "disallow":
            # RFC 9309 section 2.3.1.4: "MUST assume complete disallow"
            return _Failed(
                f"its robots.txt has status {response.status}, so all is disallowed "
                "(ROBOTSTXT_UNREACHABLE)"
            )
        if response.status not in _OK:
            return None  # section 2.3.1.3: "MAY access any resources"
        body = response.body
        if len(body) > MAX_ROBOTS_BYTES:
            # Section 2.5: the limit is at least 500 kibibytes; no half of a rule.
            body = body[:MAX_ROBOTS_BYTES].rpartition(b"\n")[0]
        body = addressed_to(agent, body)
        parser: RobotParser = build_from_crawler(self._parserimpl, self.crawler, body)
        return parser
