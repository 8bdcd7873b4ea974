"""Name EXIF tags as ``exiftool -G1`` does."""

from __future__ import annotations

import re
from collections.abc import Mapping

from fpcrawler.exports.naming.exif_numbers import NAMES

_GROUPS = {
    "Image": "IFD0",
    "Thumbnail": "IFD1",
    "EXIF": "ExifIFD",
    "GPS": "GPS",
    "Interoperability": "InteropIFD",
}
_NUMBERED = re.compile(r"(IFD|EXIF SubIFD) ?(\d+) (.+)", re.ASCII)
_UNNAMED = re.compile(r"Tag 0x([0-9A-F]{4})", re.ASCII)

# exifread's names follow Exif and TIFF; only these are different.
_RENAMED: Mapping[str, str] = {
    "BodySerialNumber": "SerialNumber",
    "CFAPattern": "CFAPattern2",
    "CVAPattern": "CFAPattern",
    "CameraOwnerName": "OwnerName",
    "DateTime": "ModifyDate",
    "DateTimeDigitized": "CreateDate",
    "ExifImageLength": "ExifImageHeight",
    "ExposureBiasValue": "ExposureCompensation",
    "FlashPixVersion": "FlashpixVersion",
    "FocalLengthIn35mmFilm": "FocalLengthIn35mmFormat",
    "GPSDate": "GPSDateStamp",
    "IPTC/NAA": "IPTC-NAA",
    "ISOSpeedRatings": "ISO",
    "ImageLength": "ImageHeight",
    "InterColorProfile": "ICC_Profile",
    "InteroperabilityIndex": "InteropIndex",
    "InteroperabilityVersion": "InteropVersion",
    "JPEGInterchangeFormat": "ThumbnailOffset",
    "JPEGInterchangeFormatLength": "ThumbnailLength",
    "LensSpecification": "LensInfo",
    "OECF": "Opto-ElectricConvFactor",
    "RelatedImageLength": "RelatedImageHeight",
    "SubIFDs": "SubIFD",
    "TIFF/EPStandardID": "TIFF-EPStandardID",
}


def exif_name(name: str) -> str:
    """Return ``GROUP:TAG`` for a tag as it is named in ``exif``."""
    group, tag = _group_and_tag(name)
    if found := _UNNAMED.fullmatch(tag):
        number = int(found[1], 16)
        return f"{group}:{NAMES.get(number, f'Exif_0x{number:04x}')}"
    return f"{group}:{_RENAMED.get(tag, tag)}"


def _group_and_tag(name: str) -> tuple[str, str]:
    if found := _NUMBERED.fullmatch(name):
        directory, number, tag = found.groups()
        if directory == "IFD":
            return f"IFD{number}", tag
        return f"SubIFD{number if int(number) else ''}", tag
    directory, _, tag = name.partition(" ")
    return _GROUPS.get(directory, directory), tag
