"""The attributes of lazy-loading scripts, and which of their values are URLs."""

from __future__ import annotations

import re

from fpcrawler.core.links.references import (
    IMAGE_SUFFIXES,
    OTHER_SUFFIXES,
    PAGE_SUFFIXES,
    suffix,
    words,
)

LAZY = words(
    "data-src data-original data-lazy-src data-lazy data-original-src data-echo "
    "data-hi-res-src data-full-src data-zoom-image data-large_image data-bg "
    "data-background data-background-image data-image data-thumb data-thumbnail "
    "data-poster data-actualsrc data-cfsrc data-delayed-url data-full data-hires "
    "data-image-src data-img data-img-src data-iurl data-large-file data-lazyload "
    "data-medium-file data-old-hires data-orig-file data-pin-media data-retina "
    "data-src-retina data-image-url data-bg-url data-parallax-image"
)
LAZY_SETS = words("data-srcset data-lazy-srcset data-bgset")
# data-src of these elements names a page, a script, audio or video.
NOT_LAZY = words("audio embed frame iframe object script track video")

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
