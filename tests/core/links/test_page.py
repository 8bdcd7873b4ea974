from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from parsel import Selector

from fpcrawler.core.links.page import PageLinks, css_links, page_links

# HTML5LIB_TESTS names a folder with html5lib-tests, as `.ci/run` makes it: no package
# installs them, but the source distribution of html5lib has them.
HTML5LIB_TESTS = os.environ.get("HTML5LIB_TESTS")
PAGE = "https://a.example/gallery/index.html"


def urls_of(html: str, url: str = PAGE) -> list[str]:
    return [image.url for image in links_of(html, url).images]


def links_of(html: str, url: str = PAGE) -> PageLinks:
    return page_links(Selector(html), url)


def named(links: PageLinks) -> list[tuple[str, str]]:
    folder = PAGE.rpartition("/")[0] + "/"
    return [(each.url.removeprefix(folder), each.found_in) for each in links.images]


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
            "\n  b.jpg\t", "https://a.example/gallery/b.jpg", id="WHATWG URL 4.4 spaces"
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
        pytest.param(
            "..\\b\\c.jpg", "https://a.example/b/c.jpg", id="WHATWG URL 4.4 backslash"
        ),
        pytest.param(
            "b?c=\\d", "https://a.example/gallery/b?c=\\d", id="backslash in a query"
        ),
        pytest.param(
            "https:\\\\c.example\\b",
            "https://c.example/b",
            id="backslashes for slashes",
        ),
        pytest.param(
            "https:///c.example/b", "https://c.example/b", id="WHATWG URL slashes"
        ),
        pytest.param(
            "https:b", "https://a.example/gallery/b", id="WHATWG URL special relative"
        ),
        pytest.param(
            "b%20c%2F d", "https://a.example/gallery/b%20c%2F%20d", id="escapes stay"
        ),
        pytest.param(
            "HTTP://c.example/b", "http://c.example/b", id="scheme in capitals"
        ),
        pytest.param("//[::1]:8000/b", "https://[::1]:8000/b", id="RFC 3986 3.2.2"),
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
        pytest.param('<img src="#b">', id="the page itself"),
        pytest.param(
            '<img srcset="b 1x 2x, c -1w, d 1q">', id="HTML 4.8.4.3.10 errors"
        ),
        pytest.param('<div data-src="dark">', id="a word"),
        pytest.param('<p data-a=\'{"b":"c.jpg","d":"/e"}\'>', id="JSON of names"),
        pytest.param('<p data-a="b.jpg" data-c="/d" data-e="a/b">', id="other data"),
        pytest.param('<div data-image="42">', id="a number"),
        pytest.param('<div data-background="#fff">', id="a colour"),
        pytest.param('<script data-src="/a"></script>', id="a lazy script"),
        pytest.param('<div data-src="/a/film.mp4">', id="a lazy video"),
        pytest.param('<div data-image="/a/b.html">', id="a lazy page"),
        pytest.param("<style>@font-face{src:url(a)}</style>", id="CSS Fonts 4.3"),
        pytest.param('<style>@namespace url("a");</style>', id="CSS Namespaces 2"),
        pytest.param("<style>a{b:url(#c)}</style>", id="SVG 2 a fragment"),
        pytest.param("<style>/* url(a) */</style>", id="CSS Syntax 4.3.2 comment"),
        pytest.param('<style>a{b:"url(a)"}</style>', id="CSS Syntax 4.3.5 string"),
        pytest.param("<style>a{b:url(c d)}</style>", id="CSS Syntax 4.3.14 bad url"),
        pytest.param("<style>a{b:curl(c)}</style>", id="another function"),
        pytest.param("<style>a{b:url(c.htc)}</style>", id="a behaviour of IE"),
        pytest.param('<object data="a.swf">', id="HTML 4.8.7 Flash"),
        pytest.param('<embed src="a" type="text/html">', id="HTML 4.8.6 a page"),
        pytest.param('<a href="/wiki/File:Boat.jpg">', id="a page of MediaWiki"),
        pytest.param('<input src="a">', id="HTML 4.10.5 no image button"),
        pytest.param('<link rel="preload" as="font" href="a">', id="a lazy font"),
        pytest.param('<meta name="description" content="a.jpg">', id="a description"),
        pytest.param('<source src="a.jpg">', id="HTML 4.8.2 source of a video"),
        pytest.param('<script>"a.jpg"</script>', id="a script"),
    ],
)
def test_other_markup_names_no_image(html: str) -> None:
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


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        pytest.param('<img src="a">', [("a", "img")], id="HTML 4.8.3 img"),
        pytest.param(
            '<img srcset="a 320w, b 640w, c 20w">',
            [("b", "srcset")],
            id="HTML 4.8.4.2 widths",
        ),
        pytest.param(
            '<img src="a" srcset="b 1.5x, c 3x, d">',
            [("a", "img"), ("c", "srcset")],
            id="HTML 4.8.4.2 densities",
        ),
        pytest.param(
            '<img srcset="a,w_1/b 1x, a,w_2/b 2x">',
            [("a,w_2/b", "srcset")],
            id="HTML 4.8.4.3.10 commas in URLs",
        ),
        pytest.param(
            '<img srcset="a 1x,b 2x">',
            [("b", "srcset")],
            id="HTML 4.8.4.3.10 no spaces",
        ),
        pytest.param(
            '<img srcset="a, b">', [("a", "srcset")], id="HTML 4.8.4.3.10 no descriptor"
        ),
        pytest.param(
            '<img srcset="a 9w 9h, b 10w (,), c 8w">',
            [("a", "srcset")],
            id="HTML 4.8.4.3.10 height and brackets",
        ),
        pytest.param(
            '<image src="a">', [("a", "img")], id="HTML 13.2.6.4.7 image is img"
        ),
        pytest.param(
            '<picture><source srcset="a 1x, b 2x"><img src="c"></picture>',
            [("b", "picture"), ("c", "img")],
            id="HTML 4.8.2 source",
        ),
        pytest.param(
            '<video poster="a"></video>', [("a", "poster")], id="HTML 4.8.8 poster"
        ),
        pytest.param(
            '<input type="IMAGE" src="a">',
            [("a", "input")],
            id="HTML 4.10.5.1.19 input",
        ),
        pytest.param(
            '<link rel="shortcut ICON" href="a">',
            [("a", "icon")],
            id="HTML 4.6.7.8 icon",
        ),
        pytest.param(
            '<link rel="apple-touch-icon-precomposed" href="a">',
            [("a", "icon")],
            id="Apple touch icon",
        ),
        pytest.param(
            '<link rel="image_src" href="a">',
            [("a", "image_src")],
            id="Digg, Facebook: image_src",
        ),
        pytest.param(
            '<link rel="preload" as="image" href="a">',
            [("a", "preload")],
            id="HTML 4.6.7.16 preload",
        ),
        pytest.param(
            '<link rel="preload" as="image" imagesrcset="a 1x, b 2x">',
            [("b", "preload")],
            id="HTML 4.6.7.16 imagesrcset",
        ),
        pytest.param(
            '<link rel="prefetch" as="image" href="a">',
            [("a", "preload")],
            id="HTML 4.6.7.14 prefetch",
        ),
        pytest.param(
            '<meta property="og:image" content="a">',
            [("a", "og:image")],
            id="Open Graph og:image",
        ),
        pytest.param(
            '<meta name="OG:image:secure_url" content="a">',
            [("a", "og:image")],
            id="Open Graph og:image:secure_url",
        ),
        pytest.param(
            '<meta name="twitter:image:src" content="a">',
            [("a", "twitter:image")],
            id="Twitter cards",
        ),
        pytest.param(
            '<meta name="msapplication-TileImage" content="a">',
            [("a", "msapplication")],
            id="Windows tile",
        ),
        pytest.param(
            '<meta name="msapplication-square70x70logo" content="a">',
            [("a", "msapplication")],
            id="Windows logo",
        ),
        pytest.param(
            '<meta name="thumbnail" content="a">',
            [("a", "thumbnail")],
            id="Google: thumbnail",
        ),
        pytest.param(
            '<meta itemprop="image" content="a">',
            [("a", "microdata")],
            id="HTML 5.2.4 itemprop of meta",
        ),
        pytest.param(
            '<link itemprop="name image" href="a">',
            [("a", "microdata")],
            id="HTML 5.2.4 itemprop of link",
        ),
        pytest.param(
            '<object data="a" type="image/png"></object>',
            [("a", "object")],
            id="HTML 4.8.7 object by type",
        ),
        pytest.param(
            '<object data="a.svg?b=c"></object>',
            [("a.svg?b=c", "object")],
            id="HTML 4.8.7 object by name",
        ),
        pytest.param(
            '<embed src="a.PNG">', [("a.PNG", "embed")], id="HTML 4.8.6 embed"
        ),
        pytest.param(
            '<svg><image href="a"/></svg>', [("a", "svg")], id="SVG 2 12.3 image"
        ),
        pytest.param(
            '<svg><image xlink:href="a"/></svg>',
            [("a", "svg")],
            id="SVG 1.1 5.7 xlink:href",
        ),
        pytest.param(
            '<svg><feImage href="a"/></svg>',
            [("a", "svg")],
            id="Filter Effects 9.14 feImage",
        ),
        pytest.param(
            '<p style="background:url(a)">', [("a", "css")], id="CSS Style Attributes"
        ),
        pytest.param(
            '<style>a{b:URL( "a)b" )}</style>',
            [("a)b", "css")],
            id="CSS Syntax 4.3.6 quoted",
        ),
        pytest.param(
            "<style>a{b:url(a\\)\\62 c)}</style>",
            [("a)bc", "css")],
            id="CSS Syntax 4.3.7 escapes",
        ),
        pytest.param(
            "<style>a{b:url(a", [("a", "css")], id="CSS Syntax 4.3.6 end of text"
        ),
        pytest.param(
            "<style>/* ' */a{b:url(a)}</style>",
            [("a", "css")],
            id="CSS Syntax 4.3.2 after a comment",
        ),
        pytest.param(
            '<style>a{b:image-set("a" 1x, "b" 2x type("image/png"))}</style>',
            [("b", "css")],
            id="CSS Images 2.4 image-set strings",
        ),
        pytest.param(
            "<style>a{b:-webkit-image-set(url(a) 192dpi, url(b) 1x)}</style>",
            [("a", "css")],
            id="CSS Images 2.4 image-set of url",
        ),
        pytest.param(
            "<style>@font-face{src:url(a;b)}c{d:url(e)}</style>",
            [("e", "css")],
            id="CSS Fonts 4 after a font",
        ),
        pytest.param(
            '<noscript><img src="a"></noscript>',
            [("a", "img")],
            id="HTML 4.12.2 noscript",
        ),
        pytest.param(
            '<noscript>&lt;img src="a"&gt;</noscript>',
            [("a", "img")],
            id="noscript as text",
        ),
        pytest.param(
            '<template><img src="a"></template>',
            [("a", "img")],
            id="HTML 4.12.3 template",
        ),
        pytest.param(
            "<iframe srcdoc=\"<img src='a'>\"></iframe>",
            [("a", "srcdoc")],
            id="HTML 4.8.5 srcdoc",
        ),
        pytest.param(
            "<iframe srcdoc=\"<base href='b/'><img src='a'>\"></iframe><img src='a'>",
            [("b/a", "srcdoc"), ("a", "img")],
            id="HTML 4.8.5 base of srcdoc",
        ),
        pytest.param(
            '<a href="a.jpeg#b">', [("a.jpeg", "a")], id="HTML 4.6.1 a to a file"
        ),
        pytest.param(
            '<a href="a" type="image/png">', [("a", "a")], id="HTML 4.6.2 type of a"
        ),
        pytest.param(
            '<body background="a">',
            [("a", "background")],
            id="HTML 16.2 background of body",
        ),
        pytest.param(
            '<table><tr><td background="a"></table>',
            [("a", "background")],
            id="Netscape background of a cell",
        ),
        pytest.param(
            '<table background="a"><thead background="b"><tbody background="c">'
            '<tfoot background="d"></table>',
            [(name, "background") for name in "abcd"],
            id="Chromium: background of row groups",
        ),
        pytest.param(
            '<amp-img src="a" srcset="b 2x"></amp-img>',
            [("a", "amp-img"), ("b", "srcset")],
            id="AMP",
        ),
        pytest.param(
            '<script type="application/ld+json">{"image":"a"}</script>',
            [("a", "json-ld")],
            id="schema.org image",
        ),
        pytest.param(
            '<script type="application/ld+json">'
            '{"image":["a",{"url":"b","caption":"c"}]}</script>',
            [("a", "json-ld"), ("b", "json-ld")],
            id="schema.org list of ImageObject",
        ),
        pytest.param(
            '<script type="application/ld+json">'
            '{"@type":["ImageObject"],"contentUrl":"a","url":"b"}</script>',
            [("a", "json-ld")],
            id="schema.org contentUrl",
        ),
        pytest.param(
            '<script type="application/ld+json">'
            '[{"@graph":[{"publisher":{"logo":"a"}}]}]</script>',
            [("a", "json-ld")],
            id="JSON-LD 1.1 4.9 @graph",
        ),
        pytest.param(
            '<script type="application/ld+json">'
            '//<![CDATA[\n{"thumbnailUrl":"a"}\n//]]></script>',
            [("a", "json-ld")],
            id="JSON-LD in CDATA",
        ),
        pytest.param(
            '<img src="data:," data-src="a/b">',
            [("a/b", "lazy")],
            id="lazysizes data-src",
        ),
        pytest.param(
            '<img data-srcset="a 1w, b 2w">',
            [("b", "lazy")],
            id="lazysizes data-srcset",
        ),
        pytest.param(
            '<div data-bg="a.jpg">', [("a.jpg", "lazy")], id="lazysizes data-bg"
        ),
        pytest.param('<div data-bg="url(a)">', [("a", "lazy")], id="WP Rocket data-bg"),
        pytest.param(
            '<p data-orig-file="https://a.example/gallery/a?b=1">',
            [("a?b=1", "lazy")],
            id="WordPress Photon data-orig-file",
        ),
    ],
)
def test_an_image_is_found_in(html: str, expected: list[tuple[str, str]]) -> None:
    assert named(links_of(html)) == expected


