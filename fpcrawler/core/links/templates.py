"""Fill in the sizes that scripts insert in the URLs of images."""

from __future__ import annotations

import re

# {width}, {.width} (Adobe Experience Manager), and the first percent-encoded.
_PLACEHOLDER = re.compile(
    r"(?:\{|%7B)(?P<dot>\.?)(?P<name>[a-z_-]{1,20})(?:\}|%7D)", re.IGNORECASE
)
_NUMBER = re.compile(r"\d{1,5}(?!\d)", re.ASCII)
_RATIO = re.compile(r"(\d{1,5}(?:\.\d{1,9})?)\s*(?:[/:x]\s*(\d{1,5}))?", re.ASCII)
_WORD = re.compile(r"[\w.-]{1,50}", re.ASCII)

_WIDTHS = ("data-widths", "data-cmp-widths", "data-width")
_USUAL_WIDTH = 1_080
"""Pixels, where the page lists no widths: then servers make any."""

_WIDTH_NAMES = ("width", "w", "size")
_HEIGHT_NAMES = ("height", "h")
_EMPTY_NAMES = ("pixel_ratio", "hidpi", "dpr", "retina")
"""Placeholders that stay empty on a usual screen (Imager.js, BBC)."""


def filled(text: str, attributes: dict[str, str]) -> str:
    """Return a URL or srcset with its placeholders filled in from other attributes.

    As lazysizes' rias plugin does: ``{width}`` is the largest of ``data-widths``,
    ``{name}`` is ``data-name``. A placeholder of unknown meaning stays.
    """
    if "{" not in text and "%7" not in text:
        return text
    return _PLACEHOLDER.sub(lambda match: _value(match, attributes), text)


def _value(match: re.Match[str], attributes: dict[str, str]) -> str:
    name = match["name"].lower()
    if name in _WIDTH_NAMES:
        return match["dot"] + str(_width(attributes))
    if name in _HEIGHT_NAMES:
        return match["dot"] + _height(attributes)
    if name in _EMPTY_NAMES:
        return ""
    value = attributes.get(f"data-{name}", "")
    return value if _WORD.fullmatch(value) else match[0]


def _width(attributes: dict[str, str]) -> int:
    texts = (attributes.get(name, "") for name in _WIDTHS)
    found = _NUMBER.findall(next(filter(None, texts), ""))
    return max(map(int, found), default=_USUAL_WIDTH)


def _height(attributes: dict[str, str]) -> str:
    ratio = _RATIO.match(attributes.get("data-aspectratio", ""))
    if ratio is None or not float(ratio[1]):
        return ""
    across, down = float(ratio[1]), float(ratio[2] or 1)
    return str(round(_width(attributes) * down / across))
