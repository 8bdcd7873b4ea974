"""The images that JSON-LD names by the terms of schema.org."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from fpcrawler.core.links.references import words

MAX_CHARACTERS = 1_000_000
"""Parsed JSON takes many times its length in memory."""

_IMAGE_TERMS = words(
    "image images logo photo primaryImageOfPage thumbnail thumbnailUrl"
)
# HTML once asked for scripts to be hidden from old browsers and from XML.
_OPENING = re.compile(r"\s*(?://|/\*)?\s*(?:<!--|<!\[CDATA\[)\s*(?:\*/)?")
_CLOSING = re.compile(r"(?://|/\*)?\s*(?:-->|\]\]>)\s*(?:\*/)?\s*\Z")
_CLOSING_CHARACTERS = 50


def image_references(text: str) -> Iterator[str]:
    """Yield what may be a URL of an image, in the order of the text.

    What is no JSON, or nested too deep to be read, has none.
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
    """Return under which keys of the object images stand.

    The ``url`` of an ImageObject of its own may be the page about the picture.
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
