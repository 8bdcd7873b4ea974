from __future__ import annotations

import math
from typing import Any

import pytest

from fpcrawler.exports.places import (
    Place,
    degrees_text,
    full_time,
    place_of,
    title_of,
    utc_of,
)
from tests.exports.records import record_at
from tests.exports.test_tables import FULL


@pytest.mark.parametrize(
    ("latitude", "longitude", "altitude", "place"),
    [
        (48.8583701, 2.2944813, 35.5, Place(48.8583701, 2.2944813, 35.5)),
        (0.0, 0.0, None, Place(0, 0, None)),
        (-90.0, 180.0, math.inf, Place(-90, 180, None)),
        (90.1, 0.0, None, None),
        (0.0, -180.1, None, None),
        (math.nan, 0.0, None, None),
        (None, 0.0, 5.0, None),
    ],
)
def test_a_place_is_on_earth(
    latitude: float | None,
    longitude: float | None,
    altitude: float | None,
    place: Place | None,
) -> None:
    record = record_at(latitude, longitude, location={"altitude": altitude})

    assert place_of(record) == place


def test_a_record_without_the_field_has_no_place() -> None:
    assert place_of({**FULL, "location": None}) is None


@pytest.mark.parametrize(
    ("taken", "gps", "utc"),
    [
        ({"utc": "2026-01-02T03:04:05.25"}, None, "2026-01-02T03:04:05.25Z"),
        ({"utc": "2026-01-02T03:04"}, None, "2026-01-02T03:04:00Z"),
        ({"local": "2026-01-02T03:04:05"}, None, None),
        (
            {"local": "2026-01-02T05:04:05"},
            "2026-01-02T03:04:05",
            "2026-01-02T03:04:05Z",
        ),
        ({"utc": "yesterday"}, None, None),
        ({"utc": "0000-00-00T00:00:00"}, None, None),
        ({"utc": "2026-02-30T00:00"}, None, None),
        ({"utc": "2016-12-31T23:59:60"}, None, None),
        (None, None, None),
    ],
)
def test_only_a_time_with_a_known_offset_is_in_utc(
    taken: dict[str, Any] | None, gps: str | None, utc: str | None
) -> None:
    assert utc_of(record_at(1, 2, taken=taken, location={"time": gps})) == utc


def test_a_time_has_at_most_six_digits_of_a_second() -> None:
    assert full_time("2026-01-02T03:04:05.123456789") == "2026-01-02T03:04:05.123456"


@pytest.mark.parametrize(
    ("value", "text"),
    [(1e-7, "0.0000001"), (-0.5, "-0.5"), (180.0, "180"), (151.2152967, "151.2152967")],
)
def test_degrees_have_no_exponent(value: float, text: str) -> None:
    assert degrees_text(value) == text


@pytest.mark.parametrize(
    ("url", "title"),
    [
        ("https://a.example/b/c.jpg?w=1/2", "c.jpg"),
        ("https://a.example/", "a.example"),
        ("data", "data"),
    ],
)
def test_the_title_is_the_name_of_the_file(url: str, title: str) -> None:
    assert title_of(url) == title
