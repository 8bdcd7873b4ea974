"""Decode the text of the EXIF tag UserComment."""

from __future__ import annotations

MAX_COMMENT_CHARS = 2_000
MAX_COMMENT_BYTES = 8 + 4 * MAX_COMMENT_CHARS

_CODE_BYTES = 8
_PADDING = " \t\r\n\0"
_INCOMPLETE_BYTES = 4  # of a truncated UTF-8 character, at most 3 bytes are left


def decode_user_comment(raw: bytes, *, is_little_endian: bool) -> str | None:
    """Return the text, or None if there is none or it cannot be decoded.

    Exif 2.32 section 4.6.5, UserComment: the first eight bytes name the character
    code. Text of an undefined code is returned only if all of it is printable.
    """
    code, text = raw[:_CODE_BYTES], raw[_CODE_BYTES:]
    if code == b"ASCII\0\0\0":
        found = _bytewise(text)
    elif code == b"UNICODE\0":
        found = _unicode(text, is_little_endian=is_little_endian)
    elif code == b"JIS\0\0\0\0\0":
        found = _jis(text)
    elif code.strip(b"\0 "):
        # Not a known code: some writers omit it, so the text starts here.
        found = _if_readable(_bytewise(raw))
    else:
        found = _if_readable(_bytewise(text))
    return found.strip(_PADDING)[:MAX_COMMENT_CHARS] or None


def _bytewise(raw: bytes) -> str:
    text = raw.split(b"\0", 1)[0]
    try:
        return text.decode()
    except UnicodeDecodeError as error:
        # The last character of a long text may be truncated.
        if error.start > len(text) - _INCOMPLETE_BYTES:
            return text[: error.start].decode()
        return text.decode("latin-1")


def _unicode(raw: bytes, *, is_little_endian: bool) -> str:
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
    return sum(" " <= char < "\u0250" for char in text)


def _jis(raw: bytes) -> str:
    text = raw.split(b"\0", 1)[0]
    for encoding in ("iso2022_jp", "utf-8", "shift_jis", "euc_jp"):
        try:
            return text.decode(encoding)
        except UnicodeDecodeError:
            continue
    return ""


def _if_readable(text: str) -> str:
    """Return the text, ``""`` if it has control characters."""
    is_text = all(char.isprintable() or char in "\t\r\n" for char in text)
    return text if is_text else ""
