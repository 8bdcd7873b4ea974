from __future__ import annotations

import pytest

from fpcrawler.core.metadata.taken import Taken, read_taken

LOCAL = {"EXIF DateTimeOriginal": "2023:07:09 20:36:33"}
GPS = {"GPS GPSDate": "2023:07:09", "GPS GPSTimeStamp": "[12, 36, 33]"}


def test_local_time_has_the_offset_that_is_written_for_it() -> None:
    exif = (
        LOCAL
        | GPS
        | {
            "EXIF SubSecTimeOriginal": "616",
            "EXIF OffsetTimeOriginal": "+08:00",
        }
    )

    assert read_taken(exif, {}, {}) == Taken(
        local="2023-07-09T20:36:33.616",
        offset="+08:00",
        offset_source="written",
        utc="2023-07-09T12:36:33.616",
        clock_skew=1,
        sources={
            "local": ("EXIF DateTimeOriginal", "EXIF SubSecTimeOriginal"),
            "offset": ("EXIF OffsetTimeOriginal",),
            "utc": (
                "EXIF DateTimeOriginal",
                "EXIF SubSecTimeOriginal",
                "EXIF OffsetTimeOriginal",
            ),
            "clock_skew": (
                "EXIF DateTimeOriginal",
                "EXIF SubSecTimeOriginal",
                "EXIF OffsetTimeOriginal",
                "GPS GPSDate",
                "GPS GPSTimeStamp",
            ),
        },
    )  # fmt: skip


def test_the_offset_of_the_edit_is_not_used() -> None:
    taken = read_taken(LOCAL | {"EXIF OffsetTime": "-05:00"}, {}, {})

    assert taken == Taken(
        local="2023-07-09T20:36:33", sources={"local": ("EXIF DateTimeOriginal",)}
    )


def test_no_offset_is_not_taken_for_utc() -> None:
    taken = read_taken(LOCAL, {}, {})

    assert (taken.offset, taken.utc, taken.clock_skew) == (None, None, None)


def test_the_time_of_the_edit_is_not_used() -> None:
    assert read_taken({"Image DateTime": "2023:07:09 20:36:33"}, {}, {}) == Taken()


def test_the_digitized_time_has_an_offset_of_its_own() -> None:
    exif = {
        "EXIF DateTimeOriginal": "0000:00:00 00:00:00",
        "EXIF OffsetTimeOriginal": "+01:00",
        "EXIF SubSecTimeOriginal": "11",
        "EXIF DateTimeDigitized": "2023:07:09 20:36:33",
        "EXIF OffsetTimeDigitized": "+02:00",
        "EXIF SubSecTimeDigitized": "22",
    }

    taken = read_taken(exif, {}, {})

    assert (taken.local, taken.offset) == ("2023-07-09T20:36:33.22", "+02:00")


@pytest.mark.parametrize(
    ("clock", "offset"),
    [
        ("[12, 36, 33]", "+08:00"),
        ("[12, 38, 33]", "+08:00"),
        ("[12, 34, 33]", "+08:00"),
        ("[12, 38, 34]", None),
        ("[12, 34, 32]", None),
        ("[14, 51, 40]", "+05:45"),
        ("[6, 36, 33]", "+14:00"),
        ("[6, 21, 33]", None),
    ],
)
def test_the_gps_clock_gives_an_offset_in_quarters_of_an_hour(
    clock: str, offset: str | None
) -> None:
    taken = read_taken(LOCAL | GPS | {"GPS GPSTimeStamp": clock}, {}, {})

    assert taken.offset == offset
    assert taken.offset_source == ("gps" if offset else None)
    assert taken.clock_skew is None


@pytest.mark.parametrize(
    ("date", "offset"), [("2023:07:10", "-12:00"), ("2023:07:11", None), ("", None)]
)
def test_the_gps_clock_needs_a_date_and_an_offset_in_use(
    date: str, offset: str | None
) -> None:
    gps = {"GPS GPSDate": date, "GPS GPSTimeStamp": "[8, 36, 33]"}

    assert read_taken(LOCAL | gps, {}, {}).offset == offset


@pytest.mark.parametrize("written", ["   :  ", "", "+15:00", "08:00"])
def test_an_offset_that_is_not_one_leaves_it_to_the_gps_clock(written: str) -> None:
    taken = read_taken(LOCAL | GPS | {"EXIF OffsetTimeOriginal": written}, {}, {})

    assert (taken.offset, taken.offset_source) == ("+08:00", "gps")


