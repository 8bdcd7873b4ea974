"""Find the images, pages and style sheets that an HTML page links to."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from parsel import Selector

from fpcrawler.core.links.attributes import attributes_of, metas_of
from fpcrawler.core.links.base import base_of, based
from fpcrawler.core.links.found import Found, ImageLink, PageLinks
from fpcrawler.core.links.html import parsed
from fpcrawler.core.links.jsonld import image_references
from fpcrawler.core.links.lazy import lazy_references
from fpcrawler.core.links.references import Base, words

if TYPE_CHECKING:
    from lxml.etree import _Element

    Attributes = dict[str, str]
    Reader = Callable[[Found, Attributes, _Element], None]

__all__ = ["ImageLink", "PageLinks", "css_links", "html_links", "page_links"]

_ICONS = words(
    "icon apple-touch-icon apple-touch-icon-precomposed apple-touch-startup-image "
    "mask-icon fluid-icon"
)
META_IMAGES = {
    "og:image": "og:image",
    "og:image:url": "og:image",
    "og:image:secure_url": "og:image",
    "twitter:image": "twitter:image",
    "twitter:image:src": "twitter:image",
    "thumbnail": "thumbnail",
}
_MICRODATA = frozenset(("image", "logo", "thumbnailUrl"))
_TILE = re.compile(r"msapplication-(?:tileimage|(?:square|wide)\d+x\d+logo)")


def page_links(
    page: Selector | _Element, url: str, *parts: _Element, charset: str | None = None
) -> PageLinks:
    """Return the links of ``page``; ``<base href>`` overrides its ``url``.

    ``parts``: trees that belong to the page, but stand outside of its own.
    ``charset``: that of the page, in which queries are encoded; None: UTF-8.
    """
    root = page.root if isinstance(page, Selector) else page
    if not hasattr(root, "iter"):  # a selector of JSON or of text
        return PageLinks()
    found = Found(base_of(root, url, charset))
    for tree in (root, *parts):
        _read(found, tree)
    return found.links()


def css_links(text: str, url: str) -> PageLinks:
    """Return the links of the style sheet at ``url``."""
    found = Found(Base(url))
    found.css(text)
    return found.links()


def html_links(html: str, url: str, charset: str | None) -> PageLinks:
    """Return the links and the ``<meta>`` elements of the page at ``url``."""
    root = parsed(html)
    links = page_links(root, url, charset=charset)
    links.metas += metas_of(root)
    return links


def _read(found: Found, root: _Element, *, is_nested: bool = False) -> None:
    """Read each element once."""
    for element in root.iter("*"):
        tag = str(element.tag)
        attributes = attributes_of(found, element)
        if not tag.islower() or tag[0] == "{":  # XHTML and SVG, as XML
            tag, attributes = _local(tag).lower(), _without_namespaces(attributes)
        if reader := _READERS.get(tag):
            reader(found, attributes, element)
        if not is_nested and (inner := _INNER.get(tag)):
            _read_inner(found, inner(attributes, element), tag)
        if attributes:
            _read_attributes(found, tag, attributes)


def _read_inner(found: Found, html: str | None, tag: str) -> None:
    """Read an embedded page, but not the pages embedded in that one."""
    if not html or "<" not in html:
        return
    root, base = parsed(html), found.base
    if tag == "iframe":  # a document of its own, with its own base
        found.within = "srcdoc"
        found.base = based(root, base)
    _read(found, root, is_nested=True)
    found.within, found.base = None, base


def _read_attributes(found: Found, tag: str, attributes: Attributes) -> None:
    if "(" in attributes.get("style", ""):
        found.css(attributes["style"])
    is_image = tag in _IMAGES
    alt = attributes.get("alt") if is_image else None
    for reference in lazy_references(tag, attributes, is_image=is_image):
        found.image(reference, "lazy", alt)
    if tag in ("frame", "iframe"):
        found.page(attributes.get("data-src"))


def _without_namespaces(attributes: Attributes) -> Attributes:
    return {_local(name): value for name, value in attributes.items()}


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def _img(found: Found, attributes: Attributes, _: _Element) -> None:
    alt = attributes.get("alt")
    found.image(attributes.get("src"), "img", alt)
    found.largest_of(attributes.get("srcset"), "srcset", alt)


def _image(found: Found, attributes: Attributes, element: _Element) -> None:
    """Read SVG's <image>; in HTML it means <img> (HTML section 13.2.6.4.7)."""
    href = attributes.get("href") or attributes.get("xlink:href")
    if href and not href.startswith("#"):
        found.image(href, "svg")
    else:
        _img(found, attributes, element)


