"""Encode a character in the Chinese and Japanese sets of the Encoding Standard.

Each function returns the bytes of one character, or None if the set does not have it.
"""

from __future__ import annotations

from functools import lru_cache

JIS_SIGNS = {"\xa5": b"\x5c", "\u203e": b"\x7e"}
"""Section 12.2.2: two signs of JIS X 0201 where ASCII has a backslash and a tilde."""


def gb18030(char: str) -> bytes | None:
    """Section 10.2.2."""
    return _GB18030[char] if char in _GB18030 else exactly(char, "gb18030")


def gbk(char: str) -> bytes | None:
    """Section 10.1: gb18030 without its four bytes, and the euro sign as one."""
    encoded = b"\x80" if char == "\u20ac" else gb18030(char)
    return encoded if encoded is not None and len(encoded) < 4 else None  # noqa: PLR2004


def big5(char: str) -> bytes | None:
    """Section 11.1.2: not Hong Kong's extensions, whose first byte is below A1."""
    if char in _BIG5:
        return _BIG5[char]
    of_hong_kong, of_windows = exactly(char, "big5hkscs"), exactly(char, "cp950")
    is_eten = of_hong_kong is not None and of_hong_kong[0] in b"\xc6\xc7\xc8"
    encoded = of_hong_kong if is_eten or of_windows is None else of_windows
    is_standard = encoded is not None and encoded[0] >= 0xA1  # noqa: PLR2004
    return encoded if is_standard and not _is_private(char) else None


def shift_jis(char: str) -> bytes | None:
    """Section 12.3.2: of two places of an extension of IBM, the higher one."""
    if char in JIS_SIGNS:
        return JIS_SIGNS[char]
    if char == "\x80":
        return b"\x80"
    encoded = _windows_31j(char)
    is_lower_place = encoded is not None and encoded[0] in b"\xed\xee"
    return _of_ibm()[char] if is_lower_place else encoded


def _windows_31j(char: str) -> bytes | None:
    if _is_private(char) or "\x80" <= char <= "\xa0":
        return None
    # Section 12.3.2: the minus sign is the fullwidth one.
    return exactly("\uff0d" if char == "\u2212" else char, "cp932")


@lru_cache(maxsize=1)
def _of_ibm() -> dict[str, bytes]:
    """Return the extensions of IBM at their higher place."""
    codes = [
        bytes((lead, trail)) for lead in b"\xfa\xfb\xfc" for trail in range(64, 253)
    ]
    return {char: code for code in codes if (char := decoded(code, "cp932"))}


def euc_jp(char: str) -> bytes | None:
    """Section 12.1.2."""
    if char in JIS_SIGNS:
        return JIS_SIGNS[char]
    if "\uff61" <= char <= "\uff9f":
        return bytes((0x8E, ord(char) - 0xFF61 + 0xA1))
    pair = jis_0208(char)
    return pair and bytes((pair[0] | 0x80, pair[1] | 0x80))


def jis_0208(char: str) -> bytes | None:
    """Return the row and cell of a character, each plus 0x20."""
    encoded = _windows_31j(char)
    if encoded is None or len(encoded) == 1:
        return None
    lead, trail = encoded
    row = (lead - (0x81 if lead < 0xA0 else 0xC1)) * 2  # noqa: PLR2004
    cell = trail - (0x40 if trail < 0x7F else 0x41)  # noqa: PLR2004
    return bytes((row + cell // 94 + 0x21, cell % 94 + 0x21))


def exactly(char: str, name: str) -> bytes | None:
    """Encode, but not to the bytes of a character that only looks like it."""
    try:
        encoded = char.encode(name)
    except UnicodeError:
        return None
    return encoded if decoded(encoded, name) == char else None


def decoded(encoded: bytes, name: str) -> str | None:
    """Return the text of some bytes; None if they are not of the set."""
    try:
        return encoded.decode(name)
    except UnicodeError:
        return None


def _is_private(char: str) -> bool:
    return "\ue000" <= char <= "\uf8ff"


_GB18030: dict[str, bytes | None] = {
    "\u1e3f": b"\xa8\xbc",
    "\ue5e5": None,
    "\ue7c7": b"\x81\x35\xf4\x37",
    **{
        chr(0x9FB4 + number): bytes((0xFE, trail))
        for number, trail in enumerate(b"\x59\x61\x66\x67\x6d\x7e\x90\xa0")
    },
    **{
        chr(0xFE10 + number): bytes((0xA6, trail))
        for number, trail in enumerate(b"\xd9\xdb\xda\xdc\xdd\xde\xdf\xec\xed\xf3")
    },
}
_BIG5: dict[str, bytes | None] = {
    **dict.fromkeys("\xa2\xa3\xa5\u2022\u203e\u223c\u2593\u2609\u2641\uff64"),
    **{chr(0x2400 + number): bytes((0xA3, 0xC0 + number)) for number in range(32)},
    "\u2421": b"\xa3\xe0",
    "\u2550": b"\xf9\xf9",
    "\u255e": b"\xf9\xe9",
    "\u2561": b"\xf9\xeb",
    "\u256a": b"\xf9\xea",
    "\u4edd": b"\xc6\xdf",
    "\u5605": b"\xfb\x48",
    "\u5ed0": b"\xfb\xf9",
    "\u5ef4": b"\xc6\xcf",
    "\u60a4": b"\xfc\x6c",
    "\u65e0": b"\xc6\xd3",
    "\u732a": b"\xfe\x52",
    "\u7676": b"\xc6\xd5",
    "\u96b6": b"\xc6\xd7",
}
