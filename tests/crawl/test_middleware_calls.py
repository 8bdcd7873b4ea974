from __future__ import annotations

import asyncio
from typing import Any

import pytest
from scrapy import Request
from scrapy.core.downloader.middleware import DownloaderMiddlewareManager
from scrapy.http import Response
from scrapy.utils.test import get_crawler

from fpcrawler.crawl.middleware_calls import MiddlewareCalls

URL = "https://a.example/1.jpg"


class Noting:
    """Notes each call, and returns what it was told to."""

    def __init__(self, notes: list[str], name: str, **returned: Any) -> None:
        self._notes = notes
        self._name = name
        self._returned = returned

    def process_request(self, request: Request) -> Any:  # noqa: ARG002 - Scrapy's name
        self._notes.append(f"{self._name} request")
        return self._returned.get("request")

    def process_response(self, request: Request, response: Response) -> Any:  # noqa: ARG002
        self._notes.append(f"{self._name} response")
        return self._returned.get("response", response)


class Waiting(Noting):
    """Returns the same after another turn of the event loop."""

    async def process_request(self, request: Request) -> Any:
        await asyncio.sleep(0)
        return super().process_request(request)

    async def process_response(self, request: Request, response: Response) -> Any:
        await asyncio.sleep(0)
        return super().process_response(request, response)


class OfOldPlugin:
    def __init__(self, seen: list[Any]) -> None:
        self._seen = seen

    def process_request(self, request: Request, spider: Any) -> None:  # noqa: ARG002
        self._seen.append(spider)


def downloaded(*middlewares: Any) -> Any:
    async def download(request: Request) -> Response:
        return Response(request.url, request=request)

    calls = MiddlewareCalls(*middlewares, crawler=get_crawler())
    return asyncio.run(calls.download_async(download, Request(URL)))


@pytest.mark.parametrize("kind", [Noting, Waiting])
def test_requests_pass_the_middlewares_in_order_and_responses_back(
    kind: type[Noting],
) -> None:
    notes: list[str] = []

    response = downloaded(kind(notes, "a"), Noting(notes, "b"))

    assert response.url == URL
    assert notes == ["a request", "b request", "b response", "a response"]


@pytest.mark.parametrize("kind", [Noting, Waiting])
def test_a_response_of_a_middleware_replaces_the_download(kind: type[Noting]) -> None:
    notes: list[str] = []
    own = Response(URL, status=203)

    assert downloaded(kind(notes, "a", request=own), Noting(notes, "b")) is own
    assert notes == ["a request", "b response", "a response"]


@pytest.mark.parametrize("kind", [Noting, Waiting])
def test_a_request_of_a_middleware_ends_the_chain(kind: type[Noting]) -> None:
    notes: list[str] = []
    other = Request("https://b.example/")

    assert downloaded(Noting(notes, "a"), kind(notes, "b", response=other)) is other
    assert notes == ["a request", "b request", "b response"]


def test_the_next_middleware_sees_the_response_of_the_last() -> None:
    other = Response(URL, status=203)

    assert downloaded(Noting([], "a"), Noting([], "b", response=other)) is other


@pytest.mark.parametrize(("step", "returned"), [("request", 1), ("response", None)])
def test_a_middleware_that_returns_something_else_is_named(
    step: str, returned: Any
) -> None:
    with pytest.raises(TypeError, match=rf"Noting\.process_{step} must return"):
        downloaded(Noting([], "a", **{step: returned}))


@pytest.mark.filterwarnings("ignore:.*requires a spider argument")
def test_a_middleware_for_an_older_scrapy_still_gets_the_spider() -> None:
    seen: list[Any] = []
    crawler = get_crawler()
    crawler.spider = crawler._create_spider("images")

    async def download(request: Request) -> Response:
        return Response(request.url)

    calls = MiddlewareCalls(OfOldPlugin(seen), crawler=crawler)
    asyncio.run(calls.download_async(download, Request(URL)))

    assert seen == [crawler.spider]


def test_scrapy_still_calls_the_methods_that_are_replaced() -> None:
    replaced = {name for name in vars(MiddlewareCalls) if name.startswith("_process")}

    assert replaced
    assert replaced <= vars(DownloaderMiddlewareManager).keys()
