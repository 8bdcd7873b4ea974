from __future__ import annotations

import asyncio
import errno
from collections.abc import Callable
from typing import Any

import pytest
from scrapy import Request, Spider
from scrapy.downloadermiddlewares.redirect import RedirectMiddleware
from scrapy.downloadermiddlewares.retry import RetryMiddleware
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadTimeoutError,
    IgnoreRequest,
)
from scrapy.http import Response
from scrapy.robotstxt import ProtegoRobotParser
from scrapy.spidermiddlewares.httperror import HttpError
from scrapy.utils.test import get_crawler

from fpcrawler.crawl.failures import (
    HostUnreachable,
    NoAnswerFromDns,
    PrivateAddress,
    failure_name,
    failure_sentence,
)
from fpcrawler.handlers.file import OutsideFolder
from fpcrawler.middlewares.addresses import AddressesMiddleware
from fpcrawler.settings import RETRY_EXCEPTIONS

URL = "https://a.example/b.jpg"


def raised_by(call: Callable[[], Any]) -> Exception:
    try:
        call()
    except Exception as error:  # noqa: BLE001
        return error
    pytest.fail("it did not raise")


def forbidden_by_robots() -> None:
    """Make Scrapy's middleware refuse a URL that robots.txt forbids."""
    crawler = get_crawler(settings_dict={"ROBOTSTXT_OBEY": True})
    middleware = RobotsTxtMiddleware.from_crawler(crawler)
    parser = ProtegoRobotParser.from_crawler(crawler, b"User-agent: *\nDisallow: /")
    middleware.process_request_2(parser, Request(URL))


def redirected_too_often() -> None:
    """Make Scrapy's middleware refuse one redirect too many."""
    middleware = RedirectMiddleware.from_crawler(get_crawler())
    request = Request(URL, meta={"redirect_times": 99})
    response = Response(URL, status=302, headers={"Location": "/c"}, request=request)
    middleware.process_response(request, response)


def sent_to_a_private_address() -> None:
    AddressesMiddleware("listed").process_request(Request("http://127.0.0.1/"))


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (forbidden_by_robots, "ForbiddenByRobots"),
        (redirected_too_often, "TooManyRedirects"),
        (sent_to_a_private_address, "PrivateAddress"),
    ],
)
def test_a_refusal_of_a_component_has_a_name(
    call: Callable[[], None], name: str
) -> None:
    assert failure_name(raised_by(call)) == name


@pytest.mark.parametrize(
    ("error", "name", "sentence"),
    [
        pytest.param(
            HttpError(Response(URL, status=404)),
            "Http404",
            "the server returned status 404",
            id="RFC 9110 15.5.5",
        ),
        pytest.param(
            HttpError(Response(URL, status=503)),
            "Http503",
            "the server returned status 503",
            id="RFC 9110 15.6.4",
        ),
        pytest.param(
            HttpError(Response(URL, status=10**19)),
            "InvalidStatus",
            "the server returned status 10000000000000000000",
            id="RFC 9110 15: three digits",
        ),
        (
            CannotResolveHostError("DNS lookup failed: no results."),
            "CannotResolveHostError",
            "the host name was not found",
        ),
        (
            DownloadTimeoutError("took longer than 30.0 seconds.."),
            "DownloadTimeoutError",
            "no complete response within DOWNLOAD_TIMEOUT",
        ),
        (
            DownloadConnectionRefusedError("Connection was refused."),
            "DownloadConnectionRefusedError",
            "the server refused the connection",
        ),
        (
            HostUnreachable(errno.ENETUNREACH),
            "HostUnreachable",
            "no route leads to the host",
        ),
        (
            HostUnreachable(errno.EHOSTUNREACH),
            "HostUnreachable",
            "no route leads to the host",
        ),
        (
            HostUnreachable(errno.ETIMEDOUT),
            "HostUnreachable",
            "the host does not answer",
        ),
        (
            HostUnreachable(None),
            "HostUnreachable",
            "no connection to the host is possible",
        ),
        (
            HostUnreachable(errno.EACCES),
            "HostUnreachable",
            "no connection to the host is possible (Permission denied)",
        ),
        (
            PrivateAddress("http://10.0.0.1/ leads to the private host 10.0.0.1"),
            "PrivateAddress",
            "http://10.0.0.1/ leads to the private host 10.0.0.1",
        ),
        (
            OutsideFolder("file:///etc/passwd is outside the folder"),
            "OutsideFolder",
            "file:///etc/passwd is outside the folder",
        ),
        (IgnoreRequest("for a reason"), "IgnoreRequest", "for a reason"),
        (ConnectionResetError(), "ConnectionResetError", "ConnectionResetError"),
        (asyncio.CancelledError(), "CancelledError", "CancelledError"),
    ],
)
def test_a_failure_has_a_name_and_a_sentence(
    error: Exception, name: str, sentence: str
) -> None:
    assert failure_name(error) == name
    assert failure_sentence(error) == sentence


def test_a_missing_file_is_named_with_its_path() -> None:
    error = FileNotFoundError(2, "No such file or directory", "/a/b.jpg")

    assert failure_name(error) == "FileNotFoundError"
    assert "/a/b.jpg" in failure_sentence(error)


@pytest.mark.parametrize(
    ("error", "is_retried"),
    [
        (DownloadConnectionRefusedError("x"), True),
        (HostUnreachable(errno.ENETUNREACH), True),
        (NoAnswerFromDns("the name servers did not answer"), True),
        (CannotResolveHostError("x"), False),
        (PrivateAddress("x"), False),
    ],
)
def test_what_may_pass_is_retried(error: Exception, *, is_retried: bool) -> None:
    settings = {"RETRY_EXCEPTIONS": RETRY_EXCEPTIONS}
    crawler = get_crawler(settings_dict=settings)
    crawler.spider = Spider.from_crawler(crawler, "images")
    middleware = RetryMiddleware.from_crawler(crawler)

    again = middleware.process_exception(Request(URL), error)

    assert isinstance(again, Request) is is_retried