def test_an_xhtml_page_is_read_without_its_name_spaces() -> None:
    xhtml = (
        '<html xmlns="http://www.w3.org/1999/xhtml"><body><img src="a"/>'
        '<svg xmlns="http://www.w3.org/2000/svg"'
        ' xmlns:xlink="http://www.w3.org/1999/xlink">'
        '<feImage xlink:href="b"/></svg></body></html>'
    )

    links = page_links(Selector(xhtml, type="xml"), PAGE)

    assert named(links) == [("a", "img"), ("b", "svg")]


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<a href="b.html#c">', ["https://a.example/gallery/b.html"]),
        ('<area href="/b">', ["https://a.example/b"]),
        ('<iframe src="/b"></iframe>', ["https://a.example/b"]),
        ('<iframe data-src="/b"></iframe>', ["https://a.example/b"]),
        ('<frameset><frame src="/b"></frameset>', ["https://a.example/b"]),
        ('<link rel="next" href="/b">', ["https://a.example/b"]),
        ('<a href="/b"><a href="/b#c">', ["https://a.example/b"]),
        ('<a href="/wiki/File:B.jpg">', ["https://a.example/wiki/File:B.jpg"]),
        ('<link rel="alternate" href="/b">', []),
        ('<a href="b.PDF?c"><a href="b.tar.gz"><a href="b.mp3">', []),
        ('<a href="mailto:b@c.example"><a href="javascript:d()">', []),
        ('<a href="#b"><a href="">', []),
    ],
)
def test_pages_are_what_may_be_pages(html: str, expected: list[str]) -> None:
    links = links_of(html)

    assert (links.pages, links.images, links.skipped) == (expected, [], {})


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<link rel="stylesheet" href="/b">', ["https://a.example/b"]),
        ('<link rel="alternate stylesheet" href="/b">', []),
        ('<style>@import "/b" print;</style>', ["https://a.example/b"]),
        ("<style>@IMPORT/**/url(/b);</style>", ["https://a.example/b"]),
    ],
)
def test_style_sheets_are_found(html: str, expected: list[str]) -> None:
    assert links_of(html).stylesheets == expected


