"""Read which camera took a picture, and whose it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fpcrawler.core.metadata.placeholders import identifier_of, lens_of, name_of

if TYPE_CHECKING:
    from fpcrawler.core.metadata.makers import NoteReading


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """The camera, its lens and its owner, as the file says; None for what is unknown.

    ``serial`` is the number of the body, ``internal_serial`` one that is not printed on
    it, ``image_id`` identifies the picture, ``software`` wrote the file. Placeholders
    such as zeros or ``N/A`` are None. ``sources``: field to the tags that it came from.
    """

    make: str | None = None
    model: str | None = None
    serial: str | None = None
    internal_serial: str | None = None
    lens: str | None = None
    lens_serial: str | None = None
    owner: str | None = None
    image_id: str | None = None
    software: str | None = None
    sources: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


_UNKNOWN = Device()

_Reading = Callable[[str], str | None]

# Field, how its text is read, its tags in EXIF and its properties in XMP. The maker
# note is read in between: XMP is often a copy that an editor wrote.
_FIELDS: tuple[tuple[str, _Reading, tuple[str, ...], tuple[str, ...]], ...] = (
    ("make", name_of, ("Image Make",), ("tiff:Make",)),
    ("model", name_of, ("Image Model",), ("tiff:Model", "drone-dji:DroneModel")),
    (
        "serial",
        identifier_of,
        # DNG 1.6, CameraSerialNumber: exifread has no name for tag 50735.
        ("EXIF BodySerialNumber", "Image BodySerialNumber", "Image Tag 0xC62F"),
        (
            "exifEX:BodySerialNumber",
            "aux:SerialNumber",
            "MicrosoftPhoto:CameraSerialNumber",
            "drone-dji:CameraSerialNumber",
            "drone-dji:DroneSerialNumber",
        ),
    ),
    ("internal_serial", identifier_of, (), ()),
    (
        "lens",
        lens_of,
        ("EXIF LensModel",),
        ("exifEX:LensModel", "aux:Lens", "MicrosoftPhoto:LensModel"),
    ),
    (
        "lens_serial",
        identifier_of,
        ("EXIF LensSerialNumber",),
        ("exifEX:LensSerialNumber", "aux:LensSerialNumber"),
    ),
    (
        "owner",
        name_of,
        ("EXIF CameraOwnerName",),
        ("exifEX:CameraOwnerName", "aux:OwnerName"),
    ),
    (
        "image_id",
        identifier_of,
        ("EXIF ImageUniqueID", "Image ImageUniqueID"),
        ("exif:ImageUniqueID", "drone-dji:CaptureUUID"),
    ),
    ("software", name_of, ("Image Software",), ("xmp:CreatorTool", "tiff:Software")),
)


def device_name(make: str | None, model: str | None) -> str:
    """Return make and model for people, without a make that the model begins with."""
    make, model = make or "", model or ""
    brand = make.partition(" ")[0].casefold()
    if brand and model.casefold().startswith(brand):
        return model
    return f"{make} {model}".strip()


def read_device(
    exif: Mapping[str, str], xmp: Mapping[str, str], note: NoteReading | None = None
) -> Device:
    """Return the identity that EXIF says, else the maker note, else XMP; never raise.

    ``exif`` and ``xmp``: printed tags and properties by name.
    """
    inside = note.values if note else {}
    values: dict[str, str] = {}
    sources: dict[str, tuple[str, ...]] = {}
    for name, read, tags, properties in _FIELDS:
        found = _first(exif, tags, read)
        if found is None and name in inside:
            found = inside[name]
        if found is None and xmp:
            found = _first(xmp, properties, read)
        if found:
            values[name], sources[name] = found[0], (found[1],)
    return Device(**values, sources=sources) if values else _UNKNOWN


def _first(
    tags: Mapping[str, str], names: tuple[str, ...], read: _Reading
) -> tuple[str, str] | None:
    for name in names:
        if name in tags and (text := read(tags[name])):
            return text, name
    return None
