"""Find a picture whose bytes a page or a tag gives as the characters of a text."""

from __future__ import annotations

import re

from fpcrawler.core.metadata.picture_signatures import first_picture

# A page may be decoded by any of these. UTF-8 loses the bytes of the signatures, and
# a parser loses zeros: what is left are names of the structure and what is around.
_ENCODINGS = ("latin-1", "cp1252", "mac-roman")
_BINARY = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffd]")
_NAMES = tuple(
    re.compile(pattern, re.DOTALL)
    for pattern in (
        # PNG, third edition, sections 5.2 and 11.2.1
        r"[^ -~]?PNG[^!-~]{1,12}IHDR",
        # ITU-T T.871 section 6.1; Exif 2.32 section 4.5.4; ITU-T T.872 section 6.5.3
        r"[^ -~]{2,8}[ -~]{0,2}(?:JFIF|Exif|Adobe|ICC_PROFILE|Photoshop 3)",
        r"RIFF.{1,4}WEBPVP8",
        r"GIF8[79]a",
        r"ftyp(?:avi[fs]|he[iv][cmsx]|mi[af][f12]|msf1|jxl |jp2 )",
        r"8BPS",
        r"qoif",
        r"DDS \|",
    )
)
_AROUND, _MANY, _MOST = 100, 4, 40
"""_MANY binary characters are near the name, with a control character, or _MOST.

A text that was decoded wrongly has some, but no control characters.
"""
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")
_MOST_PLACES = 64


def split_at_characters(text: str, fewest: int) -> tuple[str, str, int]:
    """Return the text before a picture, and its kind and length; an empty one if none.

    The length is exact where each byte became a character. A picture with fewer than
    ``fewest`` bytes stays.
    """
    found = [
        (first, kind)
        for encoding in _ENCODINGS
        for first, kind in [first_picture(_as_bytes(text, encoding))]
        if kind
    ]
    found += [(first, "picture") for first in _named_places(text)]
    first, kind = min(found, default=(len(text), ""))
    if len(text) - first < fewest:
        return text, "", 0
    return text[:first], kind, len(text) - first


def _as_bytes(text: str, encoding: str) -> bytes:
    """Return one byte for each character.

    The bytes that Windows-1252 leaves out are C1 controls (WHATWG Encoding section 9).
    """
    raw = text.encode(encoding, "replace")
    if encoding != "cp1252" or len(raw) != len(text):
        return raw
    return bytes(
        ord(char) if "\x80" <= char <= "\x9f" else byte
        for char, byte in zip(text, raw, strict=True)
    )


def _named_places(text: str) -> list[int]:
    places = []
    for pattern in _NAMES:
        for number, match in enumerate(pattern.finditer(text)):
            if number == _MOST_PLACES:
                break
            near = text[max(0, match.start() - _AROUND) : match.end() + _AROUND]
            count = len(_BINARY.findall(near))
            if count >= _MOST or (count >= _MANY and _CONTROL.search(near)):
                places.append(match.start())
                break
    return places
