"""Decode a picture to make a template of it, within a bound of memory and pixels."""

from __future__ import annotations

import io
import warnings
from math import sqrt

from PIL import Image

PIXELS = 131_072
"""A larger picture is scaled down to this many pixels.

Most of its files are still several times as long as the sample.
"""

# Other formats are left out: Pillow starts Ghostscript for EPS.
_FORMATS = (
    *("AVIF", "BMP", "GIF", "ICO", "JPEG"),
    *("JPEG2000", "PNG", "PSD", "TIFF", "WEBP"),
)
_LONGEST = 16_383
"""Pixels of a side that each of the formats can have; WebP has the fewest."""

_MOST_DECODED = 1 << 26
"""Pixels; 256 MiB in memory."""


def decoded(data: bytes) -> Image.Image | None:
    """Return the first frame in RGB, scaled down to ``PIXELS``.

    None if Pillow cannot read the file, or if it is too large to be decoded.
    """
    try:
        with warnings.catch_warnings(action="ignore"):
            return _decoded(data)
    except Exception:  # noqa: BLE001 - Pillow's readers raise many kinds on bad files
        return None


def _decoded(data: bytes) -> Image.Image | None:
    with Image.open(io.BytesIO(data), formats=_FORMATS) as picture:
        picture.draft("RGB", _scaled(*picture.size))
        if picture.width * picture.height > _MOST_DECODED:
            return None
        bare = picture.convert("RGB").resize(_scaled(*picture.size))
    bare.info.clear()  # or Pillow writes the compression and the profile of the file
    return bare


def _scaled(width: int, height: int) -> tuple[int, int]:
    ratio = min(1.0, sqrt(PIXELS / (width * height)), _LONGEST / max(width, height))
    return max(1, int(width * ratio)), max(1, int(height * ratio))
