from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from scrapy import Request
from scrapy.downloadermiddlewares.httpproxy import HttpProxyMiddleware
from scrapy.utils.test import get_crawler

from fpcrawler.core.web.onion import is_onion
from fpcrawler.crawl.errand import errand_of
from fpcrawler.crawl.requests import (
    RangeFingerprinter,
    image_again,
    part_request,
)
from fpcrawler.handlers.web import WebDownloadHandler
from fpcrawler.tor import (
    CircuitCut,
    NotThroughTor,
    OnionTimeout,
    OnionUnreachable,
    TorUnavailable,
)
from fpcrawler.tor.headers import TorHeadersMiddleware
from fpcrawler.tor.middleware import InvalidOnion, LinkedClearnet, TorMiddleware
from fpcrawler.tor.proxies import BadProxy, TorProxies, checked_proxies
from fpcrawler.tor.retry import RETRIES, TorRetryMiddleware
from tests.errands import image, page
from tests.servers.files import folder
from tests.servers.http import serving
from tests.servers.quirks import GALLERY

A = "2gzyxa5ihm7nsggfxnu52rck2vv4rvmdlkiu3zzui5du4xyclen53wid"
B = "duckduckgogg42xjoc72x3sjasowoarfbgcmvfimaftt6twagswzczad"
PROXY = "socks5h://127.0.0.1:9050"
PROXIES = [f"socks5h://127.0.0.{number}:9050" for number in range(1, 8)]


def routed(request: Request, *, drops_clearnet: bool = False) -> Request:
    middleware = TorMiddleware(
        TorProxies([PROXY]),
        timeout=60,
        drops_clearnet=drops_clearnet,
    )
    middleware.process_request(request)
    return request


def user_of(request: Request) -> str | None:
    proxy: str = request.meta["proxy"]
    return urlsplit(proxy).username


@pytest.mark.parametrize(
    ("request_", "first_party"),
    [
        (page(f"http://{A}.onion/"), A),
        (page(f"http://www.{A.upper()}.onion/"), A),
        (image(f"http://{A}.onion/a.jpg", is_listed=True), A),
        (image(f"http://{B}.onion/a.jpg", led_by=A), A),
        (image("https://a.example/a.jpg", led_by=A), A),
        (page("https://a.example/", led_by=A), A),
        (page(f"http://{B}.onion/", led_by=A), B),
        (Request(f"http://{A}.onion/robots.txt"), A),
        (
            part_request(
                "https://a.example/a.js", {}, routed(page(f"http://{A}.onion/"))
            ),
            A,
        ),
    ],
)
def test_the_page_that_led_there_is_the_first_party(
    request_: Request, first_party: str
) -> None:
    routed(request_)

    assert user_of(request_) == errand_of(request_).first_party == first_party
    assert request_.meta["dont_merge_cookies"]


def test_only_onions_and_what_they_lead_to_are_proxied() -> None:
    for request in (
        page("https://a.example/"),
        image("http://a.onion.example/a.jpg"),
        Request("file:///a.onion"),
    ):
        assert "proxy" not in routed(request).meta


def test_the_first_party_lasts_over_redirects() -> None:
    asked = routed(image(f"http://{A}.onion/a.jpg", is_listed=True))
    redirected = routed(asked.replace(url="https://a.example/a.jpg"))

    assert user_of(redirected) == A


def test_an_onion_page_at_the_end_of_a_redirect_is_its_own_first_party() -> None:
    redirected = routed(page(f"http://{A}.onion/")).replace(url=f"http://{B}.onion/")

    assert user_of(routed(redirected)) == B


def test_a_new_request_for_a_clear_image_that_led_to_an_onion_is_direct() -> None:
    asked = routed(image("https://a.example/a.jpg"))
    asked.meta["redirect_urls"] = ["https://a.example/a.jpg"]
    at_onion = routed(asked.replace(url=f"http://{A}.onion/a.jpg"))
    again = image_again(at_onion, is_whole=True)

    assert again.url == "https://a.example/a.jpg"
    assert "Range" not in again.headers
    assert "proxy" not in again.meta
    assert "proxy" not in routed(again).meta


