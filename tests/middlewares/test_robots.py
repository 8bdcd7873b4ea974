"""What is kept of a robots.txt that cannot be had is small."""

from __future__ import annotations

import asyncio
import weakref
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, NoReturn

from scrapy.exceptions import DownloadTimeoutError
from scrapy.utils.test import get_crawler

from fpcrawler.crawl.failures import RobotsUnreachable
from fpcrawler.middlewares.robots import RobotsMiddleware
from tests.errands import image
from tests.references import Connection, without_collections

if TYPE_CHECKING:
    from scrapy import Request


@without_collections()
def test_all_requests_of_a_site_fail_alike_and_keep_nothing_of_the_first() -> None:
    connections: list[weakref.ref[Connection]] = []

    async def download(_: Request) -> NoReturn:
        connection = Connection()
        connections.append(weakref.ref(connection))
        raise DownloadTimeoutError from OSError()

    settings = {"ROBOTSTXT_OBEY": True, "ROBOTSTXT_UNREACHABLE": "disallow"}
    crawler: Any = get_crawler(settings_dict=settings)
    crawler.engine = SimpleNamespace(download_async=download)
    middleware = RobotsMiddleware(crawler)

    async def requested() -> list[RobotsUnreachable]:
        errors = []
        for number in range(3):
            try:
                await middleware.robot_parser(image(f"https://a.example/{number}.jpg"))
            except RobotsUnreachable as error:
                errors.append(error)
        return errors

    errors = asyncio.run(requested())

    assert [reference() for reference in connections] == [None]
    assert len({id(error) for error in errors}) == 3
    assert [type(error.__cause__) for error in errors] == [DownloadTimeoutError] * 3
