"""Print the value of a tag with exifread's own tables and functions."""

from __future__ import annotations

import io
import logging
from typing import TYPE_CHECKING, TypeAlias

from exifread.core.exif_header import ExifHeader
from exifread.tags import IfdDictValue, IfdTagDict, SubIfdTagDict
from exifread.tags.exif import EXIF_TAGS, GPS_INFO
from exifread.tags.fields import FieldType
from exifread.utils import Ratio

from fpcrawler.core.anatomy.tiff_directories import (
    RATIONAL,
    SIGNED_RATIONAL,
    Header,
)

if TYPE_CHECKING:
    from fpcrawler.core.anatomy.tiff_directories import Entry

Definition: TypeAlias = IfdDictValue

Tags: TypeAlias = IfdTagDict | SubIfdTagDict

# CIPA DC-008-2023 (Exif 3.0) section 4.6.6; exifread 3.5.1 has no names for them.
_EXIF_3_TAGS: IfdTagDict = {
    0xA436: ("ImageTitle", None),
    0xA437: ("Photographer", None),
    0xA438: ("ImageEditor", None),
    0xA439: ("CameraFirmware", None),
    0xA43A: ("RAWDevelopingSoftware", None),
    0xA43B: ("ImageEditingSoftware", None),
    0xA43C: ("MetadataEditingSoftware", None),
}

TAGS: IfdTagDict = EXIF_TAGS | _EXIF_3_TAGS

DIRECTORIES: dict[str, Tags] = {"EXIF": TAGS, GPS_INFO[0]: GPS_INFO[1]}
"""The directories that may be the first of a block, with their tags."""

MANY_VALUES = 1_000
"""exifread reads fewer numbers than this, and prints ``[]`` for others."""

_LISTED = 50
"""Of more numbers than this, exifread prints the first 20."""

_FIRST_VALUES = 21

_FLOATS = (11, 12)

# In units of a plain number. A Ratio is reduced when it is made; to look it up, its
# hash is computed, too.
_COST, _RATIO_COST, _RATIO_LOOKED_UP_COST = 1, 10, 100

# exifread logs a WARNING for each defect. The record's metadata_status is enough.
logging.getLogger("exifread").setLevel(logging.CRITICAL + 1)


class _Printer(ExifHeader):
    """exifread's printing functions, without a file."""

    def text(
        self,
        count: int,
        values: str | bytes | list[object],
        type_: FieldType,
        definition: Definition | None,
    ) -> str:
        text, _ = self._get_printable_for_field(count, values, type_, definition, "")  # type: ignore[arg-type]
        return text

    def dump_ifd(self, *args: object, **kwargs: object) -> None:
        """Do nothing: the reader of the block reads the directory itself."""


_PRINTER = _Printer(io.BytesIO(), "I", 0, 0, strict=False, detailed=False)


def sub_directory(definition: Definition | None) -> tuple[str, Tags] | None:
    """Return name and tags of the directory that a tag points to."""
    if definition is None or not isinstance(definition[1], tuple):
        return None
    return definition[1]


def printed_values(entry: Entry, definition: Definition | None) -> int:
    """Return how many numbers of an entry have to be read to print it."""
    if entry.values >= MANY_VALUES:
        return 0
    is_plain = definition is None or not definition[1] or sub_directory(definition)
    if entry.values > _LISTED and is_plain:
        return _FIRST_VALUES
    return entry.values


def cost_of(entry: Entry, values: int, definition: Definition | None) -> int:
    """Return what it costs to print so many numbers of an entry."""
    if entry.type not in (RATIONAL, SIGNED_RATIONAL):
        return values * _COST
    is_looked_up = definition is not None and isinstance(definition[1], dict)
    return values * (_RATIO_LOOKED_UP_COST if is_looked_up else _RATIO_COST)


def values_of(header: Header, type_: int, raw: bytes) -> list[object]:
    """Return numbers as exifread has them: Ratio, ``(float,)`` or int."""
    numbers = header.numbers(type_, raw)
    if type_ in (RATIONAL, SIGNED_RATIONAL):
        pairs = zip(numbers[::2], numbers[1::2], strict=True)
        return [Ratio(int(one), int(other)) for one, other in pairs]
    if type_ in _FLOATS:
        return [(number,) for number in numbers]
    return list(numbers)


def printed(
    entry: Entry, values: str | bytes | list[object], definition: Definition | None
) -> str | None:
    """Return a value as exifread prints it; None where exifread raises."""
    type_ = FieldType.ASCII if isinstance(values, (str, bytes)) else FieldType.LONG
    try:
        return _PRINTER.text(entry.values, values, type_, definition)
    # exifread's functions are made for the values of honest files.
    except Exception:  # noqa: BLE001
        return None
