"""Name XMP properties as ``exiftool -G1`` does."""

from __future__ import annotations

import re
from collections.abc import Mapping

# A prefix that ExifTool writes otherwise.
_GROUPS: Mapping[str, str] = {
    "GettyImagesGIFT": "getty",
    "Iptc4xmpCore": "iptcCore",
    "Iptc4xmpExt": "iptcExt",
    "MicrosoftPhoto": "microsoft",
    "hdr_metadata": "hdr",
    "photomechanic": "photomech",
}

# Group, and the names of a path without prefixes and numbers, as ExifTool has them.
_RENAMED: Mapping[str, Mapping[str, str]] = {
    "GAudio": {"Data": "AudioData", "Mime": "AudioMimeType"},
    "GCamera": {"hdrp_makernote": "HDRPMakerNote", "shot_log_data": "ShotLogData"},
    "GDepth": {"Data": "DepthImage"},
    "GImage": {"Data": "ImageData", "Mime": "ImageMimeType"},
    "MP": {"RegionInfo": "RegionInfoMP"},
    "crs": {"Temperature": "ColorTemperature"},
    "exif": {
        "ExposureBiasValue": "ExposureCompensation",
        "FocalLengthIn35mmFilm": "FocalLengthIn35mmFormat",
        "GPSTimeStamp": "GPSDateTime",
        "ISOSpeedRatings": "ISO",
        "OECF": "Opto-ElectricConvFactor",
        "PixelXDimension": "ExifImageWidth",
        "PixelYDimension": "ExifImageHeight",
    },
    "exifEX": {
        "BodySerialNumber": "SerialNumber",
        "CameraOwnerName": "OwnerName",
        "InteroperabilityIndex": "InteropIndex",
        "LensSpecification": "LensInfo",
        "Temperature": "AmbientTemperature",
    },
    "hdr": {
        "ccv_avg_luminance_nits": "CCVAvgLuminanceNits",
        "ccv_max_luminance_nits": "CCVMaxLuminanceNits",
        "ccv_min_luminance_nits": "CCVMinLuminanceNits",
        "ccv_primaries_xy": "CCVPrimariesXY",
        "ccv_white_xy": "CCVWhiteXY",
        "scene_referred": "SceneReferred",
    },
    "iptcCore": {
        "CreatorContactInfoCiAdrCity": "CreatorCity",
        "CreatorContactInfoCiAdrCtry": "CreatorCountry",
        "CreatorContactInfoCiAdrExtadr": "CreatorAddress",
        "CreatorContactInfoCiAdrPcode": "CreatorPostalCode",
        "CreatorContactInfoCiAdrRegion": "CreatorRegion",
        "CreatorContactInfoCiEmailWork": "CreatorWorkEmail",
        "CreatorContactInfoCiTelWork": "CreatorWorkTelephone",
        "CreatorContactInfoCiUrlWork": "CreatorWorkURL",
    },
    "iptcExt": {
        "AddlModelInfo": "AdditionalModelInformation",
        "DigImageGUID": "DigitalImageGUID",
        "DigitalSourcefileType": "DigitalSourceFileType",
        "EventId": "EventID",
        "IptcLastEdited": "IPTCLastEdited",
        "RegistryIdRegEntryRole": "RegistryEntryRole",
        "RegistryIdRegItemId": "RegistryItemID",
        "RegistryIdRegOrgId": "RegistryOrganisationID",
    },
    "microsoft": {"CreatorAppId": "CreatorAppID", "Rating": "RatingPercent"},
    "photoshop": {
        "ICCProfile": "ICCProfileName",
        "TextLayersLayerName": "TextLayerName",
        "TextLayersLayerText": "TextLayerText",
    },
    "plus": {"Version": "PLUSVersion"},
    "tiff": {"ImageLength": "ImageHeight"},
    "x": {"xmptk": "XMPToolkit"},
}

# The beginning of a path that ExifTool shortens; the first that fits, once.
_SHORTENED: Mapping[str, tuple[tuple[str, str], ...]] = {
    "MP": (("RegionInfoRegions", "Region"),),
    "crs": (("RetouchAreasMasks", "RetouchAreaMask"), ("RetouchAreas", "RetouchArea")),
    "drone-dji": (("Gps", "GPS"),),
    "iptcExt": (("ArtworkOrObjectAO", "Artwork"),),
    "mwg-coll": (("CollectionsCollection", "Collection"),),
    "mwg-rs": (("RegionsRegionList", "Region"), ("Regions", "Region")),
    "xmp": (("Thumbnails", "Thumbnail"), ("PageInfo", "PageImage")),
    "xmpTPg": (
        ("Colorants", "Colorant"),
        ("FontsFont", "Font"),
        ("SwatchGroupsColorants", "SwatchColorant"),
        ("SwatchGroupsGroup", "SwatchGroup"),
    ),
}
# These are structures themselves.
_WHOLE = {
    "crs": {"RetouchAreas": "RetouchAreas", "RetouchAreasMasks": "RetouchAreaMasks"},
    "mwg-rs": {"Regions": "RegionInfo", "RegionsRegionList": "RegionList"},
}

_PART = re.compile(r"(?:\{[^}]*\}|([^:{}/\[\]]*):)?([^:\[\]]*)(?:\[\d+\])?")
_NOT_IN_NAMES = re.compile(r"[^\w-]", re.ASCII)
_TWICE = re.compile(r"(Licensor|Licensee|CopyrightOwner|ImageCreator|ImageSupplier)\1")


def xmp_name(name: str) -> str:
    """Return ``GROUP:TAG`` for a property as it is named in ``xmp``.

    A field of a structure has the names of its path in one; items of lists lose their
    numbers. Masks of Camera Raw are longer than ExifTool's abbreviations.
    """
    group = ""
    names: list[str] = []
    for part in _parts(name):
        found = _PART.fullmatch(part)
        prefix, local = found.groups() if found else ("", part)
        if not names:
            group = _GROUPS.get(prefix or "", prefix or "")
        names.append(local)
    path = names[0] + "".join(each[:1].upper() + each[1:] for each in names[1:])
    return f"XMP{f'-{group}' if group else ''}:{_tag(group, path)}"


def _parts(name: str) -> list[str]:
    """Return the parts of a path; a URI in braces has slashes of its own."""
    return re.findall(r"(?:\{[^}]*\}|[^/])+", name) or [name]


def _tag(group: str, path: str) -> str:
    renamed = _WHOLE.get(group, {}).get(path) or _RENAMED.get(group, {}).get(path)
    if renamed:
        return renamed
    for long, short in _SHORTENED.get(group, ()):
        if path.startswith(long):
            path = f"{short}{path[len(long) :]}"
            break
    if group == "plus":
        path = _TWICE.sub(r"\1", path)
    path = _NOT_IN_NAMES.sub("", path)
    return path[:1].upper() + path[1:]
