from __future__ import annotations

import pytest

from fpcrawler.core.metadata.location import Location, read_location

EXIF = {
    "GPS GPSLatitudeRef": "S",
    "GPS GPSLatitude": "[41, 2559/50, 0]",
    "GPS GPSLongitudeRef": "W",
    "GPS GPSLongitude": "[8, 37, 1733/100]",
    "GPS GPSAltitudeRef": "0",
    "GPS GPSAltitude": "8319/100",
    "GPS GPSTimeStamp": "[13, 3, 4279/100]",
    "GPS GPSImgDirectionRef": "T",
    "GPS GPSImgDirection": "18329/175",
    "GPS GPSDate": "2012:07:21",
}
XMP = {
    "exif:GPSLatitude": "48,53.323582N",
    "exif:GPSLongitude": "21,2,35.7042E",
    "exif:GPSAltitude": "324145/1000",
    "exif:GPSAltitudeRef": "1",
    "exif:GPSTimeStamp": "2012-07-21T15:03:42+02:00",
    "exif:GPSImgDirection": "725/2",
    "exif:GPSImgDirectionRef": "T",
}
ZERO = {
    "GPS GPSLatitudeRef": "N",
    "GPS GPSLatitude": "[0, 0, 0]",
    "GPS GPSLongitudeRef": "E",
    "GPS GPSLongitude": "[0, 0, 0]",
}


def test_the_location_of_exif_has_signs_and_units() -> None:
    assert read_location(EXIF, {}) == Location(
        latitude=-41.853,
        longitude=-8.6214806,
        altitude=83.19,
        direction=104.7371,
        time="2012-07-21T13:03:42.79",
        sources={
            "latitude": ("GPS GPSLatitude", "GPS GPSLatitudeRef"),
            "longitude": ("GPS GPSLongitude", "GPS GPSLongitudeRef"),
            "altitude": ("GPS GPSAltitude", "GPS GPSAltitudeRef"),
            "direction": ("GPS GPSImgDirection", "GPS GPSImgDirectionRef"),
            "time": ("GPS GPSDate", "GPS GPSTimeStamp"),
        },
    )


def test_xmp_says_what_exif_does_not() -> None:
    location = read_location({"GPS GPSLatitude": "[0/0, 0/0, 0/0]"}, XMP)

    assert (location.latitude, location.longitude) == (48.8887264, 21.0432512)
    assert location.altitude == -324.145
    assert location.direction is None  # beyond a full circle
    assert location.time == "2012-07-21T13:03:42"
    assert location.sources["latitude"] == ("exif:GPSLatitude",)


@pytest.mark.parametrize(
    ("latitude", "longitude"),
    [
        ("GpsLatitude", "GpsLongitude"),
        ("GpsLatitude", "GpsLongtitude"),
        ("Latitude", "Longitude"),
    ],
)
def test_djis_decimal_degrees_are_read(latitude: str, longitude: str) -> None:
    xmp = {
        f"drone-dji:{latitude}": "+47.3541841",
        f"drone-dji:{longitude}": "-10.1913155",
        "drone-dji:AbsoluteAltitude": "-12.30",
    }

    location = read_location({}, xmp)

    assert (location.latitude, location.longitude) == (47.3541841, -10.1913155)
    assert location.altitude == -12.3


@pytest.mark.parametrize(
    ("tag", "value"),
    [
        ("GPS GPSLatitude", "[0/0, 0/0, 0/0]"),
        ("GPS GPSLatitude", "[41, 30, 0/0]"),
        ("GPS GPSLatitude", "[90, 0, 1/100]"),
        ("GPS GPSLatitude", "[-41, 0, 0]"),
        ("GPS GPSLatitude", "[41, 61, 0]"),
        ("GPS GPSLatitude", "[41, 0, 0, 0]"),
        ("GPS GPSLatitude", "52,00000,50,00000,34,01180"),
        ("GPS GPSLatitude", "nan"),
        ("GPS GPSLatitude", ""),
        ("GPS GPSLatitude", "9" * 5_000),
        ("GPS GPSLatitudeRef", ""),
        ("GPS GPSLatitudeRef", "E"),
        ("GPS GPSLongitude", "[181, 0, 0]"),
        ("GPS GPSLongitudeRef", "\0"),
    ],
)
def test_a_position_that_is_not_one_is_none(tag: str, value: str) -> None:
    location = read_location(EXIF | {tag: value}, {})

    assert (location.latitude, location.longitude) == (None, None)
    assert location.altitude == 83.19


