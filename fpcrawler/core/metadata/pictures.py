"""Replace pictures in metadata by their kind and length.

A thumbnail or preview shows what the picture shows, so it is never recorded. All
lengths are bytes of picture data. Each function reads every character a bounded
number of times, and never raises.
"""

from __future__ import annotations

import binascii
import itertools
import re
from collections.abc import Callable

from fpcrawler.core.metadata.coded_bytes import (
    digits_of_words,
    is_binary_base64,
    is_binary_hex,
)
from fpcrawler.core.metadata.picture_characters import split_at_characters
from fpcrawler.core.metadata.picture_numbers import without_numbers
from fpcrawler.core.metadata.picture_signatures import first_picture

SHORTEST = 129
"""The fewest bytes of coded picture data that count as a picture."""

_SEARCHED_BYTES = 262_144
_BEFORE_CHARS = 2_048
# The bare codestream of ISO/IEC 18181-2 has no signature that text could not have.
_FIRST_DIGITS, _JXL_FIRST = 256, b"\xff\x0a"

# A character that is not of the code ends a run. An editor may have broken the lines.
_BASE64 = re.compile(rf"[A-Za-z0-9+/_\-\s]{{{SHORTEST * 4 // 3},}}={{0,2}}")
_HEX = re.compile(rf"[0-9a-fA-F\s]{{{SHORTEST * 2},}}")
# Long base64 has short runs of hexadecimal digits everywhere. Of a long one, so many
# of the characters at each stride are digits: most texts need no slower search.
_STRIDE = 16
_HEX_AT_STRIDE = re.compile(rf"[0-9a-fA-F\s]{{{SHORTEST * 2 // _STRIDE}}}")
_DATA_URL = re.compile(r"data:image/([\w.+-]{1,40})[\w=;.+-]{0,100},")
_ENCODED = re.compile(r"[^\s\"'<>)]*+")
_URL_SAFE = str.maketrans("-_", "+/")
# What a JSON text (RFC 8259 section 7) or a URL writes in place of a digit.
_ESCAPE = re.compile(r"\\{1,4}(?:/|u002[bBfF]|u003[dD]|[rn])|%(?:2[bBfF]|3[dD])")
_ESCAPED = {"/": "/", "2f": "/", "2b": "+", "3d": "="}


def without_picture(text: str) -> str:
    """Return the text with each coded picture as such as ``(JPEG, 12,345 bytes)``.

    Pictures are recognised by their first bytes, in base64, hexadecimal, byte by byte
    as ``ff:d8`` or ``255, 216``, or raw, at any place in the text, and by
    ``data:image/`` URLs; other digits that are not those of a text are
    ``(data, 12,345 bytes)``. A text with a picture whose digits are escaped, as in
    JSON, is returned without these escapes.
    """
    if len(text) < SHORTEST:
        return text
    if picture := whole_picture(text):
        return picture
    text = without_numbers(text, SHORTEST)
    # An escape begins with one of two characters, and few texts have any.
    if ("\\" in text or "%" in text) and _ESCAPE.search(text):
        plain = _ESCAPE.sub(_unescaped, text)
        if (found := _without_coded(plain)) != plain:
            return _without_raw(found)
    return _without_raw(_without_coded(text))


def without_pictures(texts: dict[str, str]) -> dict[str, str]:
    """Return texts by name, each as ``without_picture`` returns it."""
    # Nearly all texts are too short for a picture: they cost no call.
    return {
        name: text if len(text) < SHORTEST else without_picture(text)
        for name, text in texts.items()
    }


def _unescaped(match: re.Match[str]) -> str:
    """Return the digit; nothing for the end of a line, which may be within digits."""
    return _ESCAPED.get(match[0].lstrip("\\%u0").lower(), "")


def _without_coded(text: str) -> str:
    if "data:image/" in text:
        text = _without_data_urls(text)
    if _HEX_AT_STRIDE.search(text[::_STRIDE]):
        text = _replaced(text, _HEX, _hex_picture, 2)
    return _replaced(text, _BASE64, _base64_picture, 4 / 3)


def whole_picture(text: str) -> str | None:
    """Return the kind and length of a text that is one picture in base64, or None.

    Only the first characters are looked at, however long the text is.
    """
    if len(text) < SHORTEST:
        return None
    digits = "".join(text[:_FIRST_DIGITS].split()).translate(_URL_SAFE)
    if not _BASE64.match(text) or not (data := _from_base64(digits)):
        return None
    first, kind = first_picture(data)
    if kind and first == 0:
        return _label(kind, _base64_length(text))
    is_jxl = data.startswith(_JXL_FIRST)
    return _label("JXL", _base64_length(text)) if is_jxl else None


