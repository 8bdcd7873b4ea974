"""The shared files with EXIF that was read wrongly, and what is right.

Why it is right, the README beside the files says; the values are those of ExifTool
and of the specifications, spelled as DATA_FORMAT.md says.
"""

from __future__ import annotations

from tests.end_to_end.cases import Case

TAKEN = "2024:05:06 07:08:09"
CAMERA = {
    "Image Make": "Acme",
    "Image Model": "Cam 1",
    "EXIF DateTimeOriginal": TAKEN,
    "GPS GPSLatitudeRef": "N",
    "GPS GPSLatitude": "[48, 51, 30]",
    "GPS GPSLongitudeRef": "E",
}
PROMPT = (
    "masterpiece, "
    * 400
    + "\nNegative prompt: bad\nSteps: 20, Sampler: Euler a, Seed: 1234567890, "
    "Model: sdxl"
)
SHARED = (
    Case(
        name="M01_multiseg_exif_pillow.jpg",
        exif={"Image ImageDescription": "firstsecond"},
    ),
    Case(
        name="M02_two_exif_app1.jpg",
        exif={
            **CAMERA,
            "Image Software": "Resizer 1.0",
            "Image DateTime": TAKEN,
            "Image Orientation": "Horizontal (normal)",
        },
    ),
    Case(
        name="M03_canon.cr3",
        exif={
            "Image Model": "Canon EOS M50",
            "Image DateTime": "2018:02:21 12:08:56",
            "EXIF ExposureTime": "1/80",
            "EXIF ISOSpeedRatings": "12800",
            "EXIF DateTimeOriginal": "2018:02:21 12:08:56",
            "EXIF BodySerialNumber": "613040000565",
            "EXIF LensModel": "EF-M15-45mm f/3.5-6.3 IS STM",
            "GPS GPSVersionID": "[2, 3, 0, 0]",
        },
        xmp={"xmp:Rating": "0"},
    ),
    Case(
        name="M04_bigtiff.btf",
        exif={
            "Image ImageWidth": "8",
            "Image ImageLength": "8",
            "Image BitsPerSample": "[8, 8, 8]",
            "Image SamplesPerPixel": "3",
        },
    ),
    Case(
        name="M08_exif_item_no_offset.avif",
        exif={**CAMERA, "Image Software": "fw 2"},
        xmp={"xmp:CreatorTool": "A"},
    ),
    Case(
        name="M09_exif30_utf8_type129.jpg",
        exif={
            "Image ImageDescription": "Größe 東京",
            "Image Artist": "Zoë Ångström",
            "Image Copyright": "© 山田",
            "EXIF CameraOwnerName": "Jürgen Owner",
            "EXIF ImageTitle": "Titel",
            "EXIF Photographer": "Fotografin",
            "EXIF ImageEditor": "Editor",
            "EXIF CameraFirmware": "FW 3.1",
            "EXIF RAWDevelopingSoftware": "RawDev",
            "EXIF ImageEditingSoftware": "ImgEditSW",
            "EXIF MetadataEditingSoftware": "MetaEditSW",
        },
    ),
    Case(
        name="M10a_xp.jpg",
        exif={
            "Image XPTitle": "Gate \u0438 山",
            "Image XPComment": "comment é",
            "Image XPAuthor": "Jane",
            "Image XPKeywords": "a;b",
            "Image XPSubject": "subj",
        },
    ),
    Case(name="M10b_xp_long.jpg", exif={"Image XPComment": "Beach " * 600}),
    Case(
        name="M10c_gps_processing.jpg",
        exif={
            "GPS GPSProcessingMethod": "NETWORK",
            "GPS GPSAreaInformation": "東京駅前広場",
            "GPS GPSDifferential": "1",
        },
    ),
    Case(
        name="M10e_artist_latin1.jpg",
        exif={"Image Artist": "José Muñoz", "Image Copyright": "(c) José Muñoz"},
    ),
    Case(
        name="M11_usercomment_long.jpg",
        exif={"EXIF DateTimeOriginal": TAKEN},
        user_comment=PROMPT,
    ),
    Case(
        name="M14a_jp2_exif2.jp2",
        exif={**CAMERA, "Image Software": "fw 2", "Image DateTime": TAKEN},
    ),
    Case(name="M18_copyright_editor_only.jpg", exif={"Image Copyright": "John Editor"}),
    Case(
        name="M19b_uc_in_ifd0.jpg",
        exif={"Image Make": "Acme"},
        user_comment="hello world!",
    ),
)
