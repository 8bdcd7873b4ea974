"""Run the scripts of pages in a browser without network (RENDER_PAGES)."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from functools import partial
from importlib.util import find_spec
from shutil import which
from typing import TYPE_CHECKING, cast

from scrapy import Request, signals
from scrapy.exceptions import NotConfigured
from scrapy.http import HtmlResponse, Response

from fpcrawler.core.file.formats import is_html
from fpcrawler.crawl.browser_memory import limit_renderers
from fpcrawler.crawl.browsing import Browsing
from fpcrawler.crawl.charsets import html_of
from fpcrawler.crawl.errand import errand_of
from fpcrawler.crawl.rendered import RenderedResponse
from fpcrawler.errors import BadInput

if TYPE_CHECKING:
    from playwright.async_api import Page
    from scrapy.crawler import Crawler
    from scrapy.settings import BaseSettings
    from scrapy_playwright.handler import ScrapyPlaywrightDownloadHandler

    from fpcrawler.crawl.downloader import PoliteDownloader

logger = logging.getLogger(__name__)

OK = 200
LAUNCH_TIME = 60.0
"""Seconds that the browser may take to open a page; the first page starts it."""
_CLOSE_TIME = 5.0
"""Seconds that the browser may take to close a page."""
_MB = 1024 * 1024
NOT_RENDERED = "not rendered"
"""The flag of a page that could not be rendered: its source is read instead."""


class RenderingMiddleware:
    """Adds to the source of a page what its scripts have made of it.

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
        memory: int,
    ) -> None:
        self.crawler = crawler
        self.browser = browser
        self.timeout = timeout
        self.memory = memory
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
            memory=settings.getint("RENDER_MEMORY") * _MB,
        )

    async def process_response(self, request: Request, response: Response) -> Response:
        """Render a page over http(s); if that fails, its source is still there."""
        if errand_of(request).kind != "page" or response.status != OK:
            return response
        if not isinstance(response, HtmlResponse) and not is_html(response.body):
            return response
        downloader = cast("PoliteDownloader", self.crawler.engine.downloader)
        with downloader.waits.endable():
            return await self._rendered(request, html_of(response))

    async def _rendered(self, request: Request, response: HtmlResponse) -> Response:
        async with self._tabs:
            # DOWNLOAD_TIMEOUT counts from when the page is open: on a busy machine
            # the browser alone takes many seconds to start.
            limit, crash = asyncio.timeout(LAUNCH_TIME), asyncio.Event()
            browsing = Browsing(
                self.crawler,
                request,
                response,
                partial(self._opened, limit, crash),
                timeout=self.timeout,
            )
            is_well = False
            try:
                async with limit:
                    await self.browser.download_request(browsing.request())
                is_well = True
            except Exception as error:  # noqa: BLE001 - the browser raises many kinds
                name = _failure_name(error, has_crashed=crash.is_set())
                logger.info("%s: not rendered (%s)", response.url, name)
                self.crawler.stats.inc_value(f"rendering/failed/{name}")
                response.flags.append(NOT_RENDERED)
            finally:
                with suppress(TimeoutError):  # a browser that hangs is ended later
                    async with asyncio.timeout(_CLOSE_TIME):
                        await browsing.close()
        if is_well:
            self.crawler.stats.inc_value("rendering/pages")
        return response.replace(cls=RenderedResponse, documents=browsing.documents())

    def _opened(self, limit: asyncio.Timeout, crash: asyncio.Event, page: Page) -> None:
        """Limit the time and the memory of a page that has been opened."""

        def end(_: Page) -> None:
            crash.set()
            with suppress(RuntimeError):  # nobody waits for it any more
                limit.reschedule(asyncio.get_running_loop().time())

        page.on("crash", end)
        limit.reschedule(asyncio.get_running_loop().time() + self.timeout)
        limit_renderers(self.memory)


def _failure_name(error: Exception, *, has_crashed: bool) -> str:
    """Return what the stats count; one name for a crash, whatever saw it first."""
    if has_crashed or "crashed" in str(error):
        return "PageCrashed"
    return type(error).__name__


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
