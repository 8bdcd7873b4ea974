"""Read IPTC-IIM datasets, bare or in Photoshop's image resources."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field

from fpcrawler.core.metadata.iptc_names import (
    CHARACTER_SETS,
    NUMBERS,
    PICTURES,
    TEXTS,
)
from fpcrawler.core.metadata.limits import with_missing, within_limits
from fpcrawler.core.metadata.pictures import binary, picture_bytes, without_pictures

MAX_DATASETS, MAX_RESOURCES = 2_000, 1_000

_TAG_MARKER = 0x1C
_HEADER_BYTES = 5
_EXTENDED = 0x8000
_LONG_BYTES = 4
_CHARACTER_SET = (1, 90)
_UTF_8 = b"\x1b%G"  # ISO 2022: the escape to UTF-8
_ESCAPE = re.compile(rb"\x1b[-./](.)", re.DOTALL)

_PHOTOSHOP = b"Photoshop 3.0\0"
_SIGNATURES = (b"8BIM", b"8B64", b"MeSa", b"PHUT", b"AgHg", b"DCSR")
_SIGNATURE = re.compile(b"|".join(_SIGNATURES))
_IPTC_RESOURCE, _DIGEST_RESOURCE = 0x0404, 0x0425
_PADDING = "\0 \t\r\n"
_NOT_TEXT = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f]")

Dataset = tuple[int, int, bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class IptcReading:
    """Dataset names to texts, and how far they were read.

    Repeated datasets are joined by ``"; "``. ``is_damaged``: the datasets break off,
    or have bytes that are none. ``is_cut``: there are more datasets, or longer texts,
    than the limits allow.
    """

    datasets: dict[str, str] = field(default_factory=dict)
    is_damaged: bool = False
    is_cut: bool = False


def read_iim(payload: bytes) -> IptcReading:
    """Return the datasets of a payload; never raise.

    The payload consists of datasets, of TIFF's words in the wrong byte order, or of
    Photoshop's image resources. Of a picture, its kind and length is returned;
    ``IPTCDigest`` is the MD5 that Photoshop kept of the datasets.
    """
    payload = payload.removeprefix(_PHOTOSHOP)
    if payload.startswith(_SIGNATURES):
        return _from_resources(payload)
    return _from_datasets(payload)


def united(readings: Iterable[IptcReading]) -> IptcReading:
    """Return what several blocks of one image say; the first with a dataset decides."""
    datasets: dict[str, str] = {}
    is_damaged = is_cut = False
    for reading in readings:
        datasets = with_missing(datasets, reading.datasets)
        is_damaged |= reading.is_damaged
        is_cut |= reading.is_cut
    datasets, is_over = within_limits(datasets)
    return IptcReading(
        datasets=datasets, is_damaged=is_damaged, is_cut=is_cut or is_over
    )


def _from_resources(payload: bytes) -> IptcReading:
    resources, is_damaged, is_over = _resources(payload)
    blocks = [data for kind, data in resources if kind == _IPTC_RESOURCE]
    found = IptcReading(is_damaged=is_damaged, is_cut=is_over)
    reading = united([_from_datasets(b"".join(blocks)), found])
    digests = [data for kind, data in resources if kind == _DIGEST_RESOURCE]
    if not digests:
        return reading
    digest = IptcReading(datasets={"IPTCDigest": digests[0][:16].hex()})
    return united([reading, digest])


def _resources(data: bytes) -> tuple[list[tuple[int, bytes]], bool, bool]:
    """Return id and data of each (Adobe Photoshop file format, "Image resources").

    Names and data are padded to an even length. Also returns whether one is cut off,
    or other bytes than resources were skipped, and whether there are more than
    MAX_RESOURCES.
    """
    found: list[tuple[int, bytes]] = []
    at, is_damaged = 0, False
    while match := _SIGNATURE.search(data, at):
        if len(found) >= MAX_RESOURCES:
            return found, is_damaged, True
        is_damaged |= bool(data[at : match.start()].strip(b"\0"))
        kind = int.from_bytes(data[match.end() : match.end() + 2], "big")
        at = match.end() + 2
        name = data[at] if at < len(data) else 0
        at += 1 + name + (name + 1) % 2
        length = int.from_bytes(data[at : at + 4], "big")
        at += 4
        found.append((kind, data[at : at + length]))
        is_damaged |= at + length > len(data)
        at += length + length % 2
    return found, is_damaged or bool(data[at:].strip(b"\0")), False


def _from_datasets(payload: bytes) -> IptcReading:
    datasets, is_damaged, is_over = _datasets(_in_order(payload))
    encoding = _declared(datasets)
    found: dict[str, list[str]] = {}
    for record, dataset, value in datasets:
        key = (record, dataset)
        if name := TEXTS.get(key):
            text = _character_set(value) if key == _CHARACTER_SET else ""
            text = text or _text(value, encoding)
        elif name := NUMBERS.get(key):
            text = str(int.from_bytes(value[:2], "big")) if value else ""
        elif name := PICTURES.get(key):
            text = binary(value) if value else ""
        if name and text:
            found.setdefault(name, []).append(text)
    texts = {name: "; ".join(dict.fromkeys(each)) for name, each in found.items()}
    limited, is_cut = within_limits(texts)
    texts = without_pictures(limited)
    return IptcReading(datasets=texts, is_damaged=is_damaged, is_cut=is_cut or is_over)


def _in_order(payload: bytes) -> bytes:
    """Return the datasets, in whatever byte order a TIFF's LONG words have them.

    Adobe's TIFF technical notes give tag 33723 the type UNDEFINED or BYTE. Writers
    that use LONG have the words swapped when the byte order is not theirs.
    """
    if payload[:1] == bytes([_TAG_MARKER]) or payload[3:4] != bytes([_TAG_MARKER]):
        return payload
    words = array("I", payload[: len(payload) // _LONG_BYTES * _LONG_BYTES])
    words.byteswap()
    swapped = words.tobytes()
    return swapped if _datasets(swapped)[0] else payload


def _datasets(data: bytes) -> tuple[list[Dataset], bool, bool]:
    """Return record, dataset and value of each (IPTC-IIM 4.2 section 1.5).

    Also returns whether other bytes than padding are left, and whether there are more
    than MAX_DATASETS.
    """
    found: list[Dataset] = []
    at = 0
    while at + _HEADER_BYTES <= len(data) and data[at] == _TAG_MARKER:
        if len(found) >= MAX_DATASETS:
            return found, False, True
        start, length = _extent(data, at)
        if start + length > len(data):
            return found, True, False
        found.append((data[at + 1], data[at + 2], data[start : start + length]))
        at = start + length
    return found, bool(data[at:].strip(b"\0")), False


def _extent(data: bytes, at: int) -> tuple[int, int]:
    """Return where the value of the dataset at ``at`` begins, and its length."""
    start = at + _HEADER_BYTES
    length = int.from_bytes(data[at + 3 : start], "big")
    if length & _EXTENDED:
        # The low bits are the length of the length field that follows.
        wide = length & ~_EXTENDED
        length = int.from_bytes(data[start : start + min(wide, 8)], "big")
        start += wide
    return start, length


def _declared(datasets: list[Dataset]) -> str | None:
    """Return the encoding that dataset 1:90 declares, if it is a known one."""
    for record, dataset, value in datasets:
        if (record, dataset) == _CHARACTER_SET:
            if value.startswith(_UTF_8):
                return "utf-8"
            escape = _ESCAPE.search(value)
            return CHARACTER_SETS.get(escape[1]) if escape else None
    return None


def _character_set(value: bytes) -> str:
    """Return the name of the character set, as ExifTool spells UTF-8."""
    encoding = _declared([(*_CHARACTER_SET, value)])
    name = "UTF8" if encoding == "utf-8" else (encoding or "").upper()
    return name or _text(value.replace(b"\x1b", b"ESC "), None)


def _text(value: bytes, encoding: str | None) -> str:
    """Decode a text; without a declared character set, UTF-8 or Windows-1252."""
    if picture := picture_bytes(value):
        return picture
    try:
        text = value.decode(encoding or "utf-8")
    except UnicodeDecodeError:
        text = value.decode(encoding or "cp1252", "replace")
    return _NOT_TEXT.sub("\ufffd", text.strip(_PADDING))
