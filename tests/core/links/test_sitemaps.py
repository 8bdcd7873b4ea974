from __future__ import annotations

import gzip
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fpcrawler.core.links.sitemaps import (
    ListedImage,
    Listing,
    is_listing,
    listing_of,
    unpacked,
)

URL = "https://a.example/lists/list.xml"

SITEMAP = b"""<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
        xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
  <url><loc> https://a.example/one </loc>
    <image:image><image:loc>https://i.example/1.jpg</image:loc></image:image>
    <image:image><image:loc>/2.jpg?a=1&amp;b=2</image:loc></image:image></url>
  <url><image:image><image:loc>/3.jpg</image:loc></image:image><loc>/two</loc></url>
</urlset>"""
INDEX = b"""<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
  <sitemap><loc>https://a.example/1.xml.gz</loc></sitemap>
  <sitemap><loc>ftp://a.example/2.xml</loc></sitemap></sitemapindex>"""
RSS = b"""<rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/"
    xmlns:content="http://purl.org/rss/1.0/modules/content/"
    xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"><channel>
  <link>https://a.example/</link>
  <image><url>/logo.png</url><link>https://a.example/</link></image>
  <item><enclosure url="/e.jpg" type="image/jpeg"/><link>https://a.example/i</link>
    <enclosure url="/e.mp3" type="audio/mpeg"/>
    <media:content url="/m.jpg" medium="image"/><media:content url="/m.mp4"/>
    <media:thumbnail url="/t.jpg"/><itunes:image href="/p.jpg"/>
    <description>&lt;img src="d.jpg"&gt;</description>
    <content:encoded><![CDATA[<img src="c.jpg">]]></content:encoded></item>
</channel></rss>"""
ATOM = b"""<feed xmlns="http://www.w3.org/2005/Atom"><logo>/logo.svg</logo>
  <icon>/icon.ico</icon><link rel="self" href="https://a.example/feed"/>
  <entry><link href="/entry"/><link rel="enclosure" type="image/png" href="/e.png"/>
    <link rel="edit" href="/edit"/><content type="html">&lt;img src=x.png></content>
    <summary>plain</summary></entry></feed>"""
RDF = b"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
   xmlns="http://purl.org/rss/1.0/"><item><link>https://a.example/r</link></item>
