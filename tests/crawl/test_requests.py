from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scrapy import Request
from scrapy.utils.test import get_crawler

from fpcrawler.core.fingerprint.head import SAMPLE_RANGE
from fpcrawler.core.links.references import Base
from fpcrawler.crawl.budget import Spending
from fpcrawler.crawl.errand import errand_of
from fpcrawler.crawl.requests import (
    RangeFingerprinter,
    count_downloaded,
    image_again,
)
from tests.errands import URL, image, nothing, page


def redirected(request: Request, url: str) -> Request:
    """Return what Scrapy's RedirectMiddleware makes of a request."""
    return request.replace(
        url=url,
        meta={
            **request.meta,
            "redirect_urls": [request.url],
            "redirect_reasons": [302],
            "redirect_times": 1,
        },
    )


def test_an_image_request_names_its_sample_and_no_coding() -> None:
    request = image(page_url="https://a.example/")

    assert request.headers["Range"] == SAMPLE_RANGE.encode() == b"bytes=0-10240"
    # RFC 9110 section 12.5.3: no coding, so that offsets are those of the file
    assert request.headers["Accept-Encoding"] == b"identity"
    assert errand_of(request).page_url == "https://a.example/"
    assert errand_of(request).kind == "image"


def test_a_page_is_requested_whole() -> None:
    request = page(is_listed=True)

    assert "Range" not in request.headers
    assert "Accept-Encoding" not in request.headers
    assert errand_of(request).kind == "page"
    assert errand_of(request).is_listed


@given(st.text(max_size=20), st.text(max_size=10))
def test_a_request_keeps_the_normalized_url(host: str, rest: str) -> None:
    """Pairs, notes and levels use the same URL as the record."""
    for reference in (f"http://{host}/{rest}", f"file:///{rest}", f"{host}{rest}"):
        url = Base(URL).absolute(reference)[1]

        assert not url or image(url).url == page(url).url == url


def test_a_request_of_another_component_has_no_kind_of_ours() -> None:
    assert errand_of(Request("https://a.example/robots.txt")).kind == "other"


def test_the_whole_image_is_requested_without_a_range() -> None:
    ranged = image(page_url="https://a.example/")

    plain = image_again(ranged, is_whole=True)

    assert "Range" not in plain.headers
    assert plain.headers["Accept-Encoding"] == b"identity"
    assert errand_of(plain).is_whole
    assert errand_of(plain).page_url == "https://a.example/"
    assert plain.dont_filter
    assert ranged.headers["Range"] == SAMPLE_RANGE.encode()
    assert not errand_of(ranged).is_whole


def test_the_whole_image_is_requested_by_its_url_before_redirects() -> None:
    moved = redirected(image(), "https://c.example/d.jpg")

    plain = image_again(moved, is_whole=True)

    assert plain.url == URL
    assert errand_of(plain).requested_url == URL
    assert "redirect_times" not in plain.meta


def test_an_image_is_requested_again_like_the_first_time() -> None:
    first = image(page_id=1, is_listed=True)
    count_downloaded(first, get_crawler().stats, 10_241)
    moved = redirected(first, "https://c.example/")
    again = image_again(image_again(moved, is_whole=True))

    assert again.url == URL
    assert again.headers["Range"] == SAMPLE_RANGE.encode()
    assert again.dont_filter
    assert (again.callback, again.errback) == (nothing, nothing)
    spending = Spending(Counter({"sample": 3}), Counter({"sample": 10_241}))
    errand = replace(errand_of(first), spending=spending)
    assert again.meta == {**first.meta, "errand": errand}


def test_a_redirected_request_is_known_by_its_first_url() -> None:
    request = image()

    assert errand_of(request).requested_url == URL
    moved = redirected(request, "https://c.example/")
    assert errand_of(moved).requested_url == URL
    assert errand_of(moved).url == moved.url


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        pytest.param(image(), image(page_url="https://a.example/"), True, id="image"),
        pytest.param(page(), page(is_listed=True), True, id="page"),
        pytest.param(image(), page(), False, id="image and page"),
        pytest.param(
            image(), image(at_listed_origin=True), True, id="public, and listed"
        ),
        pytest.param(
            image("http://10.0.0.1/"),
            image("http://10.0.0.1/", at_listed_origin=True),
            False,
            id="a private host that one of them may not reach",
        ),
        pytest.param(image(), image(f"{URL}?c=d"), False, id="two URLs"),
        pytest.param(
            image("https://a.example/?b=c&d=e"),
            image("https://a.example/?d=e&b=c"),
            False,
            id="a query in another order",
        ),
        pytest.param(
            Request(URL, headers={"Range": "bytes=0-1"}),
            Request(URL, headers={"Range": "bytes=0-2"}),
            False,
            id="two ranges",
        ),
        pytest.param(
            Request(
                URL, headers={"Range": "bytes=0-1", "Referer": "https://e.example"}
            ),
            Request(URL, headers={"range": "bytes=0-1"}),
            True,
            id="another header",
        ),
    ],
)
def test_requests_differ_by_url_and_range(
    one: Request,
    other: Request,
    *,
    is_same: bool,
) -> None:
    fingerprint = RangeFingerprinter().fingerprint

    assert (fingerprint(one) == fingerprint(other)) is is_same


def test_the_fingerprint_of_a_request_without_range_is_scrapys_own() -> None:
    # Other components of Scrapy store fingerprints, so these must stay equal.
    scrapys = get_crawler().request_fingerprinter
    assert scrapys is not None

    assert RangeFingerprinter().fingerprint(page()) == scrapys.fingerprint(page())


def test_the_bytes_of_an_image_are_added_up() -> None:
    stats, request = get_crawler().stats, image()

    count_downloaded(request, stats, 10_241)
    whole = image_again(request, is_whole=True)
    count_downloaded(whole, stats, 759)

    assert errand_of(whole).spending.received == {"sample": 11_000}
    assert stats.get_value("images/bytes_downloaded") == 11_000
