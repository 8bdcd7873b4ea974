from __future__ import annotations

import pytest
from scrapy import Request, Spider
from scrapy.downloadermiddlewares.redirect import RedirectMiddleware
from scrapy.http import Response
from scrapy.utils.test import get_crawler

from fpcrawler.middlewares.addresses import AddressesMiddleware, PrivateAddress
from tests.errands import page


def listed(url: str) -> Request:
    return page(url, is_listed=True)


def redirect(request: Request, location: str) -> Request:
    """Let Scrapy's own middleware follow a redirect."""
    headers = {"Location": location}
    response = Response(request.url, status=302, headers=headers, request=request)
    middleware = RedirectMiddleware.from_crawler(get_crawler())
    followed = middleware.process_response(request, response)
    assert isinstance(followed, Request)
    return followed


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "https://localhost:8443/a.jpg",
        "http://169.254.169.254/latest/meta-data/",
        "http://[::1]/",
        "http://[::ffff:7f00:1]/",
        "http://0x7f.1/",
        "http://2130706433/",
        "http://user:password@10.0.0.1/",
        "http://10.0.0.1./",
        "http://router.local/",
        "http://intranet/",
        "HTTP://LOCALHOST/",
        pytest.param("http://127.0\u30020.1/", id="UTS 46 4 ideographic full stop"),
        pytest.param("http://127.0.0.\u00ad1/", id="UTS 46 4 soft hyphen"),
        pytest.param("http://\u2460\u2461\u2466.0.0.1/", id="UTS 46 4 circled digits"),
        pytest.param("http://127.0.0.%31/", id="RFC 3986 2.1 percent"),
        pytest.param("http://a.example@127.0.0.1/", id="RFC 3986 7.6 userinfo"),
    ],
)
def test_a_page_cannot_lead_to_a_private_host(url: str) -> None:
    with pytest.raises(PrivateAddress, match="leads to the private host"):
        AddressesMiddleware().process_request(Request(url))


@pytest.mark.parametrize(
    "url",
    [
        "https://a.example/b.jpg",
        "http://8.8.8.8/",
        "http://[2606:4700:4700::1111]/",
        "file:///home/a/b.jpg",
        "data:image/gif;base64,R0lGODlh",
    ],
)
def test_a_public_host_and_a_local_file_are_allowed(url: str) -> None:
    AddressesMiddleware().process_request(Request(url))


def test_a_listed_private_host_is_allowed() -> None:
    AddressesMiddleware().process_request(listed("http://127.0.0.1:8000/"))


def test_a_page_of_a_listed_private_host_may_name_its_images() -> None:
    middleware = AddressesMiddleware()
    middleware.process_request(listed("http://127.0.0.1:8000/"))

    middleware.process_request(Request("http://127.1:8000/a.jpg"))
    with pytest.raises(PrivateAddress):
        middleware.process_request(Request("http://127.0.0.2:8000/a.jpg"))


def test_a_listed_public_host_allows_no_private_one() -> None:
    middleware = AddressesMiddleware()
    middleware.process_request(listed("https://a.example/"))

    with pytest.raises(PrivateAddress):
        middleware.process_request(Request("http://127.0.0.1/"))


@pytest.mark.parametrize("location", ["http://127.0.0.1/", "//localhost/", "http://0/"])
def test_a_redirect_of_a_listed_url_cannot_lead_to_a_private_host(
    location: str,
) -> None:
    middleware = AddressesMiddleware()
    request = listed("https://a.example/b.jpg")
    middleware.process_request(request)

    with pytest.raises(PrivateAddress):
        middleware.process_request(redirect(request, location))


def test_a_refused_redirect_does_not_list_the_host() -> None:
    middleware = AddressesMiddleware()
    followed = redirect(listed("https://a.example/b.jpg"), "http://127.0.0.1/")

    for _ in range(2):
        with pytest.raises(PrivateAddress):
            middleware.process_request(followed)


def test_the_host_of_a_listed_url_that_is_done_stays_allowed() -> None:
    middleware = AddressesMiddleware()
    middleware.allow("http://127.0.0.1:8000/recorded.jpg")

    middleware.process_request(Request("http://127.0.0.1:8000/a.jpg"))
    with pytest.raises(PrivateAddress):
        middleware.process_request(Request("http://127.0.0.2/a.jpg"))


def test_a_queue_on_the_disk_keeps_the_listed_hosts() -> None:
    spider = Spider("images")
    spider.state = {}  # type: ignore[attr-defined] # as Scrapy's SpiderState does
    before, after = AddressesMiddleware(), AddressesMiddleware()
    before.opened(spider)
    before.process_request(listed("http://127.0.0.1:8000/"))
    after.opened(spider)

    after.process_request(Request("http://127.0.0.1:8000/a.jpg"))
