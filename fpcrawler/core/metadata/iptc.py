"""Read the IPTC-IIM datasets that are of use to an investigator."""

from __future__ import annotations

from collections.abc import Iterator

MAX_VALUE_CHARS = 2_000
MAX_DATASETS = 1_000

# IPTC-IIM 4.2, record 2; the names are ExifTool's spelling of the standard's.
_NAMES = {
    5: "ObjectName",
    7: "EditStatus",
    10: "Urgency",
    15: "Category",
    20: "SupplementalCategories",
    22: "FixtureIdentifier",
    25: "Keywords",
    26: "ContentLocationCode",
    27: "ContentLocationName",
    30: "ReleaseDate",
    35: "ReleaseTime",
    37: "ExpirationDate",
    38: "ExpirationTime",
    40: "SpecialInstructions",
    55: "DateCreated",
    60: "TimeCreated",
    62: "DigitalCreationDate",
    63: "DigitalCreationTime",
    65: "OriginatingProgram",
    70: "ProgramVersion",
    80: "By-line",
    85: "By-lineTitle",
    90: "City",
    92: "Sub-location",
    95: "Province-State",
    100: "Country-PrimaryLocationCode",
    101: "Country-PrimaryLocationName",
    103: "OriginalTransmissionReference",
    105: "Headline",
    110: "Credit",
    115: "Source",
    116: "CopyrightNotice",
    118: "Contact",
    120: "Caption-Abstract",
    121: "LocalCaption",
    122: "Writer-Editor",
    184: "JobID",
    185: "MasterDocumentID",
    186: "ShortDocumentID",
    187: "UniqueDocumentID",
    188: "OwnerID",
    230: "DocumentNotes",
}
_TAG_MARKER = 0x1C
_HEADER_BYTES = 5
_EXTENDED = 0x8000
_CHARACTER_SET = (1, 90)
_UTF_8 = b"\x1b%G"  # ISO 2022: the escape to UTF-8

_PHOTOSHOP = b"Photoshop 3.0\0"
_IPTC_RESOURCE = 0x0404


def read_iptc(payload: bytes) -> dict[str, str]:
    """Return dataset names to texts; repeated datasets are joined by ``"; "``.

    The payload consists of the datasets, or of Photoshop image resources that contain
    them. Each text has at most MAX_VALUE_CHARS characters.
    """
    found: dict[str, list[str]] = {}
    is_utf_8 = False
    for number, (record, dataset, value) in enumerate(_datasets(_iim(payload))):
        if number >= MAX_DATASETS:
            break
        if (record, dataset) == _CHARACTER_SET:
            is_utf_8 = value.startswith(_UTF_8)
        name = _NAMES.get(dataset)
        if record == 2 and name and (text := _text(value, is_utf_8=is_utf_8)):  # noqa: PLR2004
            found.setdefault(name, []).append(text)
    return {name: "; ".join(texts)[:MAX_VALUE_CHARS] for name, texts in found.items()}


def _datasets(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Yield record, dataset and value (IPTC-IIM 4.2 section 1.5)."""
    at = 0
    while at + _HEADER_BYTES <= len(data) and data[at] == _TAG_MARKER:
        record, dataset = data[at + 1], data[at + 2]
        length = int.from_bytes(data[at + 3 : at + _HEADER_BYTES], "big")
        at += _HEADER_BYTES
        if length & _EXTENDED:
            # The low bits are the length of the length field that follows.
            wide = length & ~_EXTENDED
            length = int.from_bytes(data[at : at + wide], "big")
            at += wide
        if at + length > len(data):
            return
        yield record, dataset, data[at : at + length]
        at += length


def _iim(payload: bytes) -> bytes:
    payload = payload.removeprefix(_PHOTOSHOP)
    if not payload.startswith(b"8BIM"):
        return payload
    return b"".join(
        data for kind, data in _resources(payload) if kind == _IPTC_RESOURCE
    )


def _resources(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield id and data (Adobe Photoshop file format, "Image resource blocks").

    Names and data are padded to an even length.
    """
    at = 0
    while data[at : at + 4] == b"8BIM" and at + 7 <= len(data):
        kind = int.from_bytes(data[at + 4 : at + 6], "big")
        at += 6
        at += 1 + data[at] + (data[at] + 1) % 2
        length = int.from_bytes(data[at : at + 4], "big")
        at += 4
        yield kind, data[at : at + length]
        at += length + length % 2


def _text(value: bytes, *, is_utf_8: bool) -> str:
    """Decode a text; without a declared character set, UTF-8 or Windows-1252."""
    try:
        text = value.decode()
    except UnicodeDecodeError:
        text = value.decode("utf-8" if is_utf_8 else "cp1252", "replace")
    return text.strip("\0 \t\r\n")
