from __future__ import annotations

import pytest

from fpcrawler.core.metadata.gps_time import gps_time

EXIF = {"GPS GPSDate": "2012:07:21", "GPS GPSTimeStamp": "[13, 3, 4279/100]"}


@pytest.mark.parametrize(
    ("exif", "text"),
    [
        ({}, "2012-07-21T13:03:42.79"),
        ({"GPS GPSDate": "2012-07-21 "}, "2012-07-21T13:03:42.79"),
        ({"GPS GPSTimeStamp": "[0, 0, 0]"}, "2012-07-21T00:00:00"),
        ({"GPS GPSTimeStamp": "[23, 59, 50]"}, "2012-07-21T23:59:50"),
        ({"GPS GPSTimeStamp": "[13, 3, 599995/10000]"}, "2012-07-21T13:03:59.999"),
        ({"GPS GPSTimeStamp": "[13, 3, 599999/10000]"}, "2012-07-21T13:03:59.999"),
        ({"GPS GPSTimeStamp": "[13, 3, 599/10]"}, "2012-07-21T13:03:59.9"),
        ({"GPS GPSTimeStamp": "[13, 305/10, 0]"}, "2012-07-21T13:30:30"),
        (
            {"GPS GPSTimeStamp": "[13, 599999999/10000000, 0]"},
            "2012-07-21T13:59:59.999",
        ),
    ],
)
def test_date_and_time_of_exif_are_one_moment(exif: dict[str, str], text: str) -> None:
    time = gps_time(EXIF | exif, {})

    assert time is not None
    assert time.value.text == text


@pytest.mark.parametrize(
    "exif",
    [
        {"GPS GPSTimeStamp": "[13, 7/2, 30]"},
        {"GPS GPSTimeStamp": "[27/2, 0, 0]"},
        {"GPS GPSTimeStamp": "[13, 3, 59999/1000]", "GPS GPSDate": "2012:02:30"},
        {"GPS GPSTimeStamp": "[13, 3, 60]"},
        {"GPS GPSTimeStamp": "[-1, 3, 0]"},
        {"GPS GPSTimeStamp": "17,00000,8,00000,29,00000"},
    ],
)
def test_a_moment_that_is_not_one_is_none(exif: dict[str, str]) -> None:
    assert gps_time(EXIF | exif, {}) is None


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2012-07-21T15:03:42+02:00", "2012-07-21T13:03:42"),
        ("2012-07-21T15:03:42Z", "2012-07-21T15:03:42"),
        ("2012-07-21T15:03:42", "2012-07-21T15:03:42"),
    ],
)
def test_xmp_says_the_time_in_utc_or_with_its_offset(text: str, utc: str) -> None:
    time = gps_time({}, {"exif:GPSTimeStamp": text})

    assert time is not None
    assert (time.value.text, time.sources) == (utc, ("exif:GPSTimeStamp",))