def _amp_img(found: Found, attributes: Attributes, _: _Element) -> None:
    found.image(attributes.get("src"), "amp-img", attributes.get("alt"))
    found.largest_of(attributes.get("srcset"), "srcset", attributes.get("alt"))


def _source(found: Found, attributes: Attributes, _: _Element) -> None:
    found.largest_of(attributes.get("srcset"), "picture")


def _video(found: Found, attributes: Attributes, _: _Element) -> None:
    found.image(attributes.get("poster"), "poster")


def _input(found: Found, attributes: Attributes, _: _Element) -> None:
    if attributes.get("type", "").strip().lower() == "image":
        found.image(attributes.get("src"), "input", attributes.get("alt"))


def _background(found: Found, attributes: Attributes, _: _Element) -> None:
    found.image(attributes.get("background"), "background")


def _object(found: Found, attributes: Attributes, _: _Element) -> None:
    found.embedded(attributes.get("data"), attributes.get("type"), "object")


def _embed(found: Found, attributes: Attributes, _: _Element) -> None:
    found.embedded(attributes.get("src"), attributes.get("type"), "embed")


def _anchor(found: Found, attributes: Attributes, _: _Element) -> None:
    found.page(attributes.get("href"), attributes.get("type"), attributes.get("alt"))


def _frame(found: Found, attributes: Attributes, _: _Element) -> None:
    found.page(attributes.get("src"))


def _style(found: Found, _: Attributes, element: _Element) -> None:
    found.css(element.text or "")


def _script(found: Found, attributes: Attributes, element: _Element) -> None:
    kind = attributes.get("type", "").partition(";")[0].strip().lower()
    if kind == "application/ld+json":
        for reference in image_references(element.text or ""):
            found.image(reference, "json-ld")


def _link(found: Found, attributes: Attributes, _: _Element) -> None:
    relations = set(attributes.get("rel", "").lower().split())
    href = attributes.get("href")
    if not relations.isdisjoint(_ICONS):
        found.image(href, "icon")
    elif "image_src" in relations:
        found.image(href, "image_src")
    elif "stylesheet" in relations and "alternate" not in relations:
        found.stylesheet(href)
    elif "next" in relations:
        found.page(href)
    elif "preload" in relations or "prefetch" in relations:
        if attributes.get("as", "").strip().lower() == "image":
            found.image(href, "preload")
            found.largest_of(attributes.get("imagesrcset"), "preload")
    elif not _MICRODATA.isdisjoint(attributes.get("itemprop", "").split()):
        found.image(href, "microdata")


def _meta(found: Found, attributes: Attributes, _: _Element) -> None:
    name = (attributes.get("property") or attributes.get("name") or "").strip().lower()
    if found_in := META_IMAGES.get(name):
        found.image(attributes.get("content"), found_in)
    elif _TILE.fullmatch(name):
        found.image(attributes.get("content"), "msapplication")
    elif not _MICRODATA.isdisjoint(attributes.get("itemprop", "").split()):
        found.image(attributes.get("content"), "microdata")


_IMAGES = words("amp-anim amp-img image img input")
_READERS: dict[str, Reader] = {
    "a": _anchor,
    "amp-anim": _amp_img,
    "amp-img": _amp_img,
    "area": _anchor,
    "embed": _embed,
    "feimage": _image,
    "frame": _frame,
    "iframe": _frame,
    "image": _image,
    "img": _img,
    "input": _input,
    "link": _link,
    "meta": _meta,
    "object": _object,
    "script": _script,
    "source": _source,
    "style": _style,
    "video": _video,
    **dict.fromkeys(
        ("body", "table", "tbody", "td", "tfoot", "th", "thead", "tr"), _background
    ),
}
_INNER: dict[str, Callable[[Attributes, _Element], str | None]] = {
    "iframe": lambda attributes, _: attributes.get("srcdoc"),
    # libxml2 parses the content into elements, which are read like all others. A
    # document from a browser that runs scripts holds the content as text.
    "noscript": lambda _, element: element.text,
}
