"""The shared files with XMP, IPTC and texts that were read wrongly, and what is right.

Why it is right, the README beside the files says; the values are those of ExifTool,
spelled as DATA_FORMAT.md says.
"""

from __future__ import annotations

from tests.end_to_end.cases import CASES, Case
from tests.metadata_containers import WITH_XMP

DAMAGED = {"xmp": "damaged"}
IPTC = {
    "CodedCharacterSet": "UTF8",
    "By-line": "Zoë",
    "City": "Sydney",
    "CopyrightNotice": "(c) Jane",
    "Caption-Abstract": "Caption text",
}
PARAMETERS = (
    "a cat\nNegative prompt: dog\n"
    "Steps: 20, Sampler: Euler a, CFG scale: 7, Seed: 42, Model: x"
)


def in_png(name: str) -> bytes | None:
    """Return a shared packet in a PNG; None without the shared files."""
    return WITH_XMP["png"]((CASES / name).read_bytes()) if CASES.is_dir() else None


SHARED = (
    Case(
        name="M05_xmp_namespaces.jpg",
        xmp={
            "GCamera:MotionPhoto": "1",
            "GPano:CaptureSoftware": "x",
            "MicrosoftPhoto:CameraSerialNumber": "MS1",
            "acdsee:caption": "c",
            "cc:license": "http://cc",
            "cell:cgi": "460-0-1-2",
            "crs:RawFileName": "DSC_1.NEF",
            "digiKam:TagsList": "People/Jane",
            "drone-dji:CameraSerialNumber": "SN-DJI-1",
            "drone-dji:DroneSerialNumber": "DRONE9",
            "drone-dji:GpsLatitude": "-33.8568",
            "drone-dji:GpsLongitude": "+151.2153",
            "exifEX:BodySerialNumber": "B1",
            "pdf:Producer": "p",
            "photomechanic:Prefs": "0",
        },
    ),
    Case(
        name="M06a_xmp_bad_utf8_exiv2_1026.jpg",
        xmp={
            "exif:Make": "NIKON CORPORATION",
            "exif:Model": "NIKON D300S",
            "exif:Software": "DxO Optics Pro 9.5.2",
            "exif:Copyright": "[None] (Photographer) - [None] (Editor)",
            "exif:DateTimeOriginal": "2014:12:20 11:57:54",
            "exif:MakerNote": "8082 bytes undefined data",
            "exif:GPSVersionID": "2.2.0.0",
        },
        status=DAMAGED,
    ),
    Case(
        name="M06b_xmp_residue.png",
        xmp={"xmp:CreatorTool": "T", "mwg-rs:Name": "Jane"},
        status=DAMAGED,
    ),
    Case(
        name="M06d_xmp_utf16le_nobom.jpg",
        xmp={"dc:creator": "Zoë 山田", "xmp:CreatorTool": "Picasa"},
        status=DAMAGED,
    ),
    Case(
        name="M07_extended_xmp.jpg",
        xmp={
            "xmp:CreatorTool": "Tool",
            "xmp:Label": "EXT-LABEL",
            "dc:description": "only in extended",
            "exif:GPSLatitude": "33,51.5S",
            "xmpNote:HasExtendedXMP": "44C3FF86F14E3BA4F7F5E0CD8F6E55E1",
        },
    ),
    Case(
        name="M12_xmp_history.jpg",
        xmp={
            f"xmpMM:History[{number}]/stEvt:{name}": text
            for number, event in enumerate(
                (
                    ("created", "iid:1", "Photoshop 21", "2024-01-01T00:00:00Z"),
                    ("saved", "iid:2", None, "2024-01-02T00:00:00Z"),
                    ("saved", "iid:3", "Lightroom 9", "2024-01-02T00:00:00Z"),
                    ("saved", "iid:4", "Photoshop 21", "2024-02-02T00:00:00Z"),
                ),
                start=1,
            )
            for name, text in zip(
                ("action", "instanceID", "softwareAgent", "when"), event, strict=True
            )
            if text
        },
    ),
    Case(name="M13a_iptc_long_swapped.tif", iptc=IPTC),
    Case(
        name="M13c_xmp_iptc_in_ifd0_of_jpeg.jpg",
        xmp={"xmp:CreatorTool": "SubIFD XMP"},
        iptc=IPTC,
    ),
    Case(name="M15_gif_xmp_end.gif", xmp={"xmp:CreatorTool": "GifTool"}),
    Case(
        name="M16_svg_rdf.svg",
        xmp={"dc:creator/dc:title": "Jane Roe", "dc:date": "2024"},
    ),
    Case(
        name="M17_png_parameters.png",
        texts=(
            ("parameters", PARAMETERS),
            ("Software", "NovelAI"),
            ("Comment", '{"prompt":"x"}'),
        ),
    ),
    Case(
        name="M21_xmp_tail_twice.png",
        data=in_png("M21_xmp_tail_twice.xmp"),
        xmp={
            "dc:rights": "© Jonathan Pfeifer 2023",
            "dc:subject": "Daniel Wood; Denise Wood",
            "exif:DateTimeOriginal": "1988-12-01T18:53:44",
            "mwg-rs:Regions/mwg-rs:RegionList[1]/mwg-rs:Name": "Denise Wood",
            "mwg-rs:Regions/mwg-rs:RegionList[2]/mwg-rs:Name": "Daniel Wood",
            "xmpMM:History[5]/stEvt:changed": "/metadata",
            "xmpMM:PreservedFileName": "fastfoto_0804291.png",
        },
        status=DAMAGED,
    ),
)
