"""Find the images that JSON-LD names with the terms of schema.org."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from fpcrawler.core.links.references import words

MAX_CHARACTERS = 1_000_000
"""Longer texts are skipped: parsed JSON takes many times its length in memory."""

_IMAGE_TERMS = words(
    "image images logo photo primaryImageOfPage thumbnail thumbnailUrl"
)
# Pages once hid scripts from old browsers and from XML parsers like this.
_OPENING = re.compile(r"\s*(?://|/\*)?\s*(?:<!--|<!\[CDATA\[)\s*(?:\*/)?")
_CLOSING = re.compile(r"(?://|/\*)?\s*(?:-->|\]\]>)\s*(?:\*/)?\s*\Z")
_CLOSING_CHARACTERS = 50


def image_references(text: str) -> Iterator[str]:
    """Yield each value that may be the URL of an image, in the order of the text.

    A text that is not JSON, or is nested too deep to parse, yields nothing.
    """
    if len(text) > MAX_CHARACTERS:
        return
    try:
        data = json.loads(_unwrapped(text), strict=False)
    except (ValueError, RecursionError):
        return
    left: list[tuple[bool, object]] = [(False, data)]
    while left:
        is_image, node = left.pop()
        if isinstance(node, str):
            if is_image:
                yield node
        elif isinstance(node, list):
            left.extend((is_image, each) for each in reversed(node))
        elif isinstance(node, dict):
            terms = _terms_of(node, is_image=is_image)
            left.extend((key in terms, node[key]) for key in reversed(node))


def _terms_of(node: dict[str, object], *, is_image: bool) -> frozenset[str]:
    """Return the keys of the object that hold images.

    The ``url`` of a top-level ImageObject may be the page about the picture.
    """
    types = node.get("@type")
    if is_image:
        return _IMAGE_TERMS | {"contentUrl", "url"}
    if types == "ImageObject" or (isinstance(types, list) and "ImageObject" in types):
        return _IMAGE_TERMS | {"contentUrl"}
    return _IMAGE_TERMS


def _unwrapped(text: str) -> str:
    opening = _OPENING.match(text)
    if opening is None:
        return text
    end = max(opening.end(), len(text) - _CLOSING_CHARACTERS)
    return text[opening.end() : end] + _CLOSING.sub("", text[end:])
