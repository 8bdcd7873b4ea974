"""What a file is, told by its first bytes, never by its name or Content-Type."""

from __future__ import annotations

import re

SNIFF_BYTES = 512
"""As many first bytes as :func:`image_format` and :func:`is_html` ever need."""

# ISO/IEC 14496-12 section 4.3: the major brand of the leading `ftyp` box.
_BMFF_BRANDS = {
    b"avif": "avif",
    b"avis": "avif",
    b"heic": "heic",
    b"heix": "heic",
    b"heim": "heic",
    b"heis": "heic",
    b"hevc": "heic",
    b"hevx": "heic",
    b"hevm": "heic",
    b"hevs": "heic",
    b"mif1": "heif",
    b"mif2": "heif",
    b"msf1": "heif",
    b"miaf": "heif",
    b"crx ": "cr3",
    b"jxl ": "jxl",
    b"jp2 ": "jp2",
    b"jpx ": "jp2",
}
_SIGNATURES = (
    (b"\xff\xd8\xff", "jpeg"),  # ITU-T T.81 B.1.1.3: SOI, then a marker
    (b"\x89PNG\r\n\x1a\n", "png"),  # PNG section 5.2
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"II*\x00", "tiff"),  # TIFF 6.0 section 2; BigTIFF has 43 in place of 42
    (b"MM\x00*", "tiff"),
    (b"II+\x00\x08\x00", "tiff"),
    (b"MM\x00+\x00\x08", "tiff"),
    (b"IIRO", "tiff"),  # Olympus ORF and Panasonic RW2: TIFF by another number
    (b"IIRS", "tiff"),
    (b"MMOR", "tiff"),
    (b"IIU\x00", "tiff"),
    (b"FUJIFILMCCD-RAW", "raf"),
    (b"\xff\x0a", "jxl"),  # ISO/IEC 18181-2: the naked codestream
    (b"\x00\x00\x00\x0cJXL \r\n\x87\n", "jxl"),
    (b"\x00\x00\x00\x0cjP  \r\n\x87\n", "jp2"),
    (b"\xff\x4f\xff\x51", "jp2"),
    (b"8BPS\x00\x01", "psd"),
    (b"8BPS\x00\x02", "psd"),
)
_BMP_HEADER_SIZES = {12, 16, 40, 52, 56, 64, 108, 124}
_ICO_MAX_PICTURES = 1_000

# WHATWG MIME Sniffing section 7.1, "identifying a resource with an unknown
# MIME type": the openings that make a text a page.
_HTML_TAGS = (
    rb"!doctype\s+html|html|head|body|script|style|title|meta|link|base|iframe|"
    rb"h1|div|font|table|a|br|p|img|b|!--"
)
_BLANK = rb"(?:\xef\xbb\xbf)?[\t\n\x0c\r ]*"
_HTML = re.compile(_BLANK + rb"<(?:" + _HTML_TAGS + rb")(?:[\s>/]|$)", re.IGNORECASE)
_XHTML = re.compile(_BLANK + rb"<\?xml[^>]*>.*?<html[\s>]", re.IGNORECASE | re.DOTALL)
_SVG = re.compile(
    _BLANK + rb"(?:<\?xml[^>]*>|<!--.*?-->|<!doctype[^>\[]*(?:\[.*?\])?\s*>|\s)*"
    rb"<(?:svg:)?svg[\s>]",
    re.IGNORECASE | re.DOTALL,
)


def image_format(head: bytes) -> str | None:
    """Return the name of the image format that ``head`` opens, or None."""
    for signature, name in _SIGNATURES:
        if head.startswith(signature):
            return name
    if head[4:8] == b"ftyp":
        return _bmff_format(head)
    for is_opened_by, name in _STRUCTURES:
        if is_opened_by(head):
            return name
    return None


def is_html(head: bytes) -> bool:
    """Tell whether ``head`` opens an HTML or XHTML page."""
    text = head[:SNIFF_BYTES]
    return bool(_XHTML.match(text)) or (
        bool(_HTML.match(text)) and not _SVG.match(text)
    )


def _bmff_format(head: bytes) -> str | None:
    """Name a file by its major brand, else by its compatible brands."""
    size = int.from_bytes(head[:4], "big")
    box = head[: min(size, SNIFF_BYTES)]
    brands = [box[8:12], *(box[at : at + 4] for at in range(16, len(box) - 3, 4))]
    names = [_BMFF_BRANDS[brand] for brand in brands if brand in _BMFF_BRANDS]
    # `mif1` says "HEIF structure" only; a codec's brand beside it says more.
    specific = [name for name in names if name != "heif"]
    return next(iter(specific or names), None)


def _is_bmp(head: bytes) -> bool:
    """Two letters alone are in every text: ask for a known header size too."""
    return (
        head[:2] == b"BM" and int.from_bytes(head[14:18], "little") in _BMP_HEADER_SIZES
    )


def _is_ico(head: bytes) -> bool:
    """ICONDIR: reserved 0, type 1 (icon) or 2 (cursor), a count; then an entry."""
    return (
        head[:4] in (b"\x00\x00\x01\x00", b"\x00\x00\x02\x00")
        and 0 < int.from_bytes(head[4:6], "little") <= _ICO_MAX_PICTURES
        and len(head) > 9  # noqa: PLR2004 - the entry's reserved byte
        and head[9] == 0
    )


def _is_webp(head: bytes) -> bool:
    """RFC 9649 section 2.4: the file header of a RIFF container."""
    return head[:4] == b"RIFF" and head[8:12] == b"WEBP"


def _is_svg(head: bytes) -> bool:
    return bool(_SVG.match(head[:SNIFF_BYTES]))


_STRUCTURES = (
    (_is_webp, "webp"),
    (_is_bmp, "bmp"),
    (_is_ico, "ico"),
    (_is_svg, "svg"),
)