@pytest.mark.parametrize(
    ("tag", "value", "field"),
    [
        ("GPS GPSAltitude", "0/0", "altitude"),
        ("GPS GPSAltitudeRef", "", "altitude"),
        ("GPS GPSAltitudeRef", "7", "altitude"),
        ("GPS GPSImgDirection", "361", "direction"),
        ("GPS GPSImgDirection", "0/0", "direction"),
        ("GPS GPSImgDirectionRef", "M", "direction"),
        ("GPS GPSImgDirectionRef", "", "direction"),
        ("GPS GPSTimeStamp", "[24, 0, 0]", "time"),
        ("GPS GPSTimeStamp", "[104, 52, 429/25]", "time"),
        ("GPS GPSTimeStamp", "[13, 60, 0]", "time"),
        ("GPS GPSTimeStamp", "[13, 3]", "time"),
        ("GPS GPSDate", "0000:00:00", "time"),
        ("GPS GPSDate", "", "time"),
    ],
)
def test_a_value_without_reference_or_range_is_none(
    tag: str, value: str, field: str
) -> None:
    location = read_location(EXIF | {tag: value}, {})

    assert getattr(location, field) is None
    assert field not in location.sources
    assert location.latitude == -41.853


@pytest.mark.parametrize("reference", ["N", "", "M"])
def test_an_xmp_position_without_its_letter_is_none(reference: str) -> None:
    text = f"21,2.595070{reference}"

    assert read_location({}, XMP | {"exif:GPSLongitude": text}).longitude is None


@pytest.mark.parametrize(
    "others",
    [
        {},
        {"GPS GPSAltitude": "0", "GPS GPSAltitudeRef": "0", "GPS GPSMapDatum": "WGS84"},
        {"GPS GPSTimeStamp": "[0, 0, 0]", "GPS GPSDate": "0000:00:00"},
        {"GPS GPSSatellites": "00", "GPS GPSImgDirection": "0/1"},
        {"GPS GPSSpeed": "0", "GPS GPSSpeedRef": "K"},
    ],
)
def test_zero_degrees_without_a_fix_are_none(others: dict[str, str]) -> None:
    assert read_location(ZERO | others, {}) == Location()


def test_zero_degrees_with_a_fix_are_a_position() -> None:
    exif = ZERO | {"GPS GPSTimeStamp": "[18, 30, 31]", "GPS GPSDate": "2022:08:22"}

    assert (read_location(exif, {}).latitude, read_location(exif, {}).longitude) == (
        0,
        0,
    )


@pytest.mark.parametrize(
    ("reference", "altitude"),
    [("0", 83.19), ("1", -83.19), ("2", 83.19), ("3", -83.19)],
)
def test_the_reference_tells_above_from_below_the_sea(
    reference: str, altitude: float
) -> None:
    exif = EXIF | {"GPS GPSAltitudeRef": reference}

    assert read_location(exif, {}).altitude == altitude


def test_a_file_without_gps_is_nowhere() -> None:
    assert read_location({"Image Make": "Canon"}, {"dc:title": "x"}) == Location()


@pytest.mark.parametrize("direction", ["360", "35999999/100000", "0"])
def test_a_whole_circle_is_north(direction: str) -> None:
    exif = {"GPS GPSImgDirection": direction, "GPS GPSImgDirectionRef": "T"}

    assert read_location(exif, {}).direction == 0
