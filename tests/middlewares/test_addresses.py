from __future__ import annotations

import re
from collections.abc import Callable
from typing import get_args

import pytest
from scrapy import Request
from scrapy.downloadermiddlewares.redirect import RedirectMiddleware
from scrapy.http import Response
from scrapy.utils.test import get_crawler

from fpcrawler.core.file.extents import Extent
from fpcrawler.crawl.errand import Kind, errand_of
from fpcrawler.crawl.failures import PrivateAddress
from fpcrawler.crawl.requests import part_request, range_request, request_for
from fpcrawler.crawl.trail import trail_of
from fpcrawler.items import Source
from fpcrawler.middlewares.addresses import AddressesMiddleware, Policy
from tests.errands import image, nothing, page

Way = Callable[[Request, str], Request]

OWN = "http://10.0.0.1:8000"
PUBLIC = "https://a.example/"


def listed(url: str) -> Request:
    return page(url, is_listed=True, at_listed_origin=True)


def linked(kind: Kind) -> Way:
    def way(of: Request, url: str) -> Request:
        errand = trail_of(errand_of(of), of.url).to(kind, url)
        return request_for(errand, nothing, nothing)

    return way


def redirected(request: Request, location: str) -> Request:
    """Let Scrapy's own middleware follow a redirect."""
    errand_of(request)  # as in a crawl: each step is looked at
    headers = {"Location": location}
    response = Response(request.url, status=302, headers=headers, request=request)
    middleware = RedirectMiddleware.from_crawler(get_crawler())
    followed = middleware.process_response(request, response)
    assert isinstance(followed, Request)
    return followed


def range_of(sampled: Request) -> Request:
    source = Source(request=sampled, validator=None)
    return range_request(source, "metadata", Extent(100, 50))


def image_then_redirect(of: Request, url: str) -> Request:
    return redirected(linked("image")(of, f"{of.url}moved.jpg"), url)


def range_then_redirect(of: Request, url: str) -> Request:
    return redirected(range_of(linked("image")(of, f"{of.url}a.jpg")), url)


def script(of: Request, url: str) -> Request:
    return part_request(url, {}, of)


def script_then_redirect(of: Request, url: str) -> Request:
    return redirected(part_request(f"{of.url}a.js", {}, of), url)


def robots_then_redirect(of: Request, url: str) -> Request:
    return redirected(of.replace(url=f"{of.url}robots.txt"), url)


def image_of_style(of: Request, url: str) -> Request:
    return linked("image")(linked("style")(of, f"{of.url}a.css"), url)


def image_of_next_page(of: Request, url: str) -> Request:
    return linked("image")(linked("page")(of, f"{of.url}next"), url)


WAYS: dict[str, Way] = {
    "image": linked("image"),
    "page": linked("page"),
    "style sheet": linked("style"),
    "redirect": redirected,
    "redirected image": image_then_redirect,
    "redirected range": range_then_redirect,
    "script": script,
    "redirected script": script_then_redirect,
    "redirected robots.txt": robots_then_redirect,
    "image of a style sheet": image_of_style,
    "image of a followed page": image_of_next_page,
}
SPELLINGS = {
    "127.0.0.1": "RFC 1122 3.2.1.3 loopback",
    "10.0.0.1": "RFC 1918",
    "169.254.169.254": "RFC 3927 metadata of clouds",
    "100.100.100.200": "RFC 6598 metadata of Alibaba",
    "0.0.0.0": "RFC 791",
    "192.0.0.192": "RFC 6890 metadata of Oracle",
    "168.63.129.16": "metadata of Azure",
    "0x7f.1": "WHATWG URL 3.5 hexadecimal and short",
    "0177.0.0.01": "WHATWG URL 3.5 octal",
    "2130706433": "WHATWG URL 3.5 one number",
    "10.0.0.1.": "RFC 1034 3.1 rooted",
    "127\u30020.0.1": "UTS 46 4 ideographic full stop",
    "127.0.0.\u00ad1": "UTS 46 4 soft hyphen",
    "\u2460\u2461\u2466.0.0.1": "UTS 46 4 circled digits",
    "\uff11\uff12\uff17.0.0.1": "UTS 46 4 full width",
    "127.0.0.%31": "RFC 3986 2.1 percent",
    "a.example@127.0.0.1": "RFC 3986 7.6 userinfo",
    "user:pass%40word@10.0.0.1": "RFC 3986 3.2.1 userinfo",
    "[::]": "RFC 4291 2.5.2 unspecified",
    "[::1]": "RFC 4291 2.5.3 loopback",
    "[::ffff:7f00:1]": "RFC 4291 2.5.5.2 mapped",
    "[::ffff:169.254.169.254]": "RFC 4291 2.5.5.2 mapped, dotted",
    "[64:ff9b::a00:1]": "RFC 6052 NAT64",
    "[2002:a00:1::]": "RFC 3056 6to4",
    "[2001:0:a00:1::5601:101]": "RFC 4380 Teredo by its server",
    "[fd00:ec2::254]": "RFC 4193 metadata of Amazon",
    "[fe80::1%25eth0]": "RFC 6874 zone",
    "LOCALHOST": "RFC 6761 6.3",
    "loca%6Chost": "RFC 6761 6.3, percent",
    "metadata.google.internal": "metadata of Google",
    "router.local": "RFC 6762",
    "intranet": "a single label",
}


