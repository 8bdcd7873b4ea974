from __future__ import annotations

import pytest

from fpcrawler.report.values import (
    degrees_of,
    http_seconds_of,
    is_http_date,
    is_plain_time,
    number_of,
    parsed,
    seconds_of,
    text_of,
)


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (3, 3),
        ("20481", 20_481),
        (-1.5, -1.5),
        (True, None),
        ("x", None),
        ("nan", None),
        (10**400, None),
        (2**60, None),
        ([1], None),
        (None, None),
    ],
)
def test_only_a_number_is_a_number(value: object, number: float | None) -> None:
    assert number_of(value) == number


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a": [NaN, 1.5], "b": -Infinity}', {"a": [None, 1.5], "b": None}),
        ("[1e999, 2]", [None, 2]),
        (r'["\ud800"]', ["\ud800"]),
        ("[", None),
        (5, None),
    ],
)
def test_a_number_that_json_does_not_have_is_null(text: object, value: object) -> None:
    assert parsed(text) == value


@pytest.mark.parametrize(
    ("value", "degrees"), [(90, 90), (-90, -90), (90.1, None), ("north", None)]
)
def test_degrees_beyond_the_pole_are_unknown(
    value: object, degrees: float | None
) -> None:
    assert degrees_of(value, 90) == degrees


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("1970-01-02T00:00:01", 86_401),
        ("1970-01-01T00:00:01.999", 1),
        ("1970-01-01T00:01", 60),
        ("0001-01-01T00:00:00", -62_135_596_800),
        ("2020-13-01T00:00:00", None),
        ("yesterday", None),
        (5, None),
    ],
)
def test_a_time_is_read_by_its_own_clock(value: object, seconds: float | None) -> None:
    assert seconds_of(value) == seconds


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("Thu, 01 Jan 1970 00:00:10 GMT", 10),
        ("Thursday, 01-Jan-70 00:00:10 GMT", 10),
        ("never", None),
        ("", None),
        (None, None),
    ],
)
def test_the_date_of_a_header_is_read(value: object, seconds: float | None) -> None:
    assert http_seconds_of(value) == seconds


def test_a_long_text_is_cut_with_a_mark() -> None:
    assert text_of("x" * 11, 10) == "x" * 10 + "…"
    assert text_of("x" * 10, 10) == "x" * 10
    assert text_of("") is None
    assert text_of(" \u3000\t") is None
    assert text_of(5) is None


@pytest.mark.parametrize("text", ["{", "[" * 100_000, None, 5])
def test_what_is_not_json_is_unknown(text: object) -> None:
    assert parsed(text) is None


@pytest.mark.parametrize(
    ("value", "is_usual"),
    [
        ("Thu, 01 Jan 1970 00:00:10 GMT", True),
        ("Thursday, 01-Jan-70 00:00:10 GMT", False),
        ("Fri, 01 Jan 1970 00:00:10 GMT", False),
        ("never", False),
        (None, False),
    ],
)
def test_a_date_in_another_form_is_kept_as_it_is(
    value: object, *, is_usual: bool
) -> None:
    assert is_http_date(value) == is_usual


@pytest.mark.parametrize(
    ("value", "is_plain"),
    [
        ("2020-01-01T00:00:00", True),
        ("2020-01-01T00:00:00.5", False),
        ("2020-01-01T00:00", False),
        (None, False),
    ],
)
def test_a_time_with_other_digits_is_kept_as_it_is(
    value: object, *, is_plain: bool
) -> None:
    assert is_plain_time(value) == is_plain
