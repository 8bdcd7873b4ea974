from __future__ import annotations

import pytest

from fpcrawler.core.metadata.device import Device, device_name, read_device
from fpcrawler.core.metadata.makers import Identity, NoteReading

NOTE = NoteReading(
    values={
        "serial": Identity("730407016", "MakerNote SerialNumber"),
        "internal_serial": Identity("ZA2146315", "MakerNote InternalSerialNumber"),
    }
)


def test_each_field_names_the_tag_that_it_came_from() -> None:
    exif = {
        "Image Make": "Canon ",
        "Image Model": "Canon EOS 70D",
        "Image Software": "Adobe Photoshop CC",
        "EXIF LensModel": "EF50mm f/1.8 STM",
        "EXIF LensSerialNumber": "0000214e1c",
        "EXIF CameraOwnerName": "Jane Doe",
    }

    assert read_device(exif, {"aux:SerialNumber": "1"}, NOTE) == Device(
        make="Canon",
        model="Canon EOS 70D",
        serial="730407016",
        internal_serial="ZA2146315",
        lens="EF50mm f/1.8 STM",
        lens_serial="0000214e1c",
        owner="Jane Doe",
        software="Adobe Photoshop CC",
        sources={
            "make": ("Image Make",),
            "model": ("Image Model",),
            "serial": ("MakerNote SerialNumber",),
            "internal_serial": ("MakerNote InternalSerialNumber",),
            "lens": ("EXIF LensModel",),
            "lens_serial": ("EXIF LensSerialNumber",),
            "owner": ("EXIF CameraOwnerName",),
            "software": ("Image Software",),
        },
    )


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("tiff:Make", "make"),
        ("tiff:Model", "model"),
        ("aux:SerialNumber", "serial"),
        ("exifEX:BodySerialNumber", "serial"),
        ("MicrosoftPhoto:CameraSerialNumber", "serial"),
        ("drone-dji:CameraSerialNumber", "serial"),
        ("drone-dji:DroneSerialNumber", "serial"),
        ("aux:Lens", "lens"),
        ("MicrosoftPhoto:LensModel", "lens"),
        ("aux:LensSerialNumber", "lens_serial"),
        ("aux:OwnerName", "owner"),
        ("exif:ImageUniqueID", "image_id"),
        ("xmp:CreatorTool", "software"),
    ],
)
def test_xmp_says_it_if_nothing_else_does(name: str, field: str) -> None:
    device = read_device({}, {name: "A 12345"})

    assert getattr(device, field) == "A 12345"
    assert device.sources == {field: (name,)}


@pytest.mark.parametrize(
    "name", ["EXIF BodySerialNumber", "Image BodySerialNumber", "Image Tag 0xC62F"]
)
def test_the_body_has_its_number_in(name: str) -> None:
    device = read_device({name: "012345678"}, {"aux:SerialNumber": "9"}, NOTE)

    assert device.serial == "012345678"
    assert device.sources["serial"] == (name,)


def test_a_serial_of_zeros_does_not_join_two_owners() -> None:
    exif = {
        "EXIF BodySerialNumber": "0000000000",
        "EXIF LensSerialNumber": "0000000000",
    }

    device = read_device(exif, {"aux:SerialNumber": "0", "aux:OwnerName": "unknown"})

    assert device == Device()


def test_a_placeholder_gives_way_to_the_note() -> None:
    device = read_device({"EXIF BodySerialNumber": "0000000"}, {}, NOTE)

    assert device.serial == "730407016"


@pytest.mark.parametrize(
    ("make", "model", "name"),
    [
        ("Canon", "Canon EOS 70D", "Canon EOS 70D"),
        ("NIKON CORPORATION", "NIKON D70", "NIKON D70"),
        ("Apple", "iPhone 4S", "Apple iPhone 4S"),
        ("Apple", None, "Apple"),
        (None, "E-20", "E-20"),
        (None, None, ""),
    ],
)
def test_the_make_is_not_repeated_for_people(
    make: str | None, model: str | None, name: str
) -> None:
    assert device_name(make, model) == name