def described(text: str) -> str:
    """Return the kind and length of a text that is known to be a picture in base64."""
    return whole_picture(text) or _label("picture", _base64_length(text))


def picture_bytes(data: bytes, length: int = 0) -> str | None:
    """Return the kind and length of the picture in binary data, or None.

    ``length`` is that of the whole data, if they are only its first bytes.
    """
    return split_at_picture(data, length)[1] or None


def split_at_picture(data: bytes, length: int = 0) -> tuple[bytes, str]:
    """Return the bytes before a raw picture, and its kind and length, or nothing.

    ``length`` is that of :func:`picture_bytes`.
    """
    if len(data) < SHORTEST:
        return data, ""
    first, kind = first_picture(data[:_SEARCHED_BYTES])
    if not kind or len(data) - first < SHORTEST:
        return data, ""
    return data[:first], _label(kind, max(length, len(data)) - first)


def binary(data: bytes) -> str:
    """Return the kind and length of data that are a picture or other binary data."""
    return picture_bytes(data) or _label("data", len(data))


def _label(kind: str, length: int) -> str:
    return f"({kind}, {length:,} bytes)"


def _base64_length(text: str) -> int:
    return len("".join(text.split()).rstrip("=")) * 3 // 4


def _from_base64(digits: str) -> bytes:
    """Decode as many whole groups of four digits as there are (RFC 4648 section 4)."""
    try:
        return binascii.a2b_base64(digits[: len(digits) // 4 * 4])
    except ValueError:
        return b""


def _without_data_urls(text: str) -> str:
    """Shorten the URLs (RFC 2397), also those of formats without a signature."""
    kept: list[str] = []
    at = 0
    for match in _DATA_URL.finditer(text):
        if match.start() < at:
            continue
        encoded = _ENCODED.match(text, match.end())
        end = encoded.end() if encoded else match.end()
        length = end - match.end()
        if ";base64" in match[0]:
            length = _base64_length(text[match.end() : end])
        kept += [text[at : match.start()], _label(match[1].upper(), length)]
        at = end
    return "".join([*kept, text[at:]])


def _replaced(
    text: str,
    run: re.Pattern[str],
    picture: Callable[[str, str, str], tuple[str, int] | None],
    digits_per_byte: float,
) -> str:
    """Replace the picture in each run of digits, from its first digit to the end."""
    kept: list[str] = []
    at = 0
    for match in run.finditer(text):
        digits = "".join(match[0].split()).rstrip("=")
        before = text[max(0, match.start() - _BEFORE_CHARS) : match.start()]
        if (found := picture(match[0], digits, before)) is None:
            continue
        kind, first = found
        length = int((len(digits) - first) / digits_per_byte)
        start = match.start() + _position(match[0], first)
        kept += [text[at:start], _label(kind, length)]
        at = match.end()
    return "".join([*kept, text[at:]])


def _position(run: str, digit: int) -> int:
    """Return where a digit stands in a run that may have spaces."""
    places = (at for at, char in enumerate(run) if not char.isspace())
    return next(itertools.islice(places, digit, None), 0)


def _base64_picture(run: str, digits: str, before: str) -> tuple[str, int] | None:
    """Return the kind of the first picture, and its first digit.

    The digits before it may be a word or other data, so that all four ways to group
    the digits are tried.
    """
    plain = digits.translate(_URL_SAFE)
    for shift in range(4):
        first, kind = _long_enough(_from_base64(plain[shift:]))
        if kind:
            return kind, shift + first * 4 // 3
    words = digits_of_words(run)
    data = _from_base64(plain[words:])
    if len(data) < SHORTEST - 3:
        return None
    if words and (kind := first_picture(data)[1]):
        return kind, words
    is_binary = is_binary_base64(run, digits[words:], data, before)
    return ("data", words) if is_binary else None


def _hex_picture(run: str, digits: str, before: str) -> tuple[str, int] | None:  # noqa: ARG001 - as of base64
    for shift in range(2):
        whole = shift + (len(digits) - shift) // 2 * 2
        first, kind = _long_enough(binascii.unhexlify(digits[shift:whole]))
        if kind:
            return kind, shift + 2 * first
    data = binascii.unhexlify(digits[: len(digits) // 2 * 2])
    return ("data", 0) if is_binary_hex(run, digits, data) else None


def _long_enough(data: bytes) -> tuple[int, str]:
    first, kind = first_picture(data)
    # The last group of digits may have been left over.
    return (first, kind) if len(data) - first >= SHORTEST - 3 else (0, "")


def _without_raw(text: str) -> str:
    """Cut the text at a picture whose bytes were taken for characters."""
    if text.isascii() and text.isprintable():
        return text
    before, kind, length = split_at_characters(text, SHORTEST)
    return before + _label(kind, length) if kind else text
