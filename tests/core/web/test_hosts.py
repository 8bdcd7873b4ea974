from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fpcrawler.core.web.hosts import asked_host, asked_url

HOSTS = [
    pytest.param("faß.example", "xn--fa-hia.example", id="UTS 46 4 deviation ß"),
    pytest.param(
        "\u0392\u038c\u039b\u039f\u03c2.example",
        "xn--nxasmm1c.example",
        id="deviation \u03c2",
    ),
    pytest.param(
        "\u0646\u0627\u0645\u0647\u200c\u0627\u06cc.example",
        "xn--mgba3gch31f060k.example",
        id="deviation ZWNJ",
    ),
    pytest.param("xn--fa-hia.example", "xn--fa-hia.example", id="it is written so"),
    pytest.param("BÜCHER.example", "xn--bcher-kva.example", id="capitals"),
    pytest.param("a\u00adb.example", "ab.example", id="UTS 46 4 ignored"),
    pytest.param(
        "\uff41\u3002example\uff0e", "a.example.", id="fullwidth letters and dots"
    ),
    pytest.param("%66a%C3%9F.example", "xn--fa-hia.example", id="percent-encoded"),
    pytest.param("a_b-.example", "a_b-.example", id="no name of RFC 1123, but asked"),
    pytest.param("127.1", "127.0.0.1", id="URL 3.5 short IPv4 address"),
    pytest.param("0x7f.0.0.01", "127.0.0.1", id="hexadecimal, octal"),
    pytest.param("\uff11\uff12\uff17\u30020.0.1", "127.0.0.1", id="fullwidth digits"),
    pytest.param("[::FFFF:7f00:1]", "[::FFFF:7f00:1]", id="an IPv6 address stays"),
]
REFUSED = [
    pytest.param("", id="no host"),
    pytest.param("a b.example", id="URL 3.2 forbidden host code point"),
    pytest.param("a%00.example", id="an encoded one"),
    pytest.param("a%2Fb.example", id="an encoded delimiter"),
    pytest.param("a\u2100b.example", id="a sign that stands for one"),
    pytest.param("a\u2488example", id="UTS 46 5 disallowed"),
    pytest.param("%FF.example", id="no UTF-8"),
    pytest.param("1.2.3.999", id="URL 3.5 no IPv4 address"),
    pytest.param("[::g]", id="no IPv6 address"),
    pytest.param("a:b", id="a port"),
    pytest.param("a\\b", id="a slash to browsers"),
    pytest.param("a/b", id="more than a host"),
    pytest.param("\ud83d.example", id="half of a surrogate pair"),
]


@pytest.mark.parametrize(("host", "asked"), HOSTS)
def test_a_host_is_written_as_the_url_standard_does(host: str, asked: str) -> None:
    assert asked_host(host) == asked
    assert asked_host(asked) == asked


@pytest.mark.parametrize("host", REFUSED)
def test_a_host_that_the_url_standard_refuses_is_refused(host: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        asked_host(host)


@pytest.mark.parametrize(
    ("url", "asked"),
    [
        ("HTTP://faß.example", "http://xn--fa-hia.example/"),
        ("https://faß.example:8443?q=ß", "https://xn--fa-hia.example:8443/?q=%C3%9F"),
        ("http://ß:ü@x@faß.example/ß@", "http://xn--fa-hia.example/%C3%9F@"),
        ("http://a.example\\@b.example/", "http://a.example/@b.example/"),
        ("http:a.example/b?c=d#e", "http://a.example/b?c=d"),
        ("http://[::1]:80/a b", "http://[::1]/a%20b"),
        ("http://a.example/ß@faß.example", "http://a.example/%C3%9F@fa%C3%9F.example"),
        ("file:///faß/a b.jpg", "file:///fa%C3%9F/a%20b.jpg"),
    ],
)
def test_a_url_is_asked_for_as_browsers_do(url: str, asked: str) -> None:
    assert asked_url(url) == asked
    assert asked_url(asked) == asked


@pytest.mark.parametrize(
    "url",
    [
        "http://a.example:99999/",
        "http://a.example:b/",
        "http://[::1/",
        "http://[::1]a/",
        "http://@/",
    ],
)
def test_a_url_with_an_invalid_host_or_port_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        asked_url(url)


@given(st.text(max_size=20), st.text(max_size=10))
def test_a_url_that_can_be_requested_has_one_spelling(host: str, rest: str) -> None:
    for url in (f"http://{host}/{rest}", f"http://{host}{rest}"):
        try:
            asked = asked_url(url)
        except ValueError:
            continue
        assert asked.isascii()
        assert asked_url(asked) == asked