@pytest.fixture
def middleware() -> AddressesMiddleware:
    return AddressesMiddleware("listed")


def refused(request: Request, middleware: AddressesMiddleware) -> bool:
    try:
        middleware.process_request(request)
    except PrivateAddress:
        return True
    return False


@pytest.mark.parametrize("host", [pytest.param(k, id=v) for k, v in SPELLINGS.items()])
@pytest.mark.parametrize("way", [pytest.param(v, id=k) for k, v in WAYS.items()])
def test_a_public_page_reaches_no_private_host(
    way: Way, host: str, middleware: AddressesMiddleware
) -> None:
    middleware.process_request(listed(f"http://{host}/"))
    asked = way(listed(PUBLIC), f"http://{host}/a.jpg")

    sentence = re.escape(f"{asked.url} leads to the private host")
    with pytest.raises(PrivateAddress, match=sentence):
        middleware.process_request(asked)
    assert not errand_of(asked).may_reach_private


@pytest.mark.parametrize("way", [pytest.param(v, id=k) for k, v in WAYS.items()])
@pytest.mark.parametrize(
    ("url", "is_refused"),
    [
        pytest.param(f"{OWN}/a.jpg", False, id="own origin"),
        pytest.param("https://10.1:8000/a.jpg", False, id="other scheme and spelling"),
        pytest.param("http://[::ffff:10.0.0.1]:8000/", False, id="mapped"),
        pytest.param("http://10.0.0.1/a.jpg", True, id="other port"),
        pytest.param("http://10.0.0.1:0/a.jpg", True, id="port 0"),
        pytest.param("http://10.0.0.2:8000/a.jpg", True, id="other host"),
        pytest.param("http://localhost:8000/a.jpg", True, id="other name"),
        pytest.param(PUBLIC, False, id="public"),
    ],
)
def test_a_listed_private_origin_reaches_no_other(
    way: Way, url: str, *, is_refused: bool, middleware: AddressesMiddleware
) -> None:
    asked = way(listed(f"{OWN}/"), url)

    assert refused(asked, middleware) is is_refused
    assert errand_of(asked).may_reach_private is (not is_refused and url != PUBLIC)


@pytest.mark.parametrize("way", [pytest.param(v, id=k) for k, v in WAYS.items()])
def test_whoever_leaves_a_listed_origin_does_not_come_back(
    way: Way, middleware: AddressesMiddleware
) -> None:
    left = redirected(listed(f"{OWN}/"), PUBLIC)

    assert refused(way(left, f"{OWN}/a.jpg"), middleware)


def test_the_ranges_of_an_image_reach_what_its_sample_reached(
    middleware: AddressesMiddleware,
) -> None:
    asked = range_of(linked("image")(listed(f"{OWN}/"), f"{OWN}/a.jpg"))
    middleware.process_request(asked)

    assert errand_of(asked).may_reach_private
    assert errand_of(asked).kind == "range"


def test_a_listed_public_name_may_resolve_to_a_private_address(
    middleware: AddressesMiddleware,
) -> None:
    own, foreign = listed(PUBLIC), linked("image")(listed(OWN), PUBLIC)
    for request in (own, foreign):
        middleware.process_request(request)

    assert errand_of(own).may_reach_private
    assert not errand_of(foreign).may_reach_private


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
@pytest.mark.parametrize("policy", get_args(Policy))
def test_a_public_host_and_a_local_file_are_allowed(url: str, policy: Policy) -> None:
    AddressesMiddleware(policy).process_request(Request(url))


def test_a_local_page_reaches_no_private_host(middleware: AddressesMiddleware) -> None:
    local = listed("file:///home/a/index.html")

    assert refused(linked("image")(local, f"{OWN}/a.jpg"), middleware)


@pytest.mark.parametrize(
    ("policy", "is_listed_refused", "is_found_refused"),
    [("listed", False, True), ("deny", True, True), ("allow", False, False)],
)
def test_the_setting_decides_for_listed_and_for_found_urls(
    policy: Policy, *, is_listed_refused: bool, is_found_refused: bool
) -> None:
    crawler = get_crawler(settings_dict={"PRIVATE_ADDRESSES": policy})
    middleware = AddressesMiddleware.from_crawler(crawler)
    own, found = listed(OWN), image(f"{OWN}/a.jpg")

    assert refused(own, middleware) is is_listed_refused
    assert refused(found, middleware) is is_found_refused
    assert errand_of(own).may_reach_private is not is_listed_refused
    assert errand_of(found).may_reach_private is not is_found_refused


def test_the_refusal_of_a_listed_host_names_the_setting() -> None:
    with pytest.raises(PrivateAddress, match="PRIVATE_ADDRESSES is deny"):
        AddressesMiddleware("deny").process_request(listed(OWN))
