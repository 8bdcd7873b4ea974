"""The texts of EXIF tags, where exifread prints numbers, bytes or a part of them."""

from __future__ import annotations

from fpcrawler.core.anatomy.tiff_directories import ASCII, UTF_8, Entry
from fpcrawler.core.metadata.pictures import picture_bytes
from fpcrawler.core.metadata.user_comment import (
    coded_text,
    comment_has_end,
    has_code,
    has_controls,
    text_of_bytes,
)

MAX_TEXT_BYTES = 65_536
"""Longer texts are cut: a tag must not bring a whole picture into a record."""

TEXT_TYPES = (ASCII, UTF_8)

_BYTES, _UNDEFINED = 1, 7

# Exif 2.32 section 4.6.6: GPSProcessingMethod and GPSAreaInformation begin with a
# character code, as UserComment does.
_CODED = {"GPSProcessingMethod", "GPSAreaInformation"}

_UTF_16 = {"XPTitle", "XPComment", "XPAuthor", "XPKeywords", "XPSubject"}

# The tags of type ASCII that are texts. Some writers give them another type of bytes.
_TEXTS = {
    *("ImageDescription", "Make", "Model", "Software", "DateTime", "Artist"),
    *("HostComputer", "Copyright", "DocumentName", "PageName", "InkNames"),
    *("TargetPrinter", "DateTimeOriginal", "DateTimeDigitized", "OffsetTime"),
    *("OffsetTimeOriginal", "OffsetTimeDigitized", "SubSecTime", "SubSecTimeOriginal"),
    *("SubSecTimeDigitized", "ImageHistory", "SpectralSensitivity"),
    *("SecurityClassification", "RelatedSoundFile", "ImageUniqueID"),
    *("CameraOwnerName", "BodySerialNumber", "LensMake", "LensModel"),
    *("LensSerialNumber", "OwnerName", "SerialNumber", "GPSMapDatum", "GPSDate"),
    *("GPSSatellites", "ImageTitle", "Photographer", "ImageEditor", "CameraFirmware"),
    *("RAWDevelopingSoftware", "ImageEditingSoftware", "MetadataEditingSoftware"),
}


def is_text(name: str, type_: int) -> bool:
    """Return whether a tag of this name and field type may be a text."""
    if type_ in TEXT_TYPES:
        return True
    is_bytes = type_ in (_BYTES, _UNDEFINED)
    return is_bytes and (name in _TEXTS or name in _UTF_16 or name in _CODED)


def is_composed(name: str) -> bool:
    """Return whether a text of this name has several parts."""
    return name == "Copyright" or name in _CODED


def has_end(name: str, type_: int, raw: bytes) -> bool:
    """Return whether a text ends with a NUL in ``raw``, the bytes up to a block's end.

    Then the text is whole, although the number of its bytes is wrong.
    """
    if name in _CODED and type_ not in TEXT_TYPES:
        return comment_has_end(raw)
    return (b"\0\0" if name in _UTF_16 else b"\0") in raw


def text_of(
    name: str, entry: Entry, raw: bytes, *, is_little_endian: bool
) -> str | bytes | None:
    """Return the text of such a tag, with ``…`` if ``raw`` has not all its bytes.

    Bytes of a tag of type ASCII that are not a text are returned as they are, for
    exifread to print; of a picture, its kind and length. None if the tag is not a text.
    """
    tail = raw if entry.type in TEXT_TYPES else raw[-2:]
    is_cut = len(raw) == MAX_TEXT_BYTES < entry.length and b"\0" not in tail
    text = _text(
        name, entry.type, raw, is_little_endian=is_little_endian, is_cut=is_cut
    )
    if text is None and entry.type in TEXT_TYPES:
        return picture_bytes(raw) or raw.partition(b"\0")[0]
    return f"{text}…" if text and is_cut else text


def _text(
    name: str, type_: int, raw: bytes, *, is_little_endian: bool, is_cut: bool
) -> str | None:
    is_ascii = type_ in TEXT_TYPES
    if name in _CODED and (not is_ascii or has_code(raw)):
        return coded_text(raw, is_little_endian=is_little_endian)
    if is_ascii and name == "Copyright":
        return _copyright(raw, is_cut=is_cut)
    if is_ascii:
        return text_of_bytes(raw.partition(b"\0")[0], is_cut=is_cut)
    if name in _UTF_16:
        # Windows writes these tags as UTF-16LE, whatever the order of the block is.
        units = raw[: len(raw) & ~1].decode("utf-16-le", "replace")
        return units.partition("\0")[0]
    text = text_of_bytes(raw.rstrip(b"\0"), is_cut=is_cut)
    return None if text is None or has_controls(text) else text


def _copyright(raw: bytes, *, is_cut: bool) -> str | None:
    """Return the photographer's and the editor's copyright, one line each.

    Exif 2.32 section 4.6.4, Copyright: the two parts are separated by a NUL; a part
    that is left out is a space, and only the last one may be absent.
    """
    photographer, _, rest = raw.partition(b"\0")
    editor, nul, garbage = rest.partition(b"\0")
    first = text_of_bytes(photographer, is_cut=is_cut)
    second = text_of_bytes(editor) if nul and not garbage.strip(b"\0") else None
    if not first or not second or not second.strip() or has_controls(second):
        return first
    return f"{first}\n{second}" if first.strip(" ") else second
