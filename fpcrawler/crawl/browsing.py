"""Handle the requests that a browser makes while it renders one page."""

from __future__ import annotations

import json
from base64 import b64decode
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from scrapy import Request

from fpcrawler.core.links.rendered import Document
from fpcrawler.core.links.rendering import PageGate
from fpcrawler.crawl.errand import errand_of
from fpcrawler.crawl.frames import show
from fpcrawler.crawl.requests import VERBATIM, part_request
from fpcrawler.crawl.scrolling import Activity, documents, scroll, settle

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.async_api import Frame, Page, Route
    from playwright.async_api import Request as Asked
    from scrapy.crawler import Crawler
    from scrapy.http import HtmlResponse, Response

_SETTLE_TIME = 5.0
"""Seconds that scripts may still send requests after the page has loaded."""

_SCROLL_TIME = 10.0
"""Seconds for scrolling to the end."""

_READ_TIME = 2.0
"""Seconds in which a frame must show its HTML."""

_OUR_OWN = {"accept-encoding", "cookie", "host", "range", "user-agent"}
_WIRE_ONLY = {"content-encoding", "content-length", "set-cookie", "transfer-encoding"}

# A GIF of one transparent pixel. Scripts often go on when an image is there, and
# replace an image that fails.
_PIXEL = b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")


