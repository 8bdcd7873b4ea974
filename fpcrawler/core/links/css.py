"""Find the URLs in a style sheet (CSS Syntax Module Level 3, section 4)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

ReferenceKind = Literal["image", "import"]

# Each alternative consumes everything that it looked at, so no text is read twice.
# The end of the text closes an open token (section 4.3.4).
_COMMENT = r"/\*(?:[^*]|\*(?!/))*+(?:\*/)?"
_STRING = r""""(?:[^"\\\n\r\f]|\\[\s\S])*+"?|'(?:[^'\\\n\r\f]|\\[\s\S])*+'?"""
# Each starts with a literal character, so that the search can skip by a table.
_URL = (
    r"(?:u(?<![\w-]u)|U(?<![\w-]U))[rR][lL]\("
    rf"\s*+(?:{_STRING})?(?:[^)\\]|\\[\s\S])*+\)?"
)
_TOKEN = re.compile(
    rf"(?P<url>{_URL})|(?P<rule>@[\w-]++)|(?P<set>[iI]mage-set\(|IMAGE-SET\()"
    rf"|{_COMMENT}|{_STRING}"
)
_IMPORTED = re.compile(rf"(?:\s|{_COMMENT})*+({_URL}|{_STRING})")
_OPTION = re.compile(
    rf"(?P<url>{_URL}|{_STRING})|(?P<type>[tT]ype\([^)]*+\)?)|{_COMMENT}"
    r"|(?P<size>\d{1,9}(?:\.\d{1,9})?|\.\d{1,9})(?P<unit>x|dppx|dpi|dpcm)\b"
    r"|(?P<open>\()|(?P<close>\))"
)
_SKIPPED = {
    f"@{rule}": re.compile(rf"(?:{_COMMENT}|{_STRING}|{_URL}|[^{end}])*+")
    for rule, end in (
        ("font-face", "}"),
        ("namespace", ";"),
        ("document", "{"),
        ("-moz-document", "{"),
    )
}
"""Rules whose url() is not an image, up to where each ends."""

_ESCAPE = re.compile(r"\\(?:([0-9A-Fa-f]{1,6})(?:\r\n|\s)?|(\r\n|[\n\r\f])|([\s\S]))")
_DOTS_PER_PIXEL = {"x": 1.0, "dppx": 1.0, "dpi": 1 / 96, "dpcm": 2.54 / 96}
_MAX_CODE_POINT = 0x10FFFF


def css_references(text: str) -> Iterator[tuple[ReferenceKind, str]]:
    """Yield each reference of a style sheet or style attribute, with its kind."""
    at = 0
    while match := _TOKEN.search(text, at):
        at = match.end()
        if match["url"]:
            yield "image", _value(match[0])
        elif match["set"]:
            reference, at = _densest(text, at)
            yield "image", reference
        elif match["rule"]:
            rule = match[0].lower()
            if rule == "@import" and (imported := _IMPORTED.match(text, at)):
                at = imported.end()
                yield "import", _value(imported[1])
            elif rule in _SKIPPED and (skipped := _SKIPPED[rule].match(text, at)):
                at = skipped.end()


def _densest(text: str, at: int) -> tuple[str, int]:
    """Return the densest option of image-set(), and the offset where it ends."""
    best, best_size, last, depth = "", 0.0, "", 1
    while depth and (match := _OPTION.search(text, at)):
        at = match.end()
        if match["url"]:
            last = _value(match[0])
            if not best:  # the default resolution is 1x
                best, best_size = last, 1.0
        elif match["size"]:
            size = float(match["size"]) * _DOTS_PER_PIXEL[match["unit"]]
            if best is last or size > best_size:
                best, best_size = last, size
        elif match["open"]:
            depth += 1
        elif match["close"]:
            depth -= 1
    return best, len(text) if depth else at


def _value(token: str) -> str:
    """Return the value of a string or url() token; "" for a bad url."""
    if token[0] in "uU":
        token = token[4:].removesuffix(")").strip()
        if token[:1] not in ('"', "'"):
            is_bad = any(char in " \t\n\r\f\"'(" for char in _ESCAPE.sub("", token))
            return "" if is_bad else _unescaped(token)
        token = token[: token.rfind(token[0], 1) + 1] or token
    return _unescaped(token[1:].removesuffix(token[0]))


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(_character, text) if "\\" in text else text


def _character(match: re.Match[str]) -> str:
    """Section 4.3.7, "consume an escaped code point"."""
    if match[1]:
        code = int(match[1], 16)
        is_text = 0 < code <= _MAX_CODE_POINT and not 0xD800 <= code <= 0xDFFF  # noqa: PLR2004 - surrogates
        return chr(code) if is_text else "\ufffd"
    return match[3] or ""