@pytest.mark.parametrize(
    ("xmp", "local", "offset"),
    [
        (
            {"exif:DateTimeOriginal": "2005-08-03T18:59:18-04:00"},
            "2005-08-03T18:59:18",
            "-04:00",
        ),
        (
            {"photoshop:DateCreated": "2015-06-12T13:40:32.41"},
            "2015-06-12T13:40:32.41",
            None,
        ),
        ({"xmp:CreateDate": "2015-06-12T13:40Z"}, "2015-06-12T13:40", "+00:00"),
        (
            {
                "photoshop:DateCreated": "2003-08-30",
                "xmp:CreateDate": "2003-09-05T16:30:00Z",
            },
            None,
            None,
        ),
        ({"xmp:ModifyDate": "2015-06-12T13:40:32Z"}, None, None),
    ],
)
def test_xmp_says_it_if_exif_does_not(
    xmp: dict[str, str], local: str | None, offset: str | None
) -> None:
    exif = {"EXIF DateTimeOriginal": "    :  :     :  :  "}
    taken = read_taken(exif, xmp, {})

    assert (taken.local, taken.offset) == (local, offset)


@pytest.mark.parametrize(
    ("iptc", "local", "offset"),
    [
        (
            {"DateCreated": "20061029", "TimeCreated": "062751-0500"},
            "2006-10-29T06:27:51",
            "-05:00",
        ),
        (
            {"DateCreated": "20061029", "TimeCreated": "062751"},
            "2006-10-29T06:27:51",
            None,
        ),
        (
            {"DigitalCreationDate": "20061029", "DigitalCreationTime": "062751"},
            "2006-10-29T06:27:51",
            None,
        ),
        ({"DateCreated": "20061029"}, None, None),
        ({"DateCreated": "00000000", "TimeCreated": "062751"}, None, None),
    ],
)
def test_iptc_says_it_if_neither_does(
    iptc: dict[str, str], local: str | None, offset: str | None
) -> None:
    taken = read_taken({}, {}, iptc)

    assert (taken.local, taken.offset) == (local, offset)


@pytest.mark.parametrize("year", ["1944", "1944-06", "1944-06-06", "1944-00-00"])
@pytest.mark.parametrize("name", ["photoshop:DateCreated", "exif:DateTimeOriginal"])
def test_the_date_of_a_scan_does_not_stand_for_a_year_in_xmp(
    name: str, year: str
) -> None:
    xmp = {name: year, "xmp:CreateDate": "2020-01-01T10:11:12Z"}

    assert read_taken({}, xmp, {}) == Taken()


@pytest.mark.parametrize(
    "original",
    ["1944:06:06", "1944", "1944:  :     :  :  ", "1944:06:06 00", "1944:06:06   :  :"],
)
def test_the_date_of_a_scan_does_not_stand_for_a_date_in_exif(original: str) -> None:
    exif = {
        "EXIF DateTimeOriginal": original,
        "EXIF DateTimeDigitized": "2020:01:01 10:11:12",
    }

    assert read_taken(exif, {"xmp:CreateDate": "2020-01-01T10:11:12Z"}, {}) == Taken()


@pytest.mark.parametrize("date", ["19440606", "19440000", "1944-06-06"])
def test_the_date_of_a_scan_does_not_stand_for_a_date_in_iptc(date: str) -> None:
    exif = {"EXIF DateTimeDigitized": "2020:01:01 10:11:12"}
    iptc = {
        "DateCreated": date,
        "DigitalCreationDate": "20200101",
        "DigitalCreationTime": "101112",
    }

    assert read_taken(exif, {}, iptc) == Taken()


def test_a_year_gives_way_to_the_whole_original_date() -> None:
    exif = {"EXIF DateTimeOriginal": "1944"}
    xmp = {"photoshop:DateCreated": "1944-06-06T06:30:00"}

    assert read_taken(exif, xmp, {}).local == "1944-06-06T06:30:00"


def test_a_clock_that_goes_wrong_shows_in_the_skew() -> None:
    exif = LOCAL | GPS | {"EXIF OffsetTimeOriginal": "+09:00"}

    assert read_taken(exif, {}, {}).clock_skew == -3_600


def test_a_time_that_has_no_utc_keeps_its_local_time() -> None:
    exif = {
        "EXIF DateTimeOriginal": "0001:01:01 00:00:00",
        "EXIF OffsetTimeOriginal": "+08:00",
    }

    taken = read_taken(exif, {}, {})

    assert (taken.local, taken.utc) == ("0001-01-01T00:00:00", None)
