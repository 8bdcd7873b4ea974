"""Texts from a stranger: decoded, without what JSON or a table cannot hold, bounded."""

from __future__ import annotations

import re

CUT = "…"
"""The last character of a text that was cut."""

_ORDER_MARKS = (b"\xff\xfe", b"\xfe\xff")
_PADDING = "\0 \t\r\n"
# Line breaks and tabs are text. Surrogates have no UTF-8.
_UNSAFE = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def decoded(raw: bytes) -> str:
    """Decode a text whose character set is not stated, or not to be believed.

    UTF-16 with a byte order mark, else UTF-8, else Windows-1252: a text in Latin-1 or
    Windows-1252 that has a character beyond ASCII is hardly ever valid UTF-8. A last
    character that is cut off is left out.
    """
    if raw[:2] in _ORDER_MARKS:
        return raw.decode("utf-16", "replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # A limit in bytes may have cut the last character of a text in UTF-8.
        before = error.object[: error.start]
        if error.reason == "unexpected end of data" and not before.isascii():
            return before.decode("utf-8-sig")
        return raw.decode("cp1252", "replace")


def is_utf_8(raw: bytes) -> bool:
    """Return whether all bytes are UTF-8, of which ASCII is a part."""
    try:
        raw.decode()
    except UnicodeDecodeError:
        return False
    return True


def safe(text: str) -> str:
    """Return the text without padding; control characters become U+FFFD."""
    return _UNSAFE.sub("\N{REPLACEMENT CHARACTER}", text.strip(_PADDING))


def shortened(text: str, max_chars: int) -> str:
    """Return the text, or its first ``max_chars`` characters and CUT."""
    return text if len(text) <= max_chars else text[:max_chars] + CUT


def cut_to_bytes(text: str, max_bytes: int) -> str:
    """Return the text, or as much of it with CUT as takes ``max_bytes`` of UTF-8.

    Without room for CUT, the result is empty.
    """
    if len(text) <= max_bytes // 4:  # a character takes four bytes at most
        return text
    raw = text.encode()
    if len(raw) <= max_bytes:
        return text
    room = max_bytes - len(CUT.encode())
    return raw[:room].decode("utf-8", "ignore") + CUT if room >= 0 else ""
