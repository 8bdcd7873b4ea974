from __future__ import annotations

from datetime import timedelta

import pytest

from fpcrawler.core.metadata.moments import (
    has_year,
    offset_text,
    read_moment,
    read_offset,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024:05:01 10:20:30", "2024-05-01T10:20:30"),
        ("2024:05:01 10:20:30\0", "2024-05-01T10:20:30"),
        ("2024: 5: 1 10: 2: 3", "2024-05-01T10:02:03"),
        ("2024/05/01 10:20:30", "2024-05-01T10:20:30"),
        ("2024-05-01T10:20:30.250", "2024-05-01T10:20:30.250"),
        ("2024-05-01T10:20", "2024-05-01T10:20"),
        ("2024-05-01T10:20:30+02:00", "2024-05-01T10:20:30"),
        ("20240501 102030+0200", "2024-05-01T10:20:30"),
        ("0005:05:01 10:20:30", "0005-05-01T10:20:30"),
    ],
)
def test_a_moment_is_printed_as_far_as_it_is_written(text: str, expected: str) -> None:
    moment = read_moment(text)

    assert moment is not None
    assert moment.text == expected


@pytest.mark.parametrize(
    "text",
    ["", "0000:00:00 00:00:00", "    :  :     :  :  ", "2024:02:30 10:20:30",
     "2024:05:01", "2024", "2024:05:01 24:00:00", "2024:05:01 10:60:00",
     "2024:05:01 10:20:60", "yesterday", "2024:05:01 10:20:30 or so", "2" * 10_000],
)  # fmt: skip
def test_an_impossible_or_partial_moment_is_none(text: str) -> None:
    assert read_moment(text) is None


@pytest.mark.parametrize(
    ("text", "hours"),
    [("+02:00", 2), ("-0500", -5), ("+05:30", 5.5), ("Z", 0), (" +9:00", 9),
     ("+14:00", 14), ("-12:00", -12)],
)  # fmt: skip
def test_an_offset_is_read(text: str, hours: float) -> None:
    assert read_offset(text) == timedelta(hours=hours)


@pytest.mark.parametrize(
    "text", ["", "   :  ", "02:00", "+02:60", "+14:15", "-12:15", "+2"]
)
def test_an_offset_that_is_not_in_use_is_none(text: str) -> None:
    assert read_offset(text) is None


def test_a_change_to_utc_keeps_the_text_of_the_seconds() -> None:
    moment = read_moment("2024-01-01T00:30:59.10+05:45")

    assert moment is not None
    assert moment.offset is not None
    utc = moment.in_utc(moment.offset)
    assert utc is not None
    assert utc.text == "2023-12-31T18:45:59.10"


def test_a_moment_at_the_end_of_the_calendar_has_no_utc() -> None:
    moment = read_moment("9999:12:31 23:59:59")

    assert moment is not None
    assert moment.in_utc(timedelta(hours=-12)) is None


@pytest.mark.parametrize("digits", ["78", " 78 ", "78\0"])
def test_digits_of_a_second_are_added(digits: str) -> None:
    moment = read_moment("2024:05:01 10:20:30")

    assert moment is not None
    assert moment.with_fraction(digits).text == "2024-05-01T10:20:30.78"


def test_a_billionth_of_a_second_is_the_last_digit() -> None:
    moment = read_moment("2024:05:01 10:20:30")
    written = read_moment("2024:05:01 10:20:30.123456789012")

    assert moment is not None
    assert moment.with_fraction("123456789012") == written
    assert written is not None
    assert written.text == "2024-05-01T10:20:30.123456789"


@pytest.mark.parametrize("digits", ["", "  ", "1 2", "x", "²"])
def test_other_texts_are_not_digits_of_a_second(digits: str) -> None:
    moment = read_moment("2024:05:01 10:20:30")

    assert moment is not None
    assert moment.with_fraction(digits) == moment


@pytest.mark.parametrize(
    ("hours", "text"), [(0, "+00:00"), (-3.5, "-03:30"), (5.75, "+05:45")]
)
def test_an_offset_is_printed(hours: float, text: str) -> None:
    assert offset_text(timedelta(hours=hours)) == text


@pytest.mark.parametrize(
    ("text", "is_known"),
    [
        ("2003-08-30", True),
        ("2003-08", True),
        (" 2003 ", True),
        ("2003:  :   ", True),
        ("20030800", True),
        ("0000:00:00", False),
        ("    :  :  ", False),
        ("20031", False),
        ("", False),
    ],
)
def test_a_year_is_part_of_a_date_or_stands_alone(text: str, *, is_known: bool) -> None:
    assert has_year(text) is is_known
