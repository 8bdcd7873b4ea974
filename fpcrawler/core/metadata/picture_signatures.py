"""Find a coded picture in other data, by how such pictures begin."""

from __future__ import annotations

import re
from typing import NamedTuple


class _Signature(NamedTuple):
    """How coded data of a kind begin: ``pattern`` matches ``before`` bytes later.

    It begins with a literal, which ``re`` looks for faster than ``in`` does.
    """

    kind: str
    pattern: re.Pattern[bytes]
    before: int = 0


def _begins(kind: str, literal: bytes, rest: bytes = b"") -> _Signature:
    return _Signature(kind, re.compile(re.escape(literal) + rest, re.DOTALL))


def _only_first(kind: str, pattern: bytes) -> _Signature:
    """Return a signature that other data could have, except as their first bytes."""
    return _Signature(kind, re.compile(rb"\A" + pattern, re.DOTALL))


def _box(kind: str, brands: bytes) -> _Signature:
    """Return the signature of an ISO/IEC 14496-12 file: a short box of type ftyp."""
    rest = rb"ftyp(?<=\x00.{3}ftyp)(?:%s)" % brands
    return _Signature(kind, re.compile(rest, re.DOTALL), before=4)


# A width and a height, after comments; then numbers, or bytes of which one is binary.
_PNM_SIZE = rb"\s(?:#[^\n]{0,200}\n)?\s{0,9}\d{1,9}\s{1,9}\d{1,9}\s"
_BINARY_SOON = rb"(?=.{0,60}[\x00-\x08\x0e-\x1f\x7f-\xff])"

# Where a signature could be the text of a sentence, more is asked for: a GIF has
# binary dimensions, a BMP zeros and a header's size.
_SIGNATURES = (
    _begins("JPEG", b"\xff\xd8\xff", rb"[\xc0-\xfe]"),  # ITU-T T.81 B.1.1.3: SOI
    _begins("PNG", b"\x89PNG\r\n\x1a\n"),
    _begins("GIF", b"GIF8", rb"[79]a(?=[^\n]{0,6}[\x00-\x08\x0e-\x1f\x7f-\xff])"),
    _begins("WEBP", b"RIFF", rb".{4}WEBPVP8"),
    _begins("TIFF", b"II", rb"[*+]\x00"),
    _begins("TIFF", b"MM\x00", rb"[*+]"),
    _box("HEIC", rb"he[iv][cmsx]|mi[af][f12]|msf1"),
    _box("AVIF", rb"avi[fs]"),
    _begins("JXL", b"\x00\x00\x00\x0cJXL \r\n\x87\n"),
    _begins("JP2", b"\x00\x00\x00\x0cjP  \r\n\x87\n"),
    _begins("JP2", b"\xff\x4f\xff\x51"),
    _begins("BMP", b"BM", rb".{4}\x00{4}.{4}[\x0c\x10\x28\x34\x38\x40\x6c\x7c]\x00{3}"),
    _begins("PSD", b"8BPS\x00", rb"[\x01\x02]"),
    _begins("QOI", b"qoif", rb".{8}[\x03\x04][\x00\x01]"),
    _begins("PNM", b"P", rb"[4-6]%s%s" % (_PNM_SIZE, _BINARY_SOON)),
    _begins("PNM", b"P", rb"[1-3]%s[\d\s]{100}" % _PNM_SIZE),
    _begins("PNM", b"P7\nWIDTH "),
    _begins("DDS", b"DDS \x7c\x00\x00\x00"),
    _begins("EPS", b"%!PS-Adobe-", rb"\d\.\d EPSF-\d"),
    _begins("EPS", b"\xc5\xd0\xd3\xc6"),
    _begins("SGI", b"\x01\xda", rb"[\x00\x01][\x01\x02]\x00[\x01-\x03]"),
    _begins("ICNS", b"icns\x00", rb".{3}[ -~]{4}\x00"),
    _only_first("ICO", rb"\x00\x00[\x01\x02]\x00[\x01-\x40]\x00.{3}\x00"),
    _only_first(
        "PCX", rb"\x0a[\x00\x02-\x05]\x01[\x01\x02\x04\x08].{60}\x00[\x01-\x04]"
    ),
    _only_first("TGA", rb".\x00[\x02\x03\x0a\x0b]\x00{5}.{8}[\x08\x0f\x10\x18\x20]"),
    _only_first("TGA", rb".\x01[\x01\x09].{4}[\x0f\x10\x18\x20].{8}[\x08\x10]"),
)


def first_picture(data: bytes) -> tuple[int, str]:
    """Return where the first picture begins, and its kind; an empty one if none."""
    found = [
        (match.start() - signature.before, signature.kind)
        for signature in _SIGNATURES
        if (match := signature.pattern.search(data))
    ]
    return min(found, default=(0, ""))
