"""Encode a query in the character set of its page (Encoding Standard, URL Standard).

Python's codecs differ from the Encoding Standard: they lack bytes that it has, and
encode characters that it does not. So each character is checked here on its own.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable
from functools import lru_cache

from fpcrawler.core.web.east_asian import (
    JIS_SIGNS,
    big5,
    decoded,
    euc_jp,
    exactly,
    gb18030,
    gbk,
    jis_0208,
    shift_jis,
)

Encoder = Callable[[str], bytes | None]
"""Returns the bytes of one character; None: the character set does not have it."""

# Encoding Standard section 4.2: labels of other sets whose bytes mean more. The names
# are Python's.
_MEANT = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gbk",
    "big5hkscs": "big5",
    "cp950": "big5",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
}
_UNICODE = ("utf", "unicode", "idna", "punycode")
_IN_QUERY = frozenset(range(0x21, 0x7F)) - frozenset(b"\"#'<>")
"""What a query leaves as it is (URL Standard section 1.3, special-query set)."""


def encoded_query(query: str, charset: str) -> str:
    """Percent-encode the characters of a query that are not ASCII.

    ``charset``: any name that Python knows; UTF-8 stands for all others. URL Standard
    section 1.3: a character that the set does not have becomes ``%26%23NUMBER%3B``.
    """
    name = _name_of(charset)
    if query.isascii() or name is None:
        return query
    if name == "iso2022_jp":
        return _iso_2022_jp(query)
    encoder = _encoder(name)
    return "".join(
        char if char.isascii() else _percent(encoder(char), char) for char in query
    )


@lru_cache(maxsize=128)
def _name_of(charset: str) -> str | None:
    """Return Python's name of a legacy character set; None for UTF-8 and unknown."""
    try:
        codec = codecs.lookup(charset)
    except (LookupError, ValueError):
        return None
    # Section 4.3, "get an output encoding": UTF-16 means UTF-8.
    is_text = codec._is_text_encoding  # noqa: SLF001 - "hex" and the like are not
    if not is_text or codec.name.startswith(_UNICODE):
        return None
    return _MEANT.get(codec.name, codec.name)


def _percent(encoded: bytes | None, char: str) -> str:
    if encoded is None:
        return f"%26%23{ord(char)}%3B"
    return "".join(chr(b) if b in _IN_QUERY else f"%{b:02X}" for b in encoded)


@lru_cache(maxsize=64)
def _encoder(name: str) -> Encoder:
    own = _OWN.get(name)
    return lru_cache(1_024)(own or (lambda char: _single_byte(char, name)))


def _single_byte(char: str, name: str) -> bytes | None:
    if char in _SINGLE_BYTE.get(name, {}):
        return _SINGLE_BYTE[name][char]
    if (encoded := exactly(char, name)) is not None:
        return encoded
    # Section 9: in Windows' sets, an undefined byte is a control character.
    is_control = "\x80" <= char < "\xa0" and name.startswith(_WINDOWS)
    if is_control and decoded(code := char.encode("latin-1"), name) is None:
        return code
    return None


def _iso_2022_jp(query: str) -> str:
    """Section 12.2.2: escape sequences change between ASCII, Roman and JIS X 0208."""
    written, state = [], _TO_ASCII
    for char in query:
        wanted, encoded = _in_2022(char, state)
        if wanted != state:
            written.append(_percent(wanted, char))
            state = wanted
        written.append(char if char.isascii() else _percent(encoded, char))
    if state != _TO_ASCII:
        written.append(_percent(_TO_ASCII, ""))
    return "".join(written)


def _in_2022(char: str, state: bytes) -> tuple[bytes, bytes | None]:
    """Return the state that a character needs, and its bytes in it."""
    if char.isascii():
        stays = state == _TO_ROMAN and char not in "\\~"
        return (_TO_ROMAN if stays else _TO_ASCII), None
    if char in JIS_SIGNS:
        return _TO_ROMAN, JIS_SIGNS[char]
    if "\uff61" <= char <= "\uff9f":
        char = _FULLWIDTH[ord(char) - 0xFF61]
    pair = jis_0208(char)
    if pair is None:  # the number that stands for it is ASCII
        return (_TO_ROMAN if state == _TO_ROMAN else _TO_ASCII), None
    return _TO_JIS, pair


_TO_ASCII, _TO_ROMAN, _TO_JIS = b"\x1b(B", b"\x1b(J", b"\x1b$B"
_FULLWIDTH = (
    "。「」、・ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテト"
    "ナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン゛゜"
)
_WINDOWS = ("cp125", "cp874")

# Where the indexes of the Encoding Standard differ from Python's codecs.
_SINGLE_BYTE: dict[str, dict[str, bytes | None]] = {
    "cp1255": {"\u05ba": b"\xca"},
    "koi8-u": {"\u040e": b"\xbe", "\u045e": b"\xae", "\u255d": None, "\u256c": None},
}
_OWN: dict[str, Encoder] = {
    "gbk": gbk,
    "gb18030": gb18030,
    "big5": big5,
    "cp932": shift_jis,
    "euc_jp": euc_jp,
}