def test_a_malformed_onion_is_refused() -> None:
    with pytest.raises(InvalidOnion, match="version 2"):
        routed(page("http://expyuzz4wqqyqhjn.onion/"))


def test_links_of_onion_pages_can_be_dropped() -> None:
    with pytest.raises(LinkedClearnet):
        routed(image("https://a.example/a.jpg", led_by=A), drops_clearnet=True)
    routed(image(f"http://{B}.onion/a.jpg", led_by=A), drops_clearnet=True)
    routed(image("https://a.example/a.jpg"), drops_clearnet=True)


def test_an_onion_always_uses_the_same_proxy() -> None:
    ports = {
        party: {
            urlsplit(TorProxies(PROXIES).proxy_of(party)).hostname for _ in range(9)
        }
        for party in (A, B, *map(str, range(50)))
    }

    assert all(len(hosts) == 1 for hosts in ports.values())
    assert len(set.union(*ports.values())) == len(PROXIES)


def test_credentials_differ_by_site_and_by_crawl() -> None:
    one, other = TorProxies([PROXY]), TorProxies([PROXY])

    assert one.proxy_of(A) == one.proxy_of(A)
    assert len({one.proxy_of(A), one.proxy_of(B), other.proxy_of(A)}) == 3
    assert re.fullmatch(
        r"socks5h://[A-Za-z0-9._~-]{56}:[A-Za-z0-9._~-]{32}@127.0.0.1:9050",
        one.proxy_of(A),
    )


@pytest.mark.parametrize(
    "proxy",
    [
        "127.0.0.1:9050",
        "http://127.0.0.1:9050",
        "socks5://127.0.0.1:9050",
        "socks5h://127.0.0.1",
        "socks5h://127.0.0.1:99999",
        "socks5h://:9050",
        "socks5h://me:x@127.0.0.1:9050",
        "socks5h://127.0.0.1:9050/path",
        "socks5h://127.0.0.1:9050?x=1",
        "socks5h://127.0.0.1:0",
        "socks5h://a..b:9050",
        f"socks5h://{'a' * 64}:9050",
        f"socks5h://{A}.onion:9050",
        "",
    ],
)
def test_other_proxies_are_refused_by_their_value(proxy: str) -> None:
    with pytest.raises(BadProxy, match=re.escape(repr(proxy))):
        checked_proxies([PROXY, proxy])


def test_proxies_are_read_as_the_command_line_passes_them() -> None:
    crawler = get_crawler(
        settings_dict={"TOR_PROXIES": f"{PROXY}, socks5h://[::1]:9150/"}
    )
    given = crawler.settings.getlist("TOR_PROXIES")

    assert checked_proxies(given) == [PROXY, "socks5h://[::1]:9150"]
    with pytest.raises(BadProxy, match="empty"):
        checked_proxies([])


# --- The handler -------------------------------------------------------------


def without_proxy(request: Request) -> None:
    del request.meta["proxy"]


def without_proxy_and_party(request: Request) -> None:
    request.meta.clear()


def through_another(request: Request) -> None:
    request.meta["proxy"] = "socks5h://x:x@127.0.0.1:9999"


def through_a_web_proxy(request: Request) -> None:
    request.meta["proxy"] = "http://127.0.0.1:9050"


def without_credentials(request: Request) -> None:
    request.meta["proxy"] = PROXY


@pytest.mark.parametrize(
    "tamper",
    [
        without_proxy,
        without_proxy_and_party,
        through_another,
        through_a_web_proxy,
        without_credentials,
    ],
)
@pytest.mark.parametrize(
    "url", [f"http://{A}.onion/", f"https://{A}.onion/", f"http://{A}.onion./"]
)
def test_the_handler_refuses_an_onion_that_lost_its_proxy(
    tamper: Callable[[Request], None], url: str
) -> None:
    request = Request(url, meta={"proxy": TorProxies([PROXY]).proxy_of(A)})
    tamper(request)

    with pytest.raises(NotThroughTor):
        asyncio.run(handled(request))


def test_the_handler_refuses_a_direct_link_of_an_onion_page() -> None:
    with serving(folder(GALLERY)) as server:
        request = image(f"{server.url}/harbour.jpg", led_by=A)
        with pytest.raises(NotThroughTor):
            asyncio.run(handled(request))

    assert not server.asked


