from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fpcrawler.core.links.xmllist import listing_of_xml

if TYPE_CHECKING:
    from fpcrawler.core.links.listing import ListedImage

URL = "https://a.example/lists/list.xml"
PAGE = "https://a.example/p"
XHTML = 'xmlns="http://www.w3.org/1999/xhtml"'


def found(images: list[ListedImage]) -> list[tuple[str, str, str | None]]:
    host = "https://a.example/"
    return [(i.url.removeprefix(host), i.found_in, i.page_url) for i in images]


@pytest.mark.parametrize(
    ("attributes", "is_image"),
    [
        ('url="/a.jpg"', True),
        ('url="/a"', True),
        ('url="/a.mp4"', False),
        ('url="/a.html"', False),
        ('url="/a" type=""', True),
        ('url="/a" type="IMAGE/JPEG"', True),
        ('url="/a" type=" image/jpg "', True),
        ('url="/a" type="image"', True),
        ('url="/a" type="video/mp4"', False),
        ('url="/a.JPG?b=c" type="application/octet-stream"', True),
        ('url="/a.mp4" type="application/octet-stream"', False),
        ('url="/a" medium="IMAGE"', True),
        ('url="/a" medium="video"', False),
        ('url="/a" type="image/png" medium="image"', True),
    ],
)
@pytest.mark.parametrize("name", ["media:content", "enclosure"])
def test_an_attached_file_is_an_image_unless_something_says_otherwise(
    name: str, attributes: str, *, is_image: bool
) -> None:
    body = f"<rss><item><{name} {attributes}/><link>/p</link></item></rss>"
    listing = listing_of_xml(body.encode(), URL)

    assert [(i.found_in, i.page_url) for i in listing.images] == [(name, PAGE)][
        : int(is_image)
    ]


@pytest.mark.parametrize(
    ("entry", "images"),
    [
        pytest.param(
            f'<content type="xhtml"><div {XHTML}><img src="b.jpg" alt="c"/></div>'
            "</content>",
            ["lists/b.jpg"],
            id="RFC 4287 3.1.1.3 xhtml",
        ),
        pytest.param(
            '<content type="xhtml"><h:div xmlns:h="http://www.w3.org/1999/xhtml">'
            '<h:img src="b.jpg"/></h:div></content>',
            ["lists/b.jpg"],
            id="RFC 4287 3.1.1.3 xhtml with a prefix",
        ),
        pytest.param(
            f'<summary type="xhtml"><div {XHTML}><img src="b.jpg"/></div></summary>',
            ["lists/b.jpg"],
            id="RFC 4287 4.2.13 summary",
        ),
        pytest.param(
            '<content type="image/png" src="b"/>',
            ["lists/b"],
            id="RFC 4287 4.1.3.2 src",
        ),
        pytest.param('<content type="text/html" src="b"/>', [], id="a page by its src"),
        pytest.param(
            '<content xml:base="/c/" type="html">&lt;img src="b.jpg"></content>',
            ["c/b.jpg"],
            id="XML Base 4.2 of the element",
        ),
        pytest.param(
            '<a xml:base="/c/"><b xml:base="d/"><link rel="enclosure" href="b.jpg"/>'
            "</b></a>",
            ["c/d/b.jpg"],
            id="XML Base 4.2 relative to the parent's",
        ),
        pytest.param(
            '<link rel="enclosure" href="b.jpg" xml:base="http://["/>',
            ["lists/b.jpg"],
            id="a base that is not a URL",
        ),
        pytest.param(
            '<g:image_link xmlns:g="http://base.google.com/ns/1.0">/b</g:image_link>',
            ["b"],
            id="Google Merchant Center",
        ),
        pytest.param("<image>/b</image>", ["b"], id="an image as text"),
        pytest.param("<image><url>/b</url></image>", ["b"], id="an image's url"),
        pytest.param(
            '<x:image xmlns:x="http://www.google.com/schemas/play-podcasts/1.0"'
            ' href="/b"/>',
            ["b"],
            id="Google Play podcasts",
        ),
    ],
)
def test_an_entry_shows_images(entry: str, images: list[str]) -> None:
    body = f"<feed><entry>{entry}</entry></feed>"

    assert [url for url, *_ in found(listing_of_xml(body.encode(), URL).images)] == (
        images
    )


