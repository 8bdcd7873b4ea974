from __future__ import annotations

from typing import Any

import pytest
from scrapy.http import Headers
from twisted.web.client import Response
from twisted.web.http_headers import Headers as TwistedHeaders
from twisted.web.iweb import UNKNOWN_LENGTH

from fpcrawler.crawl.borrowed import ResponseReader, ScrapyAgent
from fpcrawler.handlers import download
from fpcrawler.handlers.download import Download

OWN = {"__init__", "_is_picture"}


@pytest.mark.parametrize(
    ("ours", "scrapys"),
    [(Download, ScrapyAgent), (download._SampleReader, ResponseReader)],
)
def test_scrapy_still_calls_the_methods_that_are_replaced(
    ours: type, scrapys: type
) -> None:
    functions = {name for name, value in vars(ours).items() if callable(value)}
    replaced = functions - OWN

    assert replaced
    assert replaced <= vars(scrapys).keys()


@pytest.mark.parametrize("length", [UNKNOWN_LENGTH, 0, 10_241])
def test_the_headers_are_those_that_scrapy_makes(length: object) -> None:
    lines = [
        (b"ETag", [b'"a"']),
        (b"content-type", [b"image/jpeg"]),
        (b"x-amz-meta", [b"1", b"2"]),
        (b"Www-authenticate", [b"\xff"]),
    ]
    received = TwistedHeaders(dict(lines))
    response: Any = Response((b"HTTP", 1, 1), 200, b"OK", received, None)  # type: ignore[no-untyped-call]
    response.length = length

    ours = download._headers_of(response)

    assert isinstance(ours, Headers)
    assert dict(ours) == dict(ScrapyAgent._headers_from_twisted_response(response))
