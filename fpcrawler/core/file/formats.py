"""Recognize a file's format by its first bytes, never by name or Content-Type."""

from __future__ import annotations

import re

SNIFF_BYTES = 512
"""The most first bytes that :func:`image_format` and :func:`is_html` need."""

# ISO/IEC 14496-12 section 4.3: the major brand of the leading `ftyp` box.
BMFF_BRANDS = {
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
SIGNATURES = (
    (b"\xff\xd8\xff", "jpeg"),  # ITU-T T.81 B.1.1.3: SOI, then a marker
    (b"\x89PNG\r\n\x1a\n", "png"),  # PNG section 5.2
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"II*\x00", "tiff"),  # TIFF 6.0 section 2; BigTIFF has 43 in place of 42
    (b"MM\x00*", "tiff"),
    (b"II+\x00\x08\x00", "tiff"),
    (b"MM\x00+\x00\x08", "tiff"),
    (b"IIRO", "tiff"),  # Olympus ORF and Panasonic RW2: TIFF with another magic number
    (b"IIRS", "tiff"),
    (b"MMOR", "tiff"),
    (b"IIU\x00", "tiff"),
    (b"FUJIFILMCCD-RAW", "raf"),
    (b"\xff\x0a", "jxl"),  # ISO/IEC 18181-2: the bare codestream
    (b"\x00\x00\x00\x0cJXL \r\n\x87\n", "jxl"),
    (b"\x00\x00\x00\x0cjP  \r\n\x87\n", "jp2"),
    (b"\xff\x4f\xff\x51", "jp2"),
    (b"8BPS\x00\x01", "psd"),
    (b"8BPS\x00\x02", "psd"),
)
_BMP_HEADER_SIZES = {12, 16, 40, 52, 56, 64, 108, 124}
_ICO_MAX_PICTURES = 1_000

_BOM = b"\xef\xbb\xbf"
_WHITESPACE = b"\t\n\x0c\r "
_DOCTYPE = re.compile(rb"<!doctype\s+([\w:.-]+)")
_TAG = re.compile(rb"<([a-z][\w:.-]*)(?=[\s/>]|$)")
# WHATWG MIME Sniffing section 7.1, "identifying a resource with an unknown
# MIME type": a text that starts with one of these tags is HTML.
_HTML_TAGS = set(
    b"html head body script style title meta link base iframe h1 div font table a br "
    b"p img b !--".split()
)


def image_format(head: bytes) -> str | None:
    """Return the image format of a file that begins with ``head``, or None."""
    for signature, name in SIGNATURES:
        if head.startswith(signature):
            return name
    if head[4:8] == b"ftyp":
        return _bmff_format(head)
    for is_opened_by, name in STRUCTURES:
        if is_opened_by(head):
            return name
    return None


def is_html(head: bytes) -> bool:
    """Return whether a file that begins with ``head`` is an HTML or XHTML page."""
    return first_tag(head) in _HTML_TAGS


def first_tag(head: bytes, limit: int = SNIFF_BYTES) -> bytes:
    """Return the lower-case name of the document type or of the first element.

    Comments and processing instructions before it are skipped. Returns ``!--`` if
    only a comment was found in the first ``limit`` bytes, ``b""`` if they are not
    mark-up. Each byte is read once, so that a hostile page cannot keep it busy.
    """
    text = head[:limit].removeprefix(_BOM).lower().lstrip(_WHITESPACE)
    opening = b"!--" if text.startswith(b"<!--") else b""
    while text.startswith((b"<!--", b"<?")):
        end = b"-->" if text.startswith(b"<!--") else b"?>"
        text = text.partition(end)[2].lstrip(_WHITESPACE)
    match = _DOCTYPE.match(text) or _TAG.match(text)
    return match[1] if match else opening


def _bmff_format(head: bytes) -> str | None:
    """Name a file by its major brand, else by its compatible brands."""
    size = int.from_bytes(head[:4], "big")
    box = head[: min(size, SNIFF_BYTES)]
    brands = [box[8:12], *(box[at : at + 4] for at in range(16, len(box) - 3, 4))]
    names = [BMFF_BRANDS[brand] for brand in brands if brand in BMFF_BRANDS]
    # `mif1` only means "HEIF structure"; a codec's brand is more specific.
    specific = [name for name in names if name != "heif"]
    return next(iter(specific or names), None)


def _is_bmp(head: bytes) -> bool:
    """Check the header size too: any text can begin with ``BM``."""
    return (
        head[:2] == b"BM" and int.from_bytes(head[14:18], "little") in _BMP_HEADER_SIZES
    )


def _is_ico(head: bytes) -> bool:
    """Check ICONDIR: reserved 0, type 1 (icon) or 2 (cursor), a count; an entry."""
    return (
        head[:4] in (b"\x00\x00\x01\x00", b"\x00\x00\x02\x00")
        and 0 < int.from_bytes(head[4:6], "little") <= _ICO_MAX_PICTURES
        and len(head) > 9  # noqa: PLR2004 - the entry's reserved byte
        and head[9] == 0
    )


def _is_webp(head: bytes) -> bool:
    """Check the file header of a RIFF container (RFC 9649 section 2.4)."""
    return head[:4] == b"RIFF" and head[8:12] == b"WEBP"


def _is_svg(head: bytes) -> bool:
    """Check the name of the root, which may have any prefix: some writers use ns0."""
    return first_tag(head).rpartition(b":")[2] == b"svg"


STRUCTURES = (
    (_is_webp, "webp"),
    (_is_bmp, "bmp"),
    (_is_ico, "ico"),
    (_is_svg, "svg"),
)
