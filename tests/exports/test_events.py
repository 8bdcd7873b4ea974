from __future__ import annotations

from typing import Any

import pytest

from fpcrawler.exports.events import Event, events_of
from tests.exports.test_tables import BARE, FULL


def found(**fields: Any) -> list[tuple[str, str, bool]]:
    events = events_of({**BARE, **fields})
    return [(each.datetime, each.what, each.is_offset_known) for each in events]


def test_every_known_time_is_an_event() -> None:
    assert [*events_of(FULL)] == [
        Event(
            datetime="2026-01-02T14:04:05.25+11:00",
            what="Picture Taken",
            source="taken",
        ),
        Event(datetime="2026-01-02T03:04:05+00:00", what="GPS Time", source="location"),
        Event(
            datetime="2026-01-02T03:04:05+00:00",
            what="Image Received",
            source="timestamp",
        ),
    ]


def test_a_local_time_is_marked() -> None:
    taken = {"local": "2026-01-02T03:04", "offset": None}

    assert found(taken=taken) == [("2026-01-02T03:04:00+00:00", "Picture Taken", False)]


@pytest.mark.parametrize(
    ("fields", "event"),
    [
        (
            {
                "exif": {
                    "Image DateTime": "2024:05:01 10:20:30",
                    "EXIF SubSecTime": "25",
                    "EXIF OffsetTime": "+02:00",
                }
            },
            ("2024-05-01T10:20:30.25+02:00", "File Changed", True),
        ),
        (
            {"exif": {"EXIF DateTimeDigitized": "2024:05:01 10:20:30"}},
            ("2024-05-01T10:20:30+00:00", "Picture Digitized", False),
        ),
        (
            {"xmp": {"xmp:MetadataDate": "2024-05-01T10:20Z"}},
            ("2024-05-01T10:20:00+00:00", "Metadata Changed", True),
        ),
        (
            {
                "xmp": {
                    "xmpMM:History[2]/stEvt:action": "saved",
                    "xmpMM:History[2]/stEvt:when": "2024-05-01T10:20:30-07:00",
                }
            },
            ("2024-05-01T10:20:30-07:00", "History: saved", True),
        ),
        (
            {"iptc": {"DateCreated": "20240501", "TimeCreated": "102030+0200"}},
            ("2024-05-01T10:20:30+02:00", "Picture Created", True),
        ),
        (
            {"texts": [{"name": "date:modify", "text": "2024-05-01T10:20:30+00:00"}]},
            ("2024-05-01T10:20:30+00:00", "File Changed", True),
        ),
        (
            {"last_modified": "Wed, 01 May 2024 10:20:30 GMT"},
            ("2024-05-01T10:20:30+00:00", "Last Modified", True),
        ),
    ],
)
def test_a_tag_with_a_time_is_an_event(
    fields: dict[str, Any], event: tuple[str, str, bool]
) -> None:
    assert found(**fields) == [event]


@pytest.mark.parametrize(
    "fields",
    [
        {"exif": {"Image DateTime": "0000:00:00 00:00:00"}},
        {"exif": None, "xmp": None, "iptc": None, "texts": None, "taken": None},
        {"last_modified": "yesterday"},
        {"last_modified": "Wed, 99 May 99999999 10:20:30 +9999999"},
        {"texts": [{"name": "Creation Time", "text": None}, None]},
        {"iptc": {"DateCreated": "20240501"}},
    ],
)
def test_what_is_not_a_time_is_no_event(fields: dict[str, Any]) -> None:
    assert found(**fields) == []


def test_an_impossible_offset_is_an_unknown_one() -> None:
    taken = {"local": "2024-05-01T10:20:30", "offset": "+99:99"}

    assert found(taken=taken) == [("2024-05-01T10:20:30+00:00", "Picture Taken", False)]
