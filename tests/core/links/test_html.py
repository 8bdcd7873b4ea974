"""Pages of any depth are parsed, and elements with any number of attributes read."""

from __future__ import annotations

import pytest

from fpcrawler.core.links import found as found_module
from fpcrawler.core.links import listing as listing_module
from fpcrawler.core.links.page import css_links, html_links
from fpcrawler.core.links.sitemaps import listing_of

URL = "https://a.example/"
DEEP = 3_000
MANY = 300
FEW_LINKS = 50


@pytest.fixture
def few_links(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lower the limit: it takes seconds to reach it."""
    for module in (found_module, listing_module):
        monkeypatch.setattr(module, "MAX_LINKS", FEW_LINKS)


def names(links: found_module.PageLinks) -> list[str]:
    return [image.url.removeprefix(URL) for image in links.images]


@pytest.mark.parametrize(
    "within",
    [
        pytest.param("<x>" * DEEP, id="unknown elements"),
        pytest.param("<div>" * DEEP + "</div>" * DEEP, id="that are closed again"),
        pytest.param("<table><tr><td>" * DEEP, id="tables"),
        pytest.param('<a"b c"d=1 e=2>' * DEEP, id="names that XML does not allow"),
    ],
)
def test_nesting_beyond_libxml2s_limit_hides_nothing(within: str) -> None:
    html = (
        f"<base href={URL}b/>{within}<img src=1><style>a {{ b: url(2) }}</style>"
        "<noscript><img src=3></noscript><iframe srcdoc='<img src=4>'></iframe><p>"
    )
    links = html_links(html, URL, None)

    assert names(links) == ["b/1", "b/2", "b/3", "b/4"]
    assert links.cut == set()


def test_the_first_attributes_of_an_element_are_read_and_the_cut_is_named() -> None:
    many = " ".join(f"a{number}" for number in range(MANY))
    links = html_links(f"<img src=1 {many} srcset='2 2x'><img src=3>", URL, None)

    assert names(links) == ["1", "3"]
    assert links.cut == {"attributes"}


@pytest.mark.parametrize(
    ("what", "links"),
    [
        ("images", lambda n: css_links("".join(f"url({i})" for i in range(n)), URL)),
        (
            "pages",
            lambda n: html_links("".join(f"<a href={i}>" for i in range(n)), URL, None),
        ),
        (
            "images",
            lambda n: listing_of(
                "".join(f"{URL}{i}.jpg\n" for i in range(n)).encode(), URL
            ),
        ),
    ],
    ids=["style sheet", "page", "list"],
)
@pytest.mark.usefixtures("few_links")
def test_links_beyond_the_limit_are_left_out_by_name(what: str, links: object) -> None:
    found = links(FEW_LINKS + 1)  # type: ignore[operator]

    assert len(getattr(found, what)) == FEW_LINKS
    assert found.cut == {"links"}


@pytest.mark.usefixtures("few_links")
def test_a_feed_is_read_as_far_as_its_links_are_taken() -> None:
    entry = b"<item><media:content url='a.jpg'/><description>&lt;img src=b.jpg>"
    entry += b"</description></item>"
    listing = listing_of(b"<rss><channel>" + entry * FEW_LINKS, URL)

    assert len(listing.images) == FEW_LINKS
    assert listing.cut == {"links"}


def test_meta_elements_are_told_in_short() -> None:
    html = "<meta name=Robots content=noai><meta content=x><meta name=a content="
    links = html_links(html + "y" * 5_000 + ">", URL, None)

    assert links.metas == [("robots", "noai"), ("a", "y" * 1_000)]
