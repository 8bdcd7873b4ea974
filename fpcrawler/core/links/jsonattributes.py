"""Find the images that the attributes of elements name in JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from fpcrawler.core.links.imagenames import names_file, names_image
from fpcrawler.core.links.srcset import largest

MAX_CHARACTERS = 1_000_000
"""Longer texts are skipped: parsed JSON takes many times its length in memory."""

# Foundation's data-interchange: [small.jpg, small], [large.jpg, large]
_PAIR = re.compile(r"\[\s*+([^\s,\[\]\"]{1,2000})\s*+,")


def references_in(text: str) -> Iterator[str]:
    """Yield the references to image files, in the order of the text.

    Of images that are given by size, as Amazon does, only the largest.
    """
    if len(text) > MAX_CHARACTERS:
        return
    try:
        data = json.loads(text, strict=False)
    except (ValueError, RecursionError):
        yield from filter(names_file, _PAIR.findall(text))
        return
    left = [data]
    while left:
        node = left.pop()
        if isinstance(node, str):
            yield from _of_string(node)
        elif isinstance(node, list):
            left.extend(reversed(node))
        elif isinstance(node, dict):
            if sized := _largest_key(node):
                yield sized
            else:
                left.extend(reversed(node.values()))


def _of_string(text: str) -> Iterator[str]:
    text = text.strip()
    reference = largest(text) or "" if " " in text else text
    if names_file(reference):
        yield reference


def _largest_key(node: dict[str, object]) -> str | None:
    """Return the URL of the largest size of ``{URL: [width, height], …}``."""
    sizes = {url: _area(size) for url, size in node.items()}
    if not sizes or not all(sizes.values()):
        return None
    best = max(sizes, key=lambda url: sizes[url])
    return best if names_image(best, is_image=True) else None


def _area(size: object) -> int:
    match size:
        case [int(width), int(height)]:
            return width * height
    return 0