</rdf:RDF>"""


def image(path: str, found_in: str, page: str | None) -> ListedImage:
    host = "" if path.startswith("https:") else "https://a.example"
    return ListedImage(host + path, found_in, page)


def test_a_sitemap_lists_pages_and_their_images() -> None:
    one, two = "https://a.example/one", "https://a.example/two"

    assert listing_of(SITEMAP, URL) == Listing(
        pages=[one, two],
        images=[
            image("https://i.example/1.jpg", "sitemap", one),
            image("/2.jpg?a=1&b=2", "sitemap", one),
            image("/3.jpg", "sitemap", two),
        ],
    )


def test_an_index_lists_sitemaps() -> None:
    assert listing_of(INDEX, URL) == Listing(sitemaps=["https://a.example/1.xml.gz"])


def test_rss_lists_entries_and_their_images() -> None:
    page = "https://a.example/i"

    assert listing_of(RSS, URL) == Listing(
        pages=[page],
        images=[
            image("/logo.png", "feed", None),
            image("/e.jpg", "enclosure", page),
            image("/m.jpg", "media:content", page),
            image("/t.jpg", "media:thumbnail", page),
            image("/p.jpg", "itunes:image", page),
            image("/d.jpg", "feed", page),
            image("/c.jpg", "feed", page),
        ],
    )


def test_atom_lists_entries_and_their_images() -> None:
    page = "https://a.example/entry"

    assert listing_of(ATOM, URL) == Listing(
        pages=[page],
        images=[
            image("/logo.svg", "feed", None),
            image("/icon.ico", "feed", None),
            image("/e.png", "enclosure", page),
            image("/x.png", "feed", page),
        ],
    )


@pytest.mark.parametrize("prefix", ["image", "media", "itunes"])
def test_a_usual_prefix_means_the_same_where_it_is_not_declared(prefix: str) -> None:
    for body in (SITEMAP, RSS):
        bare = re.sub(rf"\s+xmlns:{prefix}=\S+\"".encode(), b"", body)

        assert listing_of(bare, URL) == listing_of(body, URL)


@pytest.mark.parametrize(
    ("declared", "others"),
    [
        pytest.param(b"<rss>", b"<atom:link href='/f' rel='self'/>", id="in a feed"),
        pytest.param(b"<rss>", b"<dc:creator>a</dc:creator>", id="a word of its own"),
        pytest.param(b"<rss>", b"<a:b:c/><:a/><a:/><A:link>/x</A:link>", id="no names"),
        pytest.param(b"<rss xmlns:dc='a'>", b"<dc:a/><b:a c:d='e'/>", id="another's"),
    ],
)
def test_other_prefixes_that_are_not_declared_hide_nothing(
    declared: bytes, others: bytes
) -> None:
    item = b"<item><link>/1</link><enclosure type='image/png' url='/1.png'/></item>"
    rest = b"<channel>" + others + item.replace(b"</item>", others + b"</item>")
    listing = listing_of(declared + rest + item + b"</channel></rss>", URL)

    assert listing.pages[-1] == "https://a.example/1"
    assert [found.url for found in listing.images] == 2 * ["https://a.example/1.png"]


def test_a_bare_less_than_sign_hides_nothing() -> None:
    items = [
        b"<item><title>I <3 you</title><link>/%d</link></item>" % n for n in (1, 2)
    ]
    body = b"<rss><channel>" + b"".join(items) + b"</channel></rss>"
    pages = [b"<url><a>1 < 2</a><loc>/%d</loc></url>" % n for n in (1, 2)]
    both = ["https://a.example/1", "https://a.example/2"]

    assert listing_of(body, URL).pages == both
    assert listing_of(b"<urlset>" + b"".join(pages) + b"</urlset>", URL).pages == both


@pytest.mark.parametrize(
    "namespace",
    [b" xmlns:sm='http://www.sitemaps.org/schemas/sitemap/0.9'", b""],
    ids=["declared", "not declared"],
)
def test_the_root_of_a_list_may_have_a_prefix(namespace: bytes) -> None:
    body = b"<?xml version='1.0'?><sm:urlset%b><sm:url><sm:loc>/a</sm:loc></sm:url>"

    assert is_listing(body % namespace)
    assert listing_of(body % namespace, URL).pages == ["https://a.example/a"]


def test_rss_1_lists_entries() -> None:
    assert listing_of(RDF, URL).pages == ["https://a.example/r"]


ONE = "https://a.example/1"
TEXT = f"{ONE}\r\n\r\nhttps://a.example/1.jpg\r\n".encode()
SMALL = f"<urlset><url><loc>{ONE}</loc></url></urlset>"
DECLARED = f'<?xml version="1.0" encoding="UTF-16"?>{SMALL}'
LATE = f"<?xml version='1.0'?><!-- {'c' * 5_000} --><?a b?>{SMALL}"


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(DECLARED.encode("utf-16"), id="UTF-16 with a mark"),
        pytest.param(DECLARED.encode("utf-16-le"), id="UTF-16LE"),
        pytest.param(DECLARED.encode("utf-16-be"), id="UTF-16BE"),
        pytest.param(SMALL.encode("utf-32"), id="UTF-32"),
        pytest.param(DECLARED.encode(), id="UTF-8 that claims to be UTF-16"),
        pytest.param(f"\n {DECLARED}".encode("utf-8-sig"), id="spaces come first"),
        pytest.param(LATE.encode(), id="a late root"),
        pytest.param(gzip.compress(gzip.compress(LATE.encode())), id="gzip in gzip"),
        pytest.param(
            gzip.compress(SMALL[:9].encode()) + gzip.compress(SMALL[9:].encode()),
            id="two members of gzip (RFC 1952 2.2)",
        ),
        pytest.param(gzip.compress(SMALL.encode())[:-9], id="cut gzip"),
        pytest.param(TEXT, id="a text (sitemaps.org)"),
        pytest.param(TEXT.decode().encode("utf-16"), id="a text in UTF-16"),
        pytest.param(gzip.compress(TEXT), id="a gzipped text"),
    ],
)
def test_a_list_is_read_however_it_is_encoded(body: bytes) -> None:
    assert is_listing(body)
    assert listing_of(body, URL).pages == [ONE]


def test_a_text_names_images_by_their_suffix() -> None:
    assert listing_of(TEXT, URL).images == [image("/1.jpg", "sitemap", None)]


@pytest.mark.parametrize("body", [SITEMAP, INDEX, RSS, ATOM, RDF])
def test_lists_are_recognized_by_their_root_gzipped_or_not(body: bytes) -> None:
    assert is_listing(body)
    assert is_listing(gzip.compress(body))
    assert is_listing(gzip.compress(body)[:400])
    assert listing_of(gzip.compress(body), URL) == listing_of(body, URL)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"<svg>",
        b"\x1f\x8b",
        gzip.compress(b"text", mtime=0),
        b"rss",
        b"see https://a.example/",
        b"https://a.example/\nis a site",
        b'{"version": "https://a.example/"}',
    ],
)
def test_other_bodies_are_not_lists(body: bytes) -> None:
    assert not is_listing(body)


def test_broken_xml_is_read_up_to_the_break() -> None:
    assert listing_of(SITEMAP[: SITEMAP.index(b"<url><image")], URL).pages == [
        "https://a.example/one"
    ]


def test_entities_are_not_expanded() -> None:
    bomb = (
        b'<!DOCTYPE urlset [<!ENTITY a "https://a.example/">'
        b'<!ENTITY f SYSTEM "file:///etc/passwd">]>'
        b"<urlset><url><loc>&a;x</loc></url><url><loc>&f;</loc></url></urlset>"
    )

    listing = listing_of(bomb, URL)
    assert not any("passwd" in page or "root:" in page for page in listing.pages)
    assert len(listing.pages) <= 1


def test_a_gzip_bomb_is_decompressed_only_to_the_limit() -> None:
    bomb = gzip.compress(bytes(10_000_000))

    assert len(unpacked(bomb, 1_000)) == 1_000
    assert len(unpacked(gzip.compress(bomb), 1_000)) == 1_000


@given(st.binary(max_size=300))
def test_no_body_raises(body: bytes) -> None:
    listing_of(b"<rss>" + body, URL)
    listing_of(body, URL)
    is_listing(body)