async def handled(request: Request) -> Any:
    handler = WebDownloadHandler(get_crawler(settings_dict={"TOR_PROXIES": [PROXY]}))
    return await handler.download_request(request)


# --- Headers -----------------------------------------------------------------


def sent(request: Request, **headers: str) -> dict[str, str]:
    request.headers.update(headers)
    routed(request)
    HttpProxyMiddleware().process_request(request)
    TorHeadersMiddleware("Mozilla/5.0 (one)").process_request(request)
    return {
        str(k): v
        for k, v in request.headers.to_unicode_dict().items()
        if isinstance(v, str)
    }


def test_all_requests_have_the_headers_of_one_browser_only() -> None:
    headers = sent(
        page(f"http://{A}.onion/"),
        **{
            "User-Agent": "me",
            "X-Case": "17",
            "Cookie": "a=b",
            "Accept-Language": "de",
        },
    )

    assert headers == {
        "User-Agent": "Mozilla/5.0 (one)",
        "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
        "Accept-Language": "en-US,en;q=0.5",
    }


def test_an_image_keeps_its_range() -> None:
    headers = sent(image(f"http://{A}.onion/a.jpg"))

    assert headers["Range"] == "bytes=0-10240"
    assert headers["Accept-Encoding"] == "identity"


def test_requests_to_the_clear_web_are_unchanged() -> None:
    assert sent(page("https://a.example/"), **{"X-Case": "17"}) == {"X-Case": "17"}


@pytest.mark.parametrize(
    ("referrer", "url", "is_sent"),
    [
        (f"http://{A}.onion/", f"http://{A}.onion/a.jpg", True),
        (f"http://{A}.onion/", f"https://{A}.onion/a.jpg", True),
        (f"http://{A}.onion/", f"http://{B}.onion/a.jpg", False),
        (f"http://{A}.onion/", f"http://www.{A}.onion/a.jpg", False),
        (f"http://{A}.onion/", "https://a.example/a.jpg", False),
        ("https://a.example/", f"http://{A}.onion/a.jpg", False),
        ("https://a.example/", "https://b.example/a.jpg", True),
    ],
)
def test_an_onion_is_never_sent_as_referer_to_another_host(
    referrer: str, url: str, *, is_sent: bool
) -> None:
    party = A if is_onion(urlsplit(referrer).hostname or "") else B
    headers = sent(image(url, led_by=party), Referer=referrer)

    assert ("Referer" in headers) is is_sent


# --- Retries -----------------------------------------------------------------


def tries(error: type[Exception], *, times: int = 9) -> int:
    """Count the retries of a request that always fails with ``error``."""
    crawler = get_crawler()
    crawler.spider = crawler._create_spider("images")
    middleware = TorRetryMiddleware(crawler, retry_times=times)
    request: Request | None = Request(f"http://{A}.onion/")
    count = -1
    while request is not None:
        count += 1
        request = asyncio.run(middleware.process_exception(request, error("x")))
    return count


@pytest.mark.parametrize("error", [CircuitCut, OnionUnreachable, OnionTimeout])
def test_each_failure_has_its_own_number_of_retries(error: type[Exception]) -> None:
    assert tries(error) == RETRIES[error].times > 0
    assert tries(error, times=0) == 0


def test_a_tor_that_is_not_running_is_not_retried() -> None:
    assert tries(TorUnavailable) == 0
    assert tries(OSError) == 0


# --- The same image by two routes --------------------------------------------


def test_a_direct_request_and_one_through_tor_are_not_duplicates() -> None:
    fingerprint = RangeFingerprinter().fingerprint
    direct, led = (
        image("https://a.example/a.jpg"),
        image("https://a.example/a.jpg", led_by=A),
    )
    onion, onion_led = (
        image(f"http://{A}.onion/a.jpg"),
        image(f"http://{A}.onion/a.jpg", led_by=B),
    )

    assert fingerprint(direct) != fingerprint(led)
    assert fingerprint(led) == fingerprint(routed(led.copy()))
    assert fingerprint(onion) == fingerprint(onion_led)
