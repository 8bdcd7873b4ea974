"""Tell the URLs of images from other texts."""

from __future__ import annotations

import re

from fpcrawler.core.links.references import (
    IMAGE_SUFFIXES,
    OTHER_SUFFIXES,
    PAGE_SUFFIXES,
    suffix,
)

# A URL has a scheme, a leading slash or a suffix; words, numbers and JSON do not.
_ABSOLUTE = re.compile(r"(?:https?:/|\.{0,2}/)[^\s\"'<>{}|]+", re.IGNORECASE)
_RELATIVE = re.compile(r"[^\s\"'<>{}|:,;()\[\]]+")


def names_image(value: str, *, is_image: bool) -> bool:
    """Return whether the value of a lazy attribute is the URL of an image.

    ``is_image``: the element can only be an image, so any path is accepted.
    """
    if value[:5].lower() == "data:":  # counted, not fetched
        return is_image
    end = suffix(value.partition("#")[0])
    if end in OTHER_SUFFIXES or (end in PAGE_SUFFIXES and not is_image):
        return False
    if _ABSOLUTE.fullmatch(value):
        return True
    is_name = is_image and ("/" in value or "?" in value)
    return bool(_RELATIVE.fullmatch(value)) and (is_name or end in IMAGE_SUFFIXES)


def names_file(value: str) -> bool:
    """Return whether a text is a path to an image file, by its slash and suffix."""
    if "/" not in value or suffix(value.partition("#")[0]) not in IMAGE_SUFFIXES:
        return False
    return bool(_ABSOLUTE.fullmatch(value) or _RELATIVE.fullmatch(value))
