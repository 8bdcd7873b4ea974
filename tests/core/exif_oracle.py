"""exifread as the oracle of EXIF, and the documented differences from it."""

from __future__ import annotations

import io
import struct
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from exifread.core.exif_header import ExifHeader
from exifread.core.find_exif import determine_type
from exifread.tags.fields import FIELD_DEFINITIONS, FieldType

if TYPE_CHECKING:
    from exifread.core.ifd_tag import IfdTag

KINDS = {
    "text": "exifread prints the numbers or bytes of a text, or a part of it",
    "type": "exifread does not know types 16, 17, 18 of BigTIFF and 129 of Exif 3",
    "name": "exifread has no name for a tag of Exif 3.0",
    "sub-IFD": "exifread reads the sub-IFDs of an image with details=True only",
    "beyond": "the value reaches past the end of its block",
    "raises": "exifread raises while it reads the tag",
    "limit": "the block has more entries than are read",
    "header": "the block has no byte order mark; exifread takes any byte for one",
    "BigTIFF": "exifread reads a BigTIFF as if it were a TIFF",
    "other block": "exifread does not find the block, or not the second one",
}

UNDOCUMENTED = "undocumented"

MAX_ENTRIES = 2_900

_FURTHER_TYPES = {16, 17, 18, 129}

_EXIF_3_TAGS = range(0xA436, 0xA43D)

_EXIF_3_NAMES = {
    *("ImageTitle", "Photographer", "ImageEditor", "CameraFirmware"),
    *("RAWDevelopingSoftware", "ImageEditingSoftware", "MetadataEditingSoftware"),
}

_POINTERS = {
    "GPS": ("GPSInfo", "ExifOffset"),
    "EXIF": ("ExifOffset",),
    "Interoperability": ("InteroperabilityOffset", "ExifOffset"),
}

_ALL_POINTERS = {name for names in _POINTERS.values() for name in names}

_CODED = {"GPS GPSProcessingMethod", "GPS GPSAreaInformation"}