def test_a_style_sheet_names_images_and_others() -> None:
    links = css_links('@import "c.css";a{b:url(d.png#e)}', PAGE)

    assert named(links) == [("d.png", "css")]
    assert links.stylesheets == ["https://a.example/gallery/c.css"]


def test_references_that_cannot_be_crawled_are_counted_by_few_names() -> None:
    html = (
        '<img src="data:,"><img src="DATA:,"><img src="blob:a"><img src="about:blank">'
        '<img src="javascript:a()"><img src="mailto:a"><img src="x1:a"><img src="x2:a">'
        '<img src="http://["><img src="/' + "a" * 10_000 + '">'
    )

    assert links_of(html).skipped == {
        "data": 2,
        "blob": 1,
        "about": 1,
        "javascript": 1,
        "mailto": 1,
        "other": 4,
    }


def test_the_first_element_that_names_an_image_counts() -> None:
    html = '<a href="a.png"><img src="a.png" alt="b"></a>'

    assert named(links_of(html)) == [("a.png", "a")]


@pytest.mark.parametrize(
    ("html", "alt"),
    [
        ('<img src="a" alt=" b\n c ">', "b c"),
        ('<img src="a" alt="">', ""),
        ('<img src="a">', None),
        ('<input type="image" src="a" alt="b">', "b"),
        ('<img data-src="/a" alt="b">', "b"),
        ('<div data-src="/a" alt="b">', None),
        ('<img src="a" alt="' + "b" * 501 + '">', "b" * 500),
    ],
)
def test_alt_is_that_of_the_element(html: str, alt: str | None) -> None:
    (image,) = links_of(html).images

    assert image.alt == alt


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("[" * 100_000, id="deep"),
        pytest.param('{"image":', id="cut off"),
        pytest.param('{"image":' + "1" * 5_000 + "}", id="a long number"),
        pytest.param('{"image":"\\ud800"}', id="half a surrogate pair"),
        pytest.param('{"image":[' + '"a",' * 300_000 + '"a"]}', id="long"),
        pytest.param('{"image":{"@type":{}}}', id="odd type"),
        pytest.param("", id="empty"),
    ],
)
def test_broken_json_has_no_images(text: str) -> None:
    html = f'<script type="application/ld+json">{text}</script><img src="a">'

    assert named(links_of(html)) == [("a", "img")]


