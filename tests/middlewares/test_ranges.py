from __future__ import annotations

import pytest
from scrapy import Request
from scrapy.exceptions import DownloadFailedError, ResponseDataLossError
from scrapy.http import Response
from twisted.internet.error import ConnectionDone, ConnectionLost
from twisted.python.failure import Failure
from twisted.web.client import ResponseFailed, ResponseNeverReceived

from fpcrawler.crawl.errand import errand_of
from fpcrawler.crawl.failures import HostUnreachable, OutOfDescriptors
from fpcrawler.middlewares.ranges import IMAGES_IN_A_ROW, RangesMiddleware
from tests.errands import image, page

PICTURE = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(20)
URL = "https://a.example/{}.jpg"


def crawl_image(
    middleware: RangesMiddleware,
    number: int,
    *,
    to_range: int,
    body: bytes = PICTURE,
    url: str = URL,
) -> bool:
    """Request an image; return whether it was asked for by a range.

    ``to_range``: the status of a request with Range; one without gets a 200.
    """
    request = image(url.format(number))
    middleware.process_request(request)
    by_range = "Range" in request.headers
    status = to_range if by_range else 200
    answer = Response(request.url, status=status, body=body)
    then = middleware.process_response(request, answer)
    if isinstance(then, Request):
        assert "Range" not in then.headers
        answer = Response(then.url, status=200, body=body)
        assert middleware.process_response(then, answer) is answer
    return by_range


def test_after_three_images_in_a_row_no_range_is_sent() -> None:
    middleware = RangesMiddleware()
    by_range = [crawl_image(middleware, n, to_range=500) for n in range(5)]

    assert by_range == [True] * IMAGES_IN_A_ROW + [False] * 2


@pytest.mark.parametrize(
    ("statuses", "still_asks"),
    [
        pytest.param([500, 500, 206, 500, 500], True, id="a range in between"),
        pytest.param([500, 403, 304], False, id="different failures"),
        pytest.param([404, 404, 404], True, id="RFC 9110 15.5.5 no such images"),
        pytest.param([200, 200, 200], True, id="RFC 9110 14.2 the Range is ignored"),
    ],
)
def test_only_failures_in_a_row_count(statuses: list[int], *, still_asks: bool) -> None:
    middleware = RangesMiddleware()
    for number, status in enumerate(statuses):
        crawl_image(middleware, number, to_range=status)

    assert crawl_image(middleware, 9, to_range=206) is still_asks


def test_a_page_in_place_of_the_image_does_not_count() -> None:
    middleware = RangesMiddleware()
    for number in range(IMAGES_IN_A_ROW):
        crawl_image(middleware, number, to_range=403, body=b"<!DOCTYPE html>Log in")

    assert crawl_image(middleware, 9, to_range=206)


def test_another_host_or_port_is_asked_by_range() -> None:
    middleware = RangesMiddleware()
    for number in range(IMAGES_IN_A_ROW):
        crawl_image(middleware, number, to_range=500)

    assert crawl_image(middleware, 9, to_range=206, url="https://a.example:8443/{}.jpg")


def test_an_image_of_a_remembered_host_says_so() -> None:
    middleware = RangesMiddleware()
    for number in range(IMAGES_IN_A_ROW):
        crawl_image(middleware, number, to_range=500)
    request = image(URL.format(9))
    middleware.process_request(request)

    assert errand_of(request).lacks_ranges
    assert errand_of(request).is_whole


def failed(
    *reasons: Exception, kind: type[ResponseFailed] = ResponseFailed
) -> Exception:
    error = DownloadFailedError()
    error.__cause__ = kind(list(map(Failure, reasons)))
    return error


@pytest.mark.parametrize(
    ("error", "is_asked_again"),
    [
        pytest.param(ResponseDataLossError(), True, id="a body that is too short"),
        pytest.param(failed(ConnectionLost()), True, id="broken off"),
        pytest.param(
            failed(ConnectionDone(), kind=ResponseNeverReceived), True, id="closed"
        ),
        pytest.param(failed(ValueError()), False, id="not HTTP"),
        pytest.param(HostUnreachable(None), False, id="no connection"),
        pytest.param(OutOfDescriptors(), False, id="no descriptor"),
    ],
)
def test_a_connection_that_closes_too_early_may_be_due_to_the_range(
    error: Exception, *, is_asked_again: bool
) -> None:
    request = image(URL.format(1))
    again = RangesMiddleware().process_exception(request, error)

    assert (again is not None) is is_asked_again
    if again is not None:
        assert "Range" not in again.headers
        assert again.meta["retry_times"] == 1  # one of RETRY_TIMES


def test_pages_and_images_without_range_are_not_asked_again() -> None:
    middleware, failure = RangesMiddleware(), Response("https://a.example/", status=500)
    whole = image(URL.format(1))
    del whole.headers["Range"]

    for request in (page("https://a.example/"), whole):
        assert middleware.process_response(request, failure) is failure
        assert middleware.process_exception(request, ResponseDataLossError()) is None
