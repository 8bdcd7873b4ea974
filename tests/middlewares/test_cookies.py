from __future__ import annotations

import socket
from typing import TYPE_CHECKING, NoReturn

from scrapy.http import Response
from scrapy.utils.test import get_crawler

from fpcrawler.middlewares.cookies import CookiesMiddleware
from tests.errands import page

if TYPE_CHECKING:
    import pytest


def test_cookies_of_public_suffixes_are_refused_without_a_request(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def connect(*_: object) -> NoReturn:
        raise AssertionError("the list of public suffixes was requested")

    monkeypatch.setattr(socket, "getaddrinfo", connect)
    monkeypatch.setattr(socket.socket, "connect", connect)
    crawler = get_crawler(settings_dict={"COOKIES_ENABLED": True})
    middleware = CookiesMiddleware.from_crawler(crawler)
    lines = ["a=1; domain=github.io", "b=2; domain=co.uk", "c=3; domain=x.github.io"]
    first = page("https://x.github.io/")
    middleware.process_response(
        first, Response(first.url, headers={"Set-Cookie": lines}, request=first)
    )

    second = page("https://y.x.github.io/")
    middleware.process_request(second)
    assert second.headers.get("Cookie") == b"c=3"
