"""Tags have the names that ExifTool gives them."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fpcrawler.exports.naming.exif import exif_name
from fpcrawler.exports.naming.exiftool import iptc_name, renamed, text_name
from fpcrawler.exports.naming.xmp import xmp_name
from tests.core.corpus import files
from tests.exports.records import record_of
from tests.exports.test_tables import FULL

REAL = files("seed", "metadata-near", "metadata-straddling", "metadata-far")

POINTERS = {
    *("ExifOffset", "GPSInfo", "InteroperabilityOffset", "SubIFD", "PrintIM"),
    *("IPTC-NAA", "ICC_Profile", "ImageSourceData", "ApplicationNotes", "MakerNote"),
    *("Exif_0x8649", "GeoTiffDirectory", "GeoTiffAsciiParams"),
}
"""ExifTool reads what they lead to, and prints no such tag."""

# It names them by what it finds there: a preview, a thumbnail in strips, one picture
# of several.
KNOWN_OTHERS = {
    *("IFD0:StripOffsets", "IFD0:StripByteCounts", "IFD0:BitsPerSample"),
    *("IFD0:ThumbnailOffset", "IFD0:ThumbnailLength", "XMP-GIMP:API"),
}


@pytest.mark.parametrize(
    ("name", "theirs"),
    [
        ("Image Make", "IFD0:Make"),
        ("Image DateTime", "IFD0:ModifyDate"),
        ("Thumbnail JPEGInterchangeFormat", "IFD1:ThumbnailOffset"),
        ("EXIF ISOSpeedRatings", "ExifIFD:ISO"),
        ("EXIF SubIFD0 ImageWidth", "SubIFD:ImageWidth"),
        ("EXIF SubIFD1 ImageLength", "SubIFD1:ImageHeight"),
        ("IFD 2 ImageWidth", "IFD2:ImageWidth"),
        ("Interoperability InteroperabilityIndex", "InteropIFD:InteropIndex"),
        ("GPS GPSDate", "GPS:GPSDateStamp"),
        ("Image Tag 0xC62F", "IFD0:CameraSerialNumber"),
        ("Image Tag 0x0603", "IFD0:Exif_0x0603"),
        ("Odd", "Odd:"),
    ],
)
def test_exif_tags(name: str, theirs: str) -> None:
    assert exif_name(name) == theirs


@pytest.mark.parametrize(
    ("name", "theirs"),
    [
        ("dc:creator", "XMP-dc:Creator"),
        ("x:xmptk", "XMP-x:XMPToolkit"),
        ("xmpMM:DerivedFrom/stRef:documentID", "XMP-xmpMM:DerivedFromDocumentID"),
        ("xmpMM:History[2]/stEvt:action", "XMP-xmpMM:HistoryAction"),
        (
            "mwg-rs:Regions/mwg-rs:RegionList[1]/mwg-rs:Name",
            "XMP-mwg-rs:RegionName",
        ),
        (
            "Iptc4xmpCore:CreatorContactInfo/Iptc4xmpCore:CiEmailWork",
            "XMP-iptcCore:CreatorWorkEmail",
        ),
        (
            "Iptc4xmpExt:LocationCreated[1]/Iptc4xmpExt:City",
            "XMP-iptcExt:LocationCreatedCity",
        ),
        ("plus:Licensor[1]/plus:LicensorURL", "XMP-plus:LicensorURL"),
        ("exif:PixelXDimension", "XMP-exif:ExifImageWidth"),
        ("{http://a.example/}title", "XMP:Title"),
        ("", "XMP:"),
    ],
)
def test_xmp_properties(name: str, theirs: str) -> None:
    assert xmp_name(name) == theirs


def test_iptc_datasets_and_texts() -> None:
    assert iptc_name("By-line") == "IPTC:By-line"
    assert iptc_name("IPTCDigest") == "Photoshop:IPTCDigest"
    assert text_name("parameters", "png") == "PNG:Parameters"
    assert text_name("Creation Time", "png") == "PNG:CreationTime"
    assert text_name("Comment", "jpeg") == "File:Comment"


def test_a_record_has_them_everywhere_and_its_values() -> None:
    record = {
        **FULL,
        "xmp": {f"xmpMM:History[{n}]/stEvt:action": f"a{n}" for n in (1, 2)},
    }
    found = renamed(record)

    assert found["exif"]["IFD0:Make"] == "A"
    assert found["xmp"] == {"XMP-xmpMM:HistoryAction": "a1; a2"}
    assert found["iptc"] == {"IPTC:By-line": "Ada"}
    assert found["texts"][0]["name"] == "File:Comment"
    assert found["device"]["sources"] == {
        "make": ["IFD0:Make"],
        "serial": ["MakerNote SerialNumber"],
    }
    assert {**found, **{name: FULL[name] for name in CHANGED}} == FULL


CHANGED = ("exif", "xmp", "iptc", "texts", "location", "taken", "device")


@pytest.fixture(scope="module")
def theirs() -> dict[Path, dict[str, Any]]:
    command = ["exiftool", "-j", "-G1", "-a", "-u", *map(str, REAL)]
    done = subprocess.run(command, capture_output=True, check=False)
    return {Path(row["SourceFile"]): row for row in json.loads(done.stdout)}


def names_of(path: Path) -> Iterator[str]:
    record = record_of(path)
    yield from map(exif_name, record["exif"])
    yield from map(xmp_name, record["xmp"])
    yield from map(iptc_name, record["iptc"])


@pytest.mark.skipif(
    not (REAL and shutil.which("exiftool")), reason="the corpus or exiftool is missing"
)
def test_the_names_of_the_corpus_are_exiftools(
    theirs: dict[Path, dict[str, Any]],
) -> None:
    counts: Counter[str] = Counter()
    for path in REAL:
        groups = {name.partition(":")[0] for name in theirs[path]}
        for name in names_of(path):
            group, _, tag = name.partition(":")
            # Of some blocks it reads nothing; those say nothing about names.
            if group in groups and tag not in POINTERS:
                counts["all"] += 1
                if name not in theirs[path]:
                    counts[name] += 1
    total = counts.pop("all")

    assert total > 3_000
    assert counts.keys() <= KNOWN_OTHERS
    assert counts.total() < total / 500
