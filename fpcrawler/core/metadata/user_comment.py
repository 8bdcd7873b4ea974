"""Decode texts that begin with a character code: UserComment and two GPS tags."""

from __future__ import annotations

import codecs
import re

MAX_COMMENT_BYTES = 65_536

CODE_BYTES = 8

# The specification pads a code with NULs; some writers pad it with spaces.
_CODE = re.compile(rb"(ASCII)[\0 ]{3}|(UNICODE)[\0 ]|(JIS)[\0 ]{5}")
_ASCII, _UNICODE, _JIS = 1, 2, 3  # the groups of _CODE

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")

_PADDING = " \t\r\n\0"

_INCOMPLETE_BYTES = 4  # of a truncated UTF-8 character, at most 3 bytes are left

_COMPARED_CHARS = 1_000  # enough to tell one byte order from the other

# The character of each byte in Windows-1252. Five bytes have none: they are controls.
_WINDOWS_1252 = "".join(
    chr(byte) if char == "\ufffd" else char
    for byte, char in enumerate(bytes(range(256)).decode("cp1252", "replace"))
)


def decode_user_comment(raw: bytes, *, is_little_endian: bool) -> str | None:
    """Return the text without padding, or None if there is none.

    The text of more than MAX_COMMENT_BYTES is cut and ends with ``…``.
    """
    limit = CODE_BYTES + MAX_COMMENT_BYTES
    is_cut = len(raw) > limit
    text = coded_text(raw[:limit], is_little_endian=is_little_endian, is_cut=is_cut)
    # A text that ends with padding ends before the limit.
    is_marked = is_cut and raw[limit - 2 : limit].strip(b"\0 ")
    return f"{text}…" if text and is_marked else text or None


def comment_has_end(raw: bytes) -> bool:
    """Return whether the text ends with a NUL in ``raw``."""
    nul = b"\0\0" if _code(raw) == _UNICODE else b"\0"
    return nul in raw[CODE_BYTES:]


def coded_text(
    raw: bytes, *, is_little_endian: bool, is_cut: bool = False
) -> str | None:
    """Return the text without padding; None if the bytes are not a text.

    Exif 2.32 section 4.6.5, UserComment: the first eight bytes name the character
    code. Text of an undefined code is returned only if all of it is printable.
    """
    code, text = _code(raw), raw[CODE_BYTES:]
    found: str | None
    if code == _ASCII:
        found = _bytewise(text, is_cut=is_cut)
        found = text.partition(b"\0")[0].decode("latin-1") if found is None else found
    elif code == _UNICODE:
        found = _ucs_2(text, is_little_endian=is_little_endian)
    elif code == _JIS:
        found = _jis(text, is_cut=is_cut)
    else:
        # Not a known code: some writers omit it, so the text starts here.
        found = _bytewise(
            raw if raw[:CODE_BYTES].strip(b"\0 ") else text, is_cut=is_cut
        )
        if found is not None and has_controls(found):
            found = None
    return None if found is None else found.strip(_PADDING)


def has_code(raw: bytes) -> bool:
    """Return whether the bytes begin with a known character code."""
    return _code(raw) is not None


def _code(raw: bytes) -> int | None:
    found = _CODE.match(raw)
    return found.lastindex if found else None


def text_of_bytes(raw: bytes, *, is_cut: bool = False) -> str | None:
    """Return UTF-8 text, else Windows-1252 text; None if neither is a text.

    ``is_cut``: the last character may be truncated.
    """
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        if is_cut and error.start > len(raw) - _INCOMPLETE_BYTES:
            return raw[: error.start].decode()
    text, _ = codecs.charmap_decode(raw, "strict", _WINDOWS_1252)
    return None if has_controls(text) else text


def has_controls(text: str) -> bool:
    """Return whether a text has control characters, other than tab and new line."""
    return _CONTROL.search(text) is not None


def _bytewise(raw: bytes, *, is_cut: bool) -> str | None:
    return text_of_bytes(raw.split(b"\0", 1)[0], is_cut=is_cut)


def _ucs_2(raw: bytes, *, is_little_endian: bool) -> str:
    """Decode UCS-2: by its byte order mark, else as most likely.

    Writers usually follow the byte order of the TIFF header. The other order is
    taken if it gives more Latin letters.
    """
    raw = raw[: len(raw) & ~1]
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return _until_nul(raw.decode("utf-16", "replace"))
    little = raw.decode("utf-16-le", "replace")
    big = raw.decode("utf-16-be", "replace")
    first, second = (little, big) if is_little_endian else (big, little)
    return _until_nul(second if _latin(second) > _latin(first) else first)


def _until_nul(text: str) -> str:
    return text.partition("\0")[0]


def _latin(text: str) -> int:
    return sum(" " <= char < "\u0250" for char in text[:_COMPARED_CHARS])


def _jis(raw: bytes, *, is_cut: bool) -> str | None:
    text = raw.split(b"\0", 1)[0]
    for encoding in ("iso2022_jp", "utf-8", "shift_jis", "euc_jp"):
        for lost in range(_INCOMPLETE_BYTES if is_cut else 1):
            try:
                return text[: len(text) - lost].decode(encoding)
            except UnicodeDecodeError:
                continue
    return None