def test_a_base_of_the_feed_counts_for_pages_and_images() -> None:
    entry = '<entry><link href="p"/><icon>i.png</icon></entry>'
    body = f'<feed xml:base="https://a.example/">{entry}{entry}</feed>'
    listing = listing_of_xml(body.encode(), URL)

    assert listing.pages == [PAGE, PAGE]
    assert found(listing.images) == [("i.png", "feed", None)] * 2


def test_the_page_of_an_entry_is_not_its_enclosure() -> None:
    links = '<link rel="enclosure" type="image/png" href="/b"/><link href="/p"/>'
    listing = listing_of_xml(f"<feed><entry>{links}</entry></feed>".encode(), URL)

    assert listing.pages == [PAGE]
    assert found(listing.images) == [("b", "enclosure", PAGE)]


@pytest.mark.parametrize(
    "namespace",
    [
        "https://www.google.com/schemas/sitemap-image/1.1",
        "http://www.google.com/schemas/sitemap-image/1.1/",
        "HTTP://WWW.google.com/schemas/sitemap-image/1.1",
        "urn:another",
    ],
)
def test_images_of_a_sitemap_have_any_prefix_and_name_space(namespace: str) -> None:
    images = "<x:image><x:loc>/b.jpg</x:loc></x:image>"
    url = f"<url><loc>/p</loc>{images}</url>"
    body = f'<s:urlset xmlns:s="a" xmlns:x="{namespace}">{url}</s:urlset>'
    listing = listing_of_xml(body.encode(), URL)

    assert listing.pages == [PAGE]
    assert found(listing.images) == [("b.jpg", "sitemap", PAGE)]


def test_the_picture_of_a_video_is_an_image() -> None:
    video = "<video:video><video:thumbnail_loc>/b</video:thumbnail_loc></video:video>"
    body = f"<urlset><url><loc>/p</loc>{video}</url></urlset>"

    assert found(listing_of_xml(body.encode(), URL).images) == [("b", "sitemap", PAGE)]


def test_the_picture_of_a_podcast_is_found_outside_of_its_entries() -> None:
    itunes = 'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"'
    picture = '<itunes:image href="/{}.jpg"/>'
    item = f"<item><link>/p</link>{picture.format('b')}</item>"
    body = f"<rss {itunes}><channel>{picture.format('a')}{item}</channel></rss>"

    assert found(listing_of_xml(body.encode(), URL).images) == [
        ("a.jpg", "itunes:image", None),
        ("b.jpg", "itunes:image", PAGE),
    ]


def test_bases_within_bases_are_joined_up_to_a_number() -> None:
    entry = '<entry><icon>i</icon><link href="p"/></entry>'
    opening = '<a xml:base="b/">'
    few, many = (f"<feed>{opening * n}{entry}{'</a>' * n}</feed>" for n in (3, 200))

    assert listing_of_xml(few.encode(), URL).pages == [
        "https://a.example/lists/b/b/b/p"
    ]
    assert len(listing_of_xml(many.encode(), URL).pages) == 1


def test_a_bare_ampersand_stays_in_the_url() -> None:
    body = (
        "<urlset><url><loc>https://a.example/p?a=1&b=2&amp;c=3&#38;d</loc></url>"
        "<url><loc><![CDATA[https://a.example/q?a=1&b=2]]></loc></url></urlset>"
    )
    listing = listing_of_xml(body.encode(), URL)

    assert listing.pages == [
        "https://a.example/p?a=1&b=2&c=3&d",
        "https://a.example/q?a=1&b=2",
    ]


def test_a_relation_can_be_an_iri() -> None:
    rel = "http://www.iana.org/assignments/relation/"
    body = (
        f'<feed><entry><link rel="{rel}alternate" href="/p"/>'
        f'<link rel="{rel}enclosure" href="/a.jpg"/></entry></feed>'
    )

    assert found(listing_of_xml(body.encode(), URL).images) == [
        ("a.jpg", "enclosure", PAGE)
    ]


def test_the_div_of_xhtml_content_can_have_a_base() -> None:
    body = (
        f'<feed><entry><content type="xhtml" xml:base="/c/"><div {XHTML} '
        'xml:base="d/"><img src="a.jpg"/></div></content></entry></feed>'
    )

    assert found(listing_of_xml(body.encode(), URL).images) == [
        ("c/d/a.jpg", "feed", None)
    ]
