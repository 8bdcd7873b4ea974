"""Print the value of a tag with exifread's own tables and functions."""

from __future__ import annotations

import io
import logging
import struct
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias, cast

from exifread.core.exif_header import ExifHeader
from exifread.tags import IfdDictValue, IfdTagDict
from exifread.tags.exif import EXIF_TAGS, GPS_INFO, INTEROP_INFO
from exifread.tags.fields import FieldType
from exifread.utils import Ratio

from fpcrawler.core.anatomy.tiff_directories import (
    MAKER_NOTE,
    RATIONAL,
    SIGNED_RATIONAL,
    TYPE_BYTES,
    XMP,
    form_of,
)
from fpcrawler.core.metadata.exif_quick import (
    Quick,
    quick_numbers,
    quick_ratios,
    quick_text,
)
from fpcrawler.core.metadata.exif_texts import TEXT_TYPES, is_composed, is_text
from fpcrawler.core.metadata.pictures import SHORTEST

if TYPE_CHECKING:
    from collections.abc import Callable

    from fpcrawler.core.anatomy.tiff_directories import Entry

Definition: TypeAlias = IfdDictValue

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

_TABLES = dict([GPS_INFO, INTEROP_INFO])
"""The tags of the directories that do not have TAGS."""

MANY_VALUES = 1_000
"""exifread reads fewer numbers than this, and prints ``[]`` for others."""

_LISTED = 50
"""Of more numbers than this, exifread prints the first 20."""

_FIRST_VALUES = 21

_FLOATS = (11, 12)

USER_COMMENT = 0x9286

IGNORED = {XMP, MAKER_NOTE, USER_COMMENT}
"""The tags that exifread leaves out with ``details=False``."""

NOTED = {"ExifOffset", "SubIFDs", "IPTC/NAA"}
"""The tags that are not only printed: the reader notes where they point to."""

# In units of a plain number. A Ratio is reduced when it is made; to look it up, its
# hash is computed, too.
_COST, _RATIO_COST, _RATIO_LOOKED_UP_COST = 1, 10, 100

# exifread logs a WARNING for each defect. The record's metadata_status is enough.
logging.getLogger("exifread").setLevel(logging.CRITICAL + 1)


class _Printer(ExifHeader):
    """exifread's printing functions, without a file."""

    def dump_ifd(self, *args: object, **kwargs: object) -> None:
        """Do nothing: the reader of the block reads the directory itself."""


_PRINTER = _Printer(io.BytesIO(), "I", 0, 0, strict=False, detailed=False)

# exifread itself passes bytes and None, too; its annotations do not say so.
_PRINTABLE = cast(
    "Callable[[int, object, FieldType, Definition | None, str], tuple[str, bool]]",
    _PRINTER._get_printable_for_field,  # noqa: SLF001 - the version is pinned
)

_TEXT, _NUMBER = FieldType.ASCII, FieldType.LONG


class Plan(NamedTuple):
    """How to print the values of a tag: the same for each image of a camera.

    ``length`` bytes of its numbers have to be read, with struct as ``form``, less the
    byte order. ``directory`` is the name of the directory that the tag points to, if
    that directory has tags of its own. ``quick`` prints short values.
    All values together have ``entry_length`` bytes.
    """

    name: str
    label: str
    definition: Definition | None
    is_text: bool
    length: int
    form: str
    kind: Literal["ratio", "float", "int"]
    cost: int
    directory: str | None
    quick: Quick | None
    entry_length: int


@lru_cache(maxsize=4_096)
def plan_of(
    order: str, ifd_name: str, tag: int, type_: int, values: int
) -> Plan | None:
    """Return how to print so many values of a type, of a tag of an IFD.

    ``order`` is the byte order as struct names it. None if the type is unknown.
    """
    if type_ not in TYPE_BYTES:
        return None
    definition = _TABLES.get(ifd_name, TAGS).get(tag)
    label = definition[0] if definition else f"Tag 0x{tag:04X}"
    printer = definition[1] if definition else None
    directory = printer[0] if isinstance(printer, tuple) else None
    numbers = 0 if values >= MANY_VALUES else values
    if numbers > _LISTED and (printer is None or directory):
        numbers = _FIRST_VALUES
    kind, cost = _kind_of(type_), _COST
    if kind == "ratio":
        is_looked_up = isinstance(printer, dict)
        cost = _RATIO_LOOKED_UP_COST if is_looked_up else _RATIO_COST
    return Plan(
        f"{ifd_name} {label}",
        label,
        definition if printer else None,
        is_text(label, type_),
        numbers * TYPE_BYTES[type_],
        form_of(type_, numbers),
        kind,
        numbers * cost,
        directory,
        None if tag in IGNORED else _quick_of(order, label, type_, values, printer),
        values * TYPE_BYTES[type_],
    )


def _quick_of(
    order: str, label: str, type_: int, values: int, printer: object
) -> Quick | None:
    if not 0 < values <= _LISTED or label in NOTED:
        return None
    if values * TYPE_BYTES[type_] >= SHORTEST:
        return None  # may be the bytes of a picture
    if is_text(label, type_):
        is_plain = type_ in TEXT_TYPES and printer is None and not is_composed(label)
        return quick_text(values) if is_plain else None
    kind, form = _kind_of(type_), order + form_of(type_, values)
    if kind == "int":
        return quick_numbers(form, values, printer)
    return quick_ratios(form, values) if kind == "ratio" and not printer else None


def _kind_of(type_: int) -> Literal["ratio", "float", "int"]:
    if type_ in (RATIONAL, SIGNED_RATIONAL):
        return "ratio"
    return "float" if type_ in _FLOATS else "int"


def values_of(order: str, plan: Plan, raw: bytes) -> list[object]:
    """Return numbers as exifread has them: Ratio, ``(float,)`` or int."""
    numbers = struct.unpack(order + plan.form, raw)
    if plan.kind == "ratio":
        pairs = zip(numbers[::2], numbers[1::2], strict=True)
        return [Ratio(one, other) for one, other in pairs]
    if plan.kind == "float":
        return [(number,) for number in numbers]
    return list(numbers)


def printed(
    entry: Entry, values: str | bytes | list[object], definition: Definition | None
) -> str | None:
    """Return a value as exifread prints it; None where exifread raises."""
    type_ = _NUMBER if isinstance(values, list) else _TEXT
    try:
        text, _ = _PRINTABLE(entry.values, values, type_, definition, "")
    # exifread's functions are made for the values of honest files.
    except Exception:  # noqa: BLE001
        return None
    return text
