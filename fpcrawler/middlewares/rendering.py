"""A page is what its scripts make of it."""

from __future__ import annotations

import asyncio
import logging
from importlib.util import find_spec
from shutil import which
from typing import TYPE_CHECKING, Any

from scrapy import Request, signals
from scrapy.exceptions import NotConfigured
from scrapy.http import HtmlResponse, Response

from fpcrawler.core.file.formats import is_html
from fpcrawler.core.links.rendering import PageGate
from fpcrawler.crawl.requests import kind_of, part_request
from fpcrawler.errors import BadInput

if TYPE_CHECKING:
    from playwright.async_api import Page, Route
    from scrapy.crawler import Crawler
    from scrapy.settings import BaseSettings
    from scrapy_playwright.handler import ScrapyPlaywrightDownloadHandler

logger = logging.getLogger(__name__)

OK = 200
NOT_RENDERED = "not rendered"
"""The flag of a page that was taken as it came."""
SETTLE_TIME = 5.0
"""Seconds that the scripts of a page may go on asking after it has loaded."""

_OUR_OWN = {"accept-encoding", "cookie", "host", "range", "user-agent"}
_OF_THE_WIRE = {"content-encoding", "content-length", "set-cookie", "transfer-encoding"}


class RenderingMiddleware:
    """Replaces a page's source by its document, after its scripts have run.

    The browser has no network (see PLAYWRIGHT_LAUNCH_OPTIONS). It is handed the
    page that was downloaded as ever, and what its scripts ask for is a request
    like any other: robots.txt, addresses, proxies, delays and limits hold for
    it. So an image in a page's place never reaches the browser either.
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
            raise NotConfigured  # with a text it would be a warning in every crawl

        from scrapy_playwright.handler import ScrapyPlaywrightDownloadHandler  # noqa: PLC0415 - an optional extra

        # It warns with a traceback of each page that fails; these are counted.
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
        """Render a page over http(s); if that fails, its source has to do."""
        if kind_of(request) != "page" or response.status != OK:
            return response
        if not isinstance(response, HtmlResponse):
            if not is_html(response.body):
                return response
            response = response.replace(cls=HtmlResponse)

        async with self._tabs:
            rendering = _Rendering(self.crawler, request, response)
            try:
                async with asyncio.timeout(self.timeout):
                    rendered = await self.browser.download_request(rendering.request())
                text = rendered.text
            except Exception as error:  # noqa: BLE001 - the browser's errors are many
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
    """Answers all that the browser asks for while it renders one page."""

    def __init__(
        self, crawler: Crawler, request: Request, response: HtmlResponse
    ) -> None:
        self.crawler = crawler
        self.original = request
        self.response = response
        self.gate = PageGate(response.url)
        self.page: Page | None = None

    def request(self) -> Request:
        """Return the order to the browser."""
        from scrapy_playwright.page import PageMethod  # noqa: PLC0415 - as above

        user_agent = (self.original.headers.get("User-Agent") or b"").decode("latin-1")
        context = {
            "service_workers": "block",
            "accept_downloads": False,
            "timezone_id": "UTC",
            "locale": "en-US",
        }
        meta: dict[str, Any] = {
            "playwright": True,
            # What one page stores, no other may read: it tells who came before.
            "playwright_context": f"page {id(self)}",
            "playwright_page_init_callback": self._begin,
            "playwright_page_goto_kwargs": {"wait_until": "commit"},
            "playwright_page_methods": [PageMethod(self._settle)],
            "playwright_context_kwargs": context | {"user_agent": user_agent},
        }
        return Request(self.response.url, meta=meta)

    async def close(self) -> None:
        """Forget the page and all that it stored."""
        if self.page is not None:
            await self.page.context.close()

    async def _begin(self, page: Page, _: Request) -> None:
        self.page = page
        await page.route("**", self._answer)

    async def _settle(self, page: Page) -> None:
        """Wait for the scripts; a page that asks for ever is taken as it stands."""
        from playwright.async_api import TimeoutError as Late  # noqa: PLC0415 - as above

        try:
            await page.wait_for_load_state("networkidle", timeout=SETTLE_TIME * 1000)
        except Late:
            self._count("unsettled")

    async def _answer(self, route: Route) -> None:
        asked = route.request
        if asked.is_navigation_request() and self.gate.opens():
            content_type = f"text/html; charset={self.response.encoding}"
            await route.fulfill(body=self.response.body, content_type=content_type)
            return
        reason = self.gate.refuses(asked.url, asked.method, asked.resource_type)
        if reason is not None:
            self._count(f"refused/{reason}")
            if reason == "document":
                # RFC 9110 section 15.3.5: the browser stays on the page it has.
                await route.fulfill(status=204)
            else:
                await route.abort()
            return
        self._count("requests")
        headers = {k: v for k, v in asked.headers.items() if k not in _OUR_OWN}
        part = part_request(asked.url, headers, self.original)
        try:
            response = await self.crawler.engine.download_async(part)
        except Exception as error:  # noqa: BLE001 - whatever it is, the page goes on
            self._count(f"failed_requests/{type(error).__name__}")
            await route.abort()
            return
        told = response.headers.to_unicode_dict().items()
        await route.fulfill(
            status=response.status,
            headers={str(k): v for k, v in told if k.lower() not in _OF_THE_WIRE},
            body=response.body,
        )

    def _count(self, name: str) -> None:
        self.crawler.stats.inc_value(f"rendering/{name}")


def check_rendering(settings: BaseSettings) -> None:
    """Raise BadInput where pages shall be rendered and nothing can render them."""
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
            f"RENDER_PAGES needs Chromium, and {chromium} is no program; install it "
            "(apt-get install chromium) or name it in PLAYWRIGHT_LAUNCH_OPTIONS."
        )