def test_embedded_pages_are_read_once() -> None:
    html = Selector("<iframe></iframe>")
    inner = "<iframe srcdoc='&lt;img src=b&gt;'></iframe><img src='c'>"
    html.css("iframe")[0].root.set("srcdoc", inner)

    assert named(page_links(html, PAGE)) == [("c", "srcdoc")]


_PIECES = st.sampled_from(
    """
    < > </ <! --> & &# ; = " ' ( ) [ ] { } \\ / // : , # ? url( image-set( @import
    @font-face <img src= srcset= <style> </style> <noscript> <iframe srcdoc= <base
    href= data-src= style= <svg> <image <a <object data= 1x 2w http: https:// [::
    <script type='application/ld+json'> </script> image \ud800
    """.split()  # noqa: SIM905 - read as words
)


@given(st.lists(_PIECES | st.text(max_size=5)), st.text())
def test_nothing_raises(pieces: list[str], url: str) -> None:
    text = " ".join(pieces)
    html = text.encode("utf-8", "replace").decode()

    links = page_links(Selector(html), url)

    assert all(image.url.encode() for image in links.images)
    assert all(image.url.encode() for image in css_links(text, PAGE).images)


@pytest.mark.skipif(not HTML5LIB_TESTS, reason="HTML5LIB_TESTS is not set")
def test_inputs_of_html5lib_never_raise() -> None:
    inputs = [
        part.partition("\n#errors")[0]
        for path in Path(HTML5LIB_TESTS or "").glob("**/*.dat")
        for part in path.read_bytes().decode("utf-8", "replace").split("#data\n")[1:]
    ]

    assert len(inputs) > 1_000
    for html in inputs:
        links_of(html)


@given(st.text(), st.text())
def test_any_reference_and_base_give_one_url_at_most(base: str, src: str) -> None:
    html = Selector("<base><img>")
    html.css("base")[0].root.set("href", _xml(base))
    html.css("img")[0].root.set("src", _xml(src))

    assert len(page_links(html, PAGE).images) <= 1


def _xml(text: str) -> str:
    """Remove the characters that an attribute cannot hold."""
    return "".join(char for char in text if char.isprintable() or char in "\t\n\r")
