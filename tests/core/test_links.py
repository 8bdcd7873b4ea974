from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from parsel import Selector

from fpcrawler.core.links import image_urls

PAGE = "https://a.example/gallery/index.html"


def urls_of(html: str, url: str = PAGE) -> list[str]:
    return list(image_urls(Selector(html), url))


@pytest.mark.parametrize(
    ("reference", "url"),
    [
        pytest.param("b.jpg", "https://a.example/gallery/b.jpg", id="RFC 3986 5.4.1 g"),
        pytest.param("./b", "https://a.example/gallery/b", id="RFC 3986 5.4.1 ./g"),
        pytest.param("/b.jpg", "https://a.example/b.jpg", id="RFC 3986 5.4.1 /g"),
        pytest.param("//c.example/b", "https://c.example/b", id="RFC 3986 5.4.1 //g"),
        pytest.param("?b=c", f"{PAGE}?b=c", id="RFC 3986 5.4.1 ?y"),
        pytest.param("../b.jpg", "https://a.example/b.jpg", id="RFC 3986 5.4.1 ../g"),
        pytest.param(
            "../../b", "https://a.example/b", id="RFC 3986 5.4.2 above the root"
        ),
        pytest.param("http://c.example/b", "http://c.example/b", id="absolute"),
        pytest.param("b.jpg#c", "https://a.example/gallery/b.jpg", id="fragment"),
        pytest.param(
            "\n  b.jpg\t", "https://a.example/gallery/b.jpg", id="WHATWG URL 4.4 blanks"
        ),
        pytest.param(
            "a\n\tb.jpg",
            "https://a.example/gallery/ab.jpg",
            id="WHATWG URL 4.4 newline within",
        ),
        pytest.param(
            "b.jpg?c=1&amp;d=2",
            "https://a.example/gallery/b.jpg?c=1&d=2",
            id="HTML 13.1.4 character reference",
        ),
        pytest.param("data:image/gif;base64,R0", "data:image/gif;base64,R0", id="data"),
    ],
)
def test_a_reference_is_resolved(reference: str, url: str) -> None:
    assert urls_of(f'<img src="{reference}">') == [url]


@pytest.mark.parametrize(
    "html",
    [
        pytest.param("<img>", id="no src"),
        pytest.param('<img src="">', id="HTML 4.8.4.3 empty src"),
        pytest.param('<img src="  ">', id="blank src"),
        pytest.param('<img src="http://[">', id="no URL at all"),
        pytest.param('<a src="b.jpg">', id="another element"),
        pytest.param("", id="empty page"),
    ],
)
def test_nothing_is_no_image(html: str) -> None:
    assert urls_of(html) == []


def test_a_bad_reference_does_not_hide_the_next() -> None:
    assert urls_of('<img src="http://["><img src="/b">') == ["https://a.example/b"]


def test_images_come_once_in_the_order_of_the_page() -> None:
    html = '<p><img src="b"><IMG SRC="a"></p><img src="b#again"><img src="./a">'

    assert urls_of(html) == [
        "https://a.example/gallery/b",
        "https://a.example/gallery/a",
    ]


@pytest.mark.parametrize(
    ("base", "url"),
    [
        pytest.param(
            '<base href="https://c.example/d/">', "https://c.example/d/b", id="absolute"
        ),
        pytest.param('<base href="/d/">', "https://a.example/d/b", id="relative"),
        pytest.param(
            '<base target="_blank"><base href="/d/"><base href="/e/">',
            "https://a.example/d/b",
            id="HTML 4.2.3 the first with href",
        ),
        pytest.param('<base href="">', "https://a.example/gallery/b", id="empty"),
        pytest.param(
            '<base href="http://[">',
            "https://a.example/gallery/b",
            id="HTML 4.2.3 no URL",
        ),
        pytest.param(
            '<base href="data:text/plain,d">',
            "https://a.example/gallery/b",
            id="HTML 4.2.3 data",
        ),
        pytest.param(
            '<base href="javascript:void(0)">',
            "https://a.example/gallery/b",
            id="HTML 4.2.3 javascript",
        ),
    ],
)
def test_a_base_element_overrides_the_pages_url(base: str, url: str) -> None:
    assert urls_of(f'<head>{base}</head><img src="b">') == [url]


def test_a_local_page_names_local_files() -> None:
    urls = urls_of('<img src="../b%20c.jpg">', "file:///home/a/index.html")

    assert urls == ["file:///home/b%20c.jpg"]


@given(st.text(), st.text())
def test_any_reference_and_base_give_one_url_at_most(base: str, src: str) -> None:
    html = Selector("<base><img>")
    html.css("base")[0].root.set("href", _xml(base))
    html.css("img")[0].root.set("src", _xml(src))

    assert len(list(image_urls(html, PAGE))) <= 1


def _xml(text: str) -> str:
    """Leave out what no attribute can hold."""
    return "".join(char for char in text if char.isprintable() or char in "\t\n\r")
