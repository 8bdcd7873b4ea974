"""The attributes of lazy-loading scripts, and which of their values are URLs."""

from __future__ import annotations

from collections.abc import Iterator

from fpcrawler.core.links.css import css_references
from fpcrawler.core.links.imagenames import names_file, names_image
from fpcrawler.core.links.jsonattributes import references_in
from fpcrawler.core.links.loaders import IMAGE_SETS, SRCSETS, URLS
from fpcrawler.core.links.references import OTHER_SUFFIXES, suffix, words
from fpcrawler.core.links.srcset import largest
from fpcrawler.core.links.templates import filled

# data-src of these elements names a page, a script, audio or video.
NOT_LAZY = words("audio embed frame iframe object script track video")


def lazy_references(
    tag: str, attributes: dict[str, str], *, is_image: bool
) -> Iterator[str]:
    """Yield the references to images in the attributes of lazy loaders.

    Of a set of sizes, the largest. A ``data-`` attribute that no known loader writes
    counts as well if its value can only be the URL of an image file.
    """
    for name, text in attributes.items():
        if name in IMAGE_SETS:
            yield from _of_image_sets(text)
        elif name in SRCSETS:
            if reference := largest(filled(text, attributes)):
                yield reference
        elif name in URLS:
            if name != "data-src" or tag not in NOT_LAZY:
                yield from _of_known(text.strip(), attributes, is_image=is_image)
        elif name.startswith("data-"):
            yield from _of_unknown(text.strip(), attributes)


def _of_known(
    value: str, attributes: dict[str, str], *, is_image: bool
) -> Iterator[str]:
    if value[:1] in ("[", "{"):
        yield from references_in(value)
    elif "url(" in value:
        yield from _of_css(value)
    elif names_image(reference := filled(value, attributes), is_image=is_image):
        yield reference


def _of_unknown(value: str, attributes: dict[str, str]) -> Iterator[str]:
    if value[:1] in ("[", "{"):
        yield from references_in(value)
    elif "/" in value and names_file(reference := filled(value, attributes)):
        yield reference


def _of_css(value: str) -> Iterator[str]:
    for kind, reference in css_references(value):
        if (
            kind == "image"
            and suffix(reference.partition("#")[0]) not in OTHER_SUFFIXES
        ):
            yield reference


def _of_image_sets(value: str) -> Iterator[str]:
    """Read one set for each layer of a background, separated by ``|``."""
    if "url(" not in value:
        if reference := largest(value):
            yield reference
        return
    for layer in value.split("|"):
        yield from _of_css(f"image-set({layer})")
