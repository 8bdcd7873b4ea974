"""Decode an XMP packet, also one that contradicts its encoding."""

from __future__ import annotations

import codecs

_JPEG_NAME = b"http://ns.adobe.com/xap/1.0/\0"  # XMP part 3 section 1.1.3
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # begins as the BOM of UTF-16 does
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SEARCHED = 1_024
# Python's "surrogateescape" gives a byte that is not UTF-8 as such a character.
_WINDOWS_1252 = {
    0xDC00 + byte: bytes([byte]).decode("cp1252", "replace")
    for byte in range(0x80, 0x100)
}


def decoded(packet: bytes) -> tuple[str, bool]:
    """Return the packet's text, and whether it is well encoded.

    XML 1.0 section 4.3.3: an entity in UTF-16 must begin with a byte order mark. One
    without it is read, but is not well encoded. Bytes that are not UTF-8 are read as
    Windows-1252, which editors write that do not know UTF-8.
    """
    packet = packet.removeprefix(_JPEG_NAME)
    for mark, encoding in _BOMS:
        if packet.startswith(mark):
            return _text(packet[len(mark) :], encoding)
    encoding, start = _without_mark(packet)
    text, is_valid = _text(packet[start:], encoding)
    return text, is_valid and encoding == "utf-8"


def _without_mark(packet: bytes) -> tuple[str, int]:
    """Return the encoding by the zeros around the first ``<``, and where it begins."""
    at = packet.find(b"<", 0, _SEARCHED)
    zeros = 3 if packet[at + 1 : at + 4] == bytes(3) else 1
    if at < 0 or packet[at + 1 : at + 1 + zeros] != bytes(zeros):
        return "utf-8", 0
    width = zeros + 1
    # Both orders have zeros after it, unless it is the first character.
    is_big = at % width == zeros and packet[at - zeros : at] == bytes(zeros)
    return f"utf-{width * 8}-{'be' if is_big else 'le'}", at - zeros * is_big


def _text(data: bytes, encoding: str) -> tuple[str, bool]:
    try:
        return data.decode(encoding), True
    except UnicodeDecodeError:
        pass
    if encoding != "utf-8":
        return data.decode(encoding, "replace"), False
    text = data.decode(encoding, "surrogateescape")
    return text.translate(_WINDOWS_1252), False