class Oracle(ExifHeader):
    """exifread's reader; a tag on which it raises does not end the reading.

    ``reasons``: the names of tags that it does not read whole, and the kind why.
    """

    def __init__(self, data: bytes, offset: int, end: int) -> None:
        order = chr(data[offset]) if offset < len(data) else "M"
        file = io.BytesIO(data)
        super().__init__(file, order, offset, 0, strict=False, detailed=False)
        self.end = end - offset
        self.reasons: dict[str, str] = {}
        self.entries = 0

    def read(self) -> dict[str, IfdTag]:
        for number, ifd in enumerate(self.list_ifd()):
            names = {0: "Image", 1: "Thumbnail"}
            self.dump_ifd(ifd, names.get(number, f"IFD {number}"))
        pointer = self.tags.get("Image ExifOffset")
        if pointer and pointer.values:
            self.dump_ifd(pointer.values[0], "EXIF")
        return self.tags

    def dump_ifd(self, ifd: Any, ifd_name: str, *args: Any, **kwargs: Any) -> None:
        if not isinstance(ifd, int) or isinstance(ifd, bool) or not 0 <= ifd < self.end:
            return
        self.entries += min(self.s2n(ifd, 2), (self.end - ifd) // 12)
        with suppress(EndOfBlock):
            super().dump_ifd(ifd, ifd_name, *args, **kwargs)

    def _process_tag(
        self,
        ifd: int,
        ifd_name: str,
        tag_entry: Any,
        entry: int,
        tag: int,
        tag_name: str,
        *rest: Any,
    ) -> None:
        if entry + 12 > self.end:
            raise EndOfBlock
        name = f"{ifd_name} {tag_name}"
        if tag in _EXIF_3_TAGS:
            self.reasons[name] = "name"
        type_, count = self.s2n(entry + 2, 2), self.s2n(entry + 4, 4)
        value = self.s2n(entry + 8, 4)
        if type_ in _FURTHER_TYPES:
            self.reasons[name] = "type"
            return
        if type_ == FieldType.ASCII and tag_name in _ALL_POINTERS:
            self.reasons[name] = "text"
        if type_ not in FieldType.__members__.values():
            return
        length = count * FIELD_DEFINITIONS[FieldType(type_)][0]
        if length > 4 and value + length > self.end:
            self.reasons[name] = "beyond"
        try:
            super()._process_tag(ifd, ifd_name, tag_entry, entry, tag, tag_name, *rest)
        except EndOfBlock:
            raise
        except Exception:  # noqa: BLE001 - exifread raises nearly anything
            self.reasons.setdefault(name, "raises")


class EndOfBlock(Exception):
    """An entry lies beyond the end of the block."""


@dataclass(slots=True)
class Comparison:
    """Tags of a file beside exifread's; ``kinds`` are tags that differ, and why."""

    data: bytes
    offset: int
    end: int
    ours: dict[str, str]
    kinds: dict[str, str] = field(default_factory=dict)

    def run(self) -> dict[str, str]:
        oracle = Oracle(self.data, self.offset, self.end)
        theirs = oracle.read()
        for name in dict.fromkeys([*theirs, *self.ours]):
            tag = theirs.get(name)
            if tag is None or self.ours.get(name) != str(tag):
                self.kinds[name] = self._kind(name, tag, oracle)
        if not oracle.reasons and not self.kinds:
            assert list(self.ours) == list(theirs)
        return self.kinds

    def _kind(self, name: str, tag: IfdTag | None, oracle: Oracle) -> str:
        ifd, _, label = name.replace(" Tag 0x", " 0x").rpartition(" ")
        kind = self._kind_of_block() or oracle.reasons.get(name)
        if ifd.startswith("EXIF SubIFD"):
            kind = kind or "sub-IFD"
        if label in _EXIF_3_NAMES:
            kind = kind or "name"
        for pointer, reason in oracle.reasons.items():
            if pointer.rpartition(" ")[2] in _POINTERS.get(ifd, ()):
                kind = kind or reason
        if tag and name in self.ours and self._is_text(name, tag):
            kind = kind or "text"
        if oracle.entries > MAX_ENTRIES:
            kind = kind or "limit"
        return kind or UNDOCUMENTED

    def _kind_of_block(self) -> str | None:
        opening = self.data[self.offset : self.offset + 6]
        if opening[:2] not in (b"II", b"MM"):
            return "header"
        is_big = opening in (b"II+\0\x08\0", b"MM\0+\0\x08")
        return "BigTIFF" if is_big else None

    def _is_text(self, name: str, tag: IfdTag) -> bool:
        first = self.offset + tag.field_offset
        raw = self.data[first : first + tag.field_length]
        texts = {
            "".join(map(repr, _windows_1252(raw.partition(b"\0")[0]))),
            _windows_1252(raw.partition(b"\0")[0]),
            _windows_1252(raw.rstrip(b"\0")),
            _windows_1252(raw.rstrip(b"\0").lstrip(b" \0")),
            _windows_1252(raw.rstrip(b"\0")).replace("\0", "\n", 1),
            raw.rstrip(b"\0").decode("utf-8", "replace").replace("\0", "\n", 1),
            raw.rstrip(b"\0").decode("utf-8", "replace").lstrip(" \0"),
            raw[: len(raw) & ~1].decode("utf-16-le", "replace").partition("\0")[0],
        }
        return name in _CODED or self.ours[name] in texts


def _windows_1252(raw: bytes) -> str:
    found = raw.decode("cp1252", "replace")
    pairs = zip(found, raw, strict=True)
    return "".join(chr(byte) if char == "\ufffd" else char for char, byte in pairs)


def differences(data: bytes, tags: dict[str, str]) -> dict[str, str]:
    """Return the tags of a whole file that differ from exifread's, with their kind."""
    try:
        offset, _, _ = determine_type(io.BytesIO(data))
    except Exception:  # noqa: BLE001 - exifread raises nearly anything
        return dict.fromkeys(tags, "other block")
    return Comparison(data, offset, _end_of_block(data, offset), tags).run()


def undocumented(data: bytes, tags: dict[str, str]) -> list[str]:
    """Return the tags of a whole file that differ without a documented reason."""
    kinds = differences(data, tags).items()
    return [name for name, kind in kinds if kind == UNDOCUMENTED]


def block_differences(block: bytes, tags: dict[str, str]) -> dict[str, str]:
    """Return the tags of a TIFF block that differ from exifread's, with their kind."""
    return Comparison(block, 0, len(block), tags).run()


def _end_of_block(data: bytes, offset: int) -> int:
    if data[:2] != b"\xff\xd8":
        return len(data)
    (length,) = struct.unpack_from(">H", data, offset - 8)
    return min(offset - 8 + int(length), len(data))
