from __future__ import annotations

import pytest

from fpcrawler.core.metadata import device, location
from fpcrawler.errors import BadInput
from fpcrawler.exports.redaction.subjects import (
    Subject,
    device_keys,
    says,
    subjects_of,
)


@pytest.mark.parametrize(
    ("words", "subjects"),
    [
        (None, set()),
        ("gps", {Subject.GPS}),
        ("owner, serial,owner", {Subject.OWNER, Subject.SERIAL}),
    ],
)
def test_words_are_subjects(words: str | None, subjects: set[Subject]) -> None:
    assert subjects_of(words) == subjects


@pytest.mark.parametrize("words", ["", "gsp", "gps,", "GPS"])
def test_another_word_is_refused(words: str) -> None:
    with pytest.raises(BadInput, match=r"use one or more of gps, owner, serial"):
        subjects_of(words)


@pytest.mark.parametrize(
    ("name", "subject"),
    [
        ("GPS GPSLatitude", "gps"),
        ("GPS GPSImgDirection", "gps"),
        ("Image Tag 0x87AF", "gps"),
        ("exif:GPSLongitude", "gps"),
        ("drone-dji:GpsLongtitude", "gps"),
        ("drone-dji:AbsoluteAltitude", "gps"),
        ("drone-dji:Longitude", "gps"),
        ("Iptc4xmpExt:LocationCreated[1]/Iptc4xmpExt:Sublocation", "gps"),
        ("photoshop:City", "gps"),
        ("Sub-location", "gps"),
        ("cell:cellid", "gps"),
        ("geo:lat", "gps"),
        ("MakerNote Landmark", "gps"),
        ("cc:attributionName", "owner"),
        ("Iptc4xmpExt:DigImageGUID", "serial"),
        ("EXIF CameraOwnerName", "owner"),
        ("Image Artist", "owner"),
        ("Image XPAuthor", "owner"),
        ("Image Copyright", "owner"),
        ("EXIF Photographer", "owner"),
        ("EXIF ImageEditor", "owner"),
        ("dc:creator", "owner"),
        ("dc:rights", "owner"),
        ("xmpRights:Owner", "owner"),
        ("photoshop:Source", "owner"),
        ("By-line", "owner"),
        ("CopyrightNotice", "owner"),
        ("Author", "owner"),
        ("EXIF BodySerialNumber", "serial"),
        ("EXIF LensSerialNumber", "serial"),
        ("Image Tag 0xC62F", "serial"),
        ("EXIF ImageUniqueID", "serial"),
        ("drone-dji:DroneSerialNumber", "serial"),
        ("aux:SerialNumber", "serial"),
        ("drone-dji:CaptureUUID", "serial"),
    ],
)
def test_a_tag_says_one_subject(name: str, subject: str) -> None:
    assert [each for each in Subject if says(name, [each])] == [subject]


def test_every_tag_that_the_device_is_read_from_is_redacted() -> None:
    subjects = {key: name for name in Subject for key in device_keys([name])}
    for key, _, tags, properties in device._FIELDS:
        for name in (*tags, *properties):
            if key in subjects:
                assert says(name, [subjects[key]]), name
            else:
                assert not says(name, [*Subject]), name


def test_every_tag_that_a_place_is_read_from_is_redacted() -> None:
    names = {*location._NAMES, *location._MEASURED}

    assert [name for name in names if not says(name, [Subject.GPS])] == []


@pytest.mark.parametrize(
    "name",
    [
        "Image Make",
        "EXIF DateTimeOriginal",
        "EXIF FileSource",
        "EXIF SubjectLocation",
        "EXIF BrightnessValue",
        "crs:Opacity",
        "crs:LensManualGeometricDistortion",
        "Country-PrimaryLocationName",
        "Province-State",
        "EXIF ImageEditingSoftware",
        "EXIF LensModel",
        "xmp:CreatorTool",
        "xmp:CreateDate",
        "Iptc4xmpExt:DigitalSourceType",
        "Keywords",
    ],
)
def test_other_tags_stay(name: str) -> None:
    assert not says(name, [*Subject])