class Browsing:
    """One page in the browser: what it asks for, and what it has become."""

    def __init__(
        self,
        crawler: Crawler,
        request: Request,
        response: HtmlResponse,
        when_opened: Callable[[Page], None],
        *,
        timeout: float,
    ) -> None:
        self.crawler = crawler
        self.original = request
        self.response = response
        self.gate = PageGate()
        self.page: Page | None = None
        self.when_opened = when_opened
        # The page must be read before the timeout: then all of it would be lost.
        self._settle_time = min(_SETTLE_TIME, timeout / 2)
        self._scroll_time = min(_SCROLL_TIME, timeout / 4)
        self._read_time = min(_READ_TIME, timeout / 10)
        self._activity = Activity()
        self._images: defaultdict[str, dict[str, None]] = defaultdict(dict)
        self._shown: dict[Frame, tuple[str, tuple[str, ...]]] = {}

    def request(self) -> Request:
        """Return the request by which the browser renders the page."""
        from scrapy_playwright.page import PageMethod  # noqa: PLC0415 - an optional extra

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
            "playwright_page_methods": [PageMethod(self._work)],
            "playwright_context_kwargs": context | {"user_agent": user_agent},
        }
        return Request(self.response.url, meta=meta)

    def documents(self) -> tuple[Document, ...]:
        """Return what the page has shown and asked for until now."""
        shown = [
            Document(url, parts, tuple(self._images.pop(url, ())))
            for url, parts in self._shown.values()
        ]
        others = [Document(url, (), (*asked,)) for url, asked in self._images.items()]
        return (*shown, *others)

    async def close(self) -> None:
        """Close the page and delete everything that it stored."""
        if self.page is not None:
            await self.page.context.close()

    async def _opened(self, page: Page, _: Request) -> None:
        self.page = page
        await page.route("**", self._fulfill)
        self.when_opened(page)

    async def _work(self, page: Page) -> None:
        """Wait for the scripts, scroll; what takes too long is taken as it is.

        The page is read before it is scrolled, too: scrolling may break it.
        """
        if not await settle(page, self._activity, self._settle_time):
            self._count("unsettled")
        await self._read(page)
        if not await scroll(page, self._activity, self._scroll_time):
            self._count("scrolled_in_part")
        await self._read(page)
        if page.main_frame not in self._shown:
            raise TimeoutError

    async def _read(self, page: Page) -> None:
        found = await documents(page, self._read_time)
        shown = {frame: (self._url_of(frame), found[frame]) for frame in found}
        self._shown.update(shown)

    async def _fulfill(self, route: Route) -> None:
        self._activity.begin()
        try:
            await self._answer(route)
        finally:
            self._activity.end()

    async def _answer(self, route: Route) -> None:
        asked = route.request
        if asked.is_navigation_request() and self.gate.opens():
            content_type = f"text/html; charset={self.response.encoding}"
            await route.fulfill(body=self.response.body, content_type=content_type)
            return
        frames = _frames_of(asked)
        is_frame = asked.resource_type == "document" and len(frames) > 1
        reason = self.gate.refuses(
            asked.url, asked.method, asked.resource_type, is_frame=is_frame
        )
        if reason is None:
            await self._fetch(route, is_own=self._is_own(asked, frames))
        elif reason == "image":
            await self._note_image(route, self._url_of(*frames[:1]))
        else:
            await self._refuse(route, reason)

    async def _refuse(self, route: Route, reason: str) -> None:
        self._count(f"refused/{reason}")
        if route.request.resource_type == "document":
            # RFC 9110 section 15.3.5: the browser stays on the current page.
            await route.fulfill(status=204)
        else:
            await route.abort()

    async def _note_image(self, route: Route, document_url: str) -> None:
        """Note an image as found; its bytes are fetched later, as of any image."""
        url = route.request.url
        if not self.gate.notes_image(url):
            await self._refuse(route, "image")
            return
        self._count("images")
        self._images[document_url][url] = None
        if route.request.resource_type != "image":  # a script or a frame asks for it
            await self._refuse(route, "image")
            return
        headers = {"Content-Type": "image/gif", "Access-Control-Allow-Origin": "*"}
        await route.fulfill(headers=headers, body=_PIXEL)

    async def _fetch(self, route: Route, *, is_own: bool) -> None:
        self._count("requests")
        asked = route.request
        headers = {k: v for k, v in asked.headers.items() if k not in _OUR_OWN}
        part = part_request(asked.url, headers, self.original, is_own=is_own)
        try:
            response = await self.crawler.engine.download_async(part)
        except Exception as error:  # noqa: BLE001 - the page goes on after any error
            self._count(f"failed_requests/{type(error).__name__}")
            await route.abort()
            return
        is_document = asked.resource_type == "document"
        is_moved = is_document and response.url != part.url
        reply = _leading_to(response) if is_moved else _reply_of(response)
        if is_document:
            await show(asked.frame, lambda: route.fulfill(**reply), self._read_time)
        else:
            await route.fulfill(**reply)

    def _is_own(self, asked: Asked, frames: list[Frame]) -> bool:
        """Return whether the page itself asks, not a frame of another origin."""
        errand = errand_of(self.original)
        askers = frames[1:] if asked.is_navigation_request() else frames
        urls = [self._url_of(frame) for frame in askers]
        return bool(urls) and all(map(errand.leads_within_origin, urls))

    def _url_of(self, frame: Frame | None = None) -> str:
        """Return the URL that the references of a frame are relative to."""
        while frame is not None:
            if not frame.url.startswith("about:") and frame.url:
                return str(frame.url)
            frame = frame.parent_frame  # HTML section 7.3.3: of srcdoc and blank ones
        return self.response.url

    def _count(self, name: str) -> None:
        self.crawler.stats.inc_value(f"rendering/{name}")


def _frames_of(asked: Asked) -> list[Frame]:
    """Return the frame that a request is for, and those around it; [] if unknown."""
    from playwright.async_api import Error  # noqa: PLC0415 - an optional extra

    frame: Frame | None
    try:
        frame = asked.frame
    except Error:  # it belongs to no frame
        return []
    frames = []
    while frame is not None:
        frames.append(frame)
        frame = frame.parent_frame
    return frames


def _reply_of(response: Response) -> dict[str, Any]:
    """Return a response as the arguments of ``Route.fulfill``."""
    received = response.headers.to_unicode_dict().items()
    return {
        "status": response.status,
        "headers": {str(k): v for k, v in received if k.lower() not in _WIRE_ONLY},
        "body": response.body,
    }


def _leading_to(response: Response) -> dict[str, Any]:
    """Return a page that leads a frame to where its request was redirected.

    The redirect is followed by the crawl, so the browser does not see it; but then the
    document would have the URL, and the rights, of the one that redirects.
    """
    url = json.dumps(response.url).replace("<", "%3C")
    page = f"<!doctype html><script>location.replace({url})</script>"
    return {"body": page, "content_type": "text/html"}
