"""Run the scripts of pages in a browser without network (RENDER_PAGES)."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from importlib.util import find_spec
from shutil import which
from typing import TYPE_CHECKING, Any

from scrapy import Request, signals
from scrapy.exceptions import NotConfigured
from scrapy.http import HtmlResponse, Response

from fpcrawler.core.file.formats import is_html
from fpcrawler.core.links.rendering import PageGate
from fpcrawler.crawl.errand import errand_of
from fpcrawler.crawl.requests import VERBATIM, part_request
from fpcrawler.errors import BadInput

if TYPE_CHECKING:
    from playwright.async_api import Page, Route
    from scrapy.crawler import Crawler
    from scrapy.settings import BaseSettings
    from scrapy_playwright.handler import ScrapyPlaywrightDownloadHandler

logger = logging.getLogger(__name__)

OK = 200
LAUNCH_TIME = 60.0
"""Seconds that the browser may take to open a page; the first page starts it."""
NOT_RENDERED = "not rendered"
"""The flag of a page that could not be rendered: its source is read instead."""
SETTLE_TIME = 5.0
"""Seconds that scripts may still send requests after the page has loaded."""

_OUR_OWN = {"accept-encoding", "cookie", "host", "range", "user-agent"}
_WIRE_ONLY = {"content-encoding", "content-length", "set-cookie", "transfer-encoding"}


class RenderingMiddleware:
    """Replaces the source of a page by its document after its scripts have run.

    The browser has no network (see PLAYWRIGHT_LAUNCH_OPTIONS). It receives the page
    that Scrapy downloaded. The requests of its scripts are requests of the crawl:
    robots.txt, private addresses, proxies, delays and limits apply to them. An
    image that arrives in place of a page never reaches the browser.
    """

    def __init__(
        self,
        crawler: Crawler,
        browser: ScrapyPlaywrightDownloadHandler,
        *,
        tabs: int,
        timeout: float,
    ) -> None:
        self.crawler = crawler
        self.browser = browser
        self.timeout = timeout
        self._tabs = asyncio.Semaphore(tabs)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RenderingMiddleware:
        settings = crawler.settings
        if not settings.getbool("RENDER_PAGES"):
            raise NotConfigured  # a text would be a warning in every crawl

        from scrapy_playwright.handler import ScrapyPlaywrightDownloadHandler  # noqa: PLC0415 - an optional extra

        # It logs a traceback for each page that fails; the stats count these.
        logging.getLogger("scrapy-playwright").setLevel(logging.ERROR)
        browser = ScrapyPlaywrightDownloadHandler.from_crawler(crawler)
        crawler.signals.connect(browser.close, signals.engine_stopped)
        return cls(
            crawler,
            browser,
            tabs=settings.getint("PLAYWRIGHT_MAX_PAGES_PER_CONTEXT"),
            timeout=settings.getfloat("DOWNLOAD_TIMEOUT"),
        )

    async def process_response(self, request: Request, response: Response) -> Response:
        """Render a page over http(s); if that fails, return its source."""
        if errand_of(request).kind != "page" or response.status != OK:
            return response
        if not isinstance(response, HtmlResponse):
            if not is_html(response.body):
                return response
            response = response.replace(cls=HtmlResponse)

        async with self._tabs:
            # DOWNLOAD_TIMEOUT counts from when the page is open: on a busy machine
            # the browser alone takes many seconds to start.
            limit = asyncio.timeout(LAUNCH_TIME)
            rendering = _Rendering(
                self.crawler, request, response, lambda: _end_in(self.timeout, limit)
            )
            try:
                async with limit:
                    rendered = await self.browser.download_request(rendering.request())
                text = rendered.text
            except Exception as error:  # noqa: BLE001 - the browser raises many kinds
                name = type(error).__name__
                logger.info("%s: not rendered (%s)", response.url, name)
                self.crawler.stats.inc_value(f"rendering/failed/{name}")
                response.flags.append(NOT_RENDERED)
                return response
            finally:
                await rendering.close()
        self.crawler.stats.inc_value("rendering/pages")
        return response.replace(body=text.encode(), encoding="utf-8")


class _Rendering:
    """Handles all requests of the browser while it renders one page."""

    def __init__(
        self,
        crawler: Crawler,
        request: Request,
        response: HtmlResponse,
        when_opened: Callable[[], None],
    ) -> None:
        self.crawler = crawler
        self.original = request
        self.response = response
        self.gate = PageGate()
        self.page: Page | None = None
        self.when_opened = when_opened

    def request(self) -> Request:
        """Return the request by which the browser renders the page."""
        from scrapy_playwright.page import PageMethod  # noqa: PLC0415 - as above

        user_agent = (self.original.headers.get("User-Agent") or b"").decode("latin-1")
        context = {
            "service_workers": "block",
            "accept_downloads": False,
            "timezone_id": "UTC",
            "locale": "en-US",
        }
        meta: dict[str, Any] = {
            **VERBATIM,
            "playwright": True,
            # A context of its own: no page may read what another one stored.
            "playwright_context": f"page {id(self)}",
            "playwright_page_init_callback": self._opened,
            "playwright_page_goto_kwargs": {"wait_until": "commit"},
            "playwright_page_methods": [PageMethod(self._settle)],
            "playwright_context_kwargs": context | {"user_agent": user_agent},
        }
        return Request(self.response.url, meta=meta)

    async def close(self) -> None:
        """Close the page and delete everything that it stored."""
        if self.page is not None:
            await self.page.context.close()

    async def _opened(self, page: Page, _: Request) -> None:
        self.page = page
        await page.route("**", self._fulfill)
        self.when_opened()

    async def _settle(self, page: Page) -> None:
        """Wait for the scripts; after SETTLE_TIME the page is taken as it is."""
        from playwright.async_api import TimeoutError as Late  # noqa: PLC0415 - as above

        try:
            await page.wait_for_load_state("networkidle", timeout=SETTLE_TIME * 1000)
        except Late:
            self._count("unsettled")

    async def _fulfill(self, route: Route) -> None:
        asked = route.request
        if asked.is_navigation_request() and self.gate.opens():
            content_type = f"text/html; charset={self.response.encoding}"
            await route.fulfill(body=self.response.body, content_type=content_type)
            return
        reason = self.gate.refuses(asked.url, asked.method, asked.resource_type)
        if reason is not None:
            self._count(f"refused/{reason}")
            if reason == "document":
                # RFC 9110 section 15.3.5: the browser stays on the current page.
                await route.fulfill(status=204)
            else:
                await route.abort()
            return
        self._count("requests")
        headers = {k: v for k, v in asked.headers.items() if k not in _OUR_OWN}
        part = part_request(asked.url, headers, self.original)
        try:
            response = await self.crawler.engine.download_async(part)
        except Exception as error:  # noqa: BLE001 - the page goes on after any error
            self._count(f"failed_requests/{type(error).__name__}")
            await route.abort()
            return
        received = response.headers.to_unicode_dict().items()
        await route.fulfill(
            status=response.status,
            headers={str(k): v for k, v in received if k.lower() not in _WIRE_ONLY},
            body=response.body,
        )

    def _count(self, name: str) -> None:
        self.crawler.stats.inc_value(f"rendering/{name}")


def _end_in(seconds: float, limit: asyncio.Timeout) -> None:
    limit.reschedule(asyncio.get_running_loop().time() + seconds)


def check_rendering(settings: BaseSettings) -> None:
    """Raise BadInput if RENDER_PAGES is on but nothing can render pages."""
    if not settings.getbool("RENDER_PAGES"):
        return
    if find_spec("scrapy_playwright") is None:
        raise BadInput(
            "RENDER_PAGES needs the package scrapy-playwright; "
            "install it with: pip install -r requirements-js.txt."
        )
    options = settings.getdict("PLAYWRIGHT_LAUNCH_OPTIONS")
    chromium = str(options.get("executable_path"))
    if which(chromium) is None:
        raise BadInput(
            f"RENDER_PAGES needs Chromium, but {chromium} is not a program; install it "
            "(apt-get install chromium) or name it in PLAYWRIGHT_LAUNCH_OPTIONS."
        )
