from __future__ import annotations

from typing import Any

import pytest

from fpcrawler.report.packing import Container
from fpcrawler.report.records import FIELDS
from fpcrawler.report.table import Table, host_of
from tests.report.pages import Report, unpacked


def table_of(*records: dict[str, Any]) -> Report:
    table = Table()
    for record in records:
        table.add(dict.fromkeys(FIELDS) | {"url": "http://a.example/1.jpg"} | record)
    container = Container(count=len(table))
    table.put(container)
    return Report("", *unpacked(container.packed()), [])


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://A.example:8080/1.jpg", "a.example:8080"),
        ("http://user:word@a.example/1.jpg", "a.example"),
        ("file:///home/1.jpg", "this disk"),
        ("http://[::1/1.jpg", ""),
    ],
)
def test_the_host_has_its_port_and_no_user(url: str, host: str) -> None:
    assert host_of(url) == host


@pytest.mark.parametrize(
    ("field", "value", "column", "found"),
    [
        ("device", {"make": "Canon", "model": "EOS"}, "device", "Canon EOS"),
        ("device", {"serial": "12"}, "serial", "12"),
        ("device", ["Canon"], "device", ""),
        ("has_ranges", "true", "ranges", "true"),
        ("tor", "false", "tor", "false"),
        (
            "provenance",
            {"digital_source_type": "http://cv.iptc.org/x/trainedAlgorithmicMedia"},
            "source_type",
            "trainedAlgorithmicMedia",
        ),
        ("provenance", {"signer": {"common_name": "c"}}, "signer", "c"),
        (
            "metadata_status",
            {"exif": "complete", "xmp": "damaged"},
            "status",
            "damaged",
        ),
        ("taken", {"utc": "2020-01-01T00:00:00"}, "has_utc", "true"),
        ("alt", "x" * 600, "alt", "x" * 500 + "…"),
        ("format", 5, "format", ""),
    ],
)
def test_texts_are_read_and_bounded(
    field: str, value: object, column: str, found: str
) -> None:
    assert table_of({field: value}).texts(column) == [found]


@pytest.mark.parametrize(
    ("field", "value", "column", "found"),
    [
        ("image_size", "20481", "size", 20_481),
        ("location", {"latitude": 48.8566123}, "latitude", 48.8566123),
        ("taken", {"local": "1970-01-01T00:01:00"}, "taken", 60),
        ("taken", {"clock_skew": -3}, "skew", -3),
        ("requests", {"sample": 1, "picture": 2, "x": "y"}, "requests", 3),
        ("exif", {"Image Make": "A", "Image Model": "B"}, "tags", 2),
    ],
)
def test_numbers_are_read(field: str, value: object, column: str, found: float) -> None:
    assert table_of({field: value}).arrays[column] == (found,)


def test_a_location_beyond_the_pole_is_unknown() -> None:
    (latitude,) = table_of({"location": {"latitude": 91}}).arrays["latitude"]

    assert latitude != latitude  # noqa: PLR0124 - NaN


def test_the_history_names_each_program_once() -> None:
    event = "xmpMM:History[{}]/stEvt:{}"
    xmp = {
        event.format(1, "action"): "created",
        event.format(1, "softwareAgent"): "Photoshop",
        event.format(2, "softwareAgent"): "Photoshop",
        event.format(2, "action"): "saved",
        event.format(3, "action"): "converted",
        "xmp:CreatorTool": "Lightroom",
    }

    assert table_of({"xmp": xmp}).lists("editors") == [["Photoshop", "(converted)"]]


def test_matches_have_the_number_of_their_record() -> None:
    match = {"list": "nsrl.csv", "kind": "md5", "row": 7}
    found = table_of({}, {"matches": [match, {"kind": "md5"}, 5]})

    assert found.head["matches"] == [[1, match]]
    assert found.lists("lists") == [[], ["nsrl.csv"]]
    assert found.lists("sets") == [[], []]


def test_a_url_on_two_routes_has_two_numbers() -> None:
    table = Table()
    for tor in ("true", "false"):
        table.add(dict.fromkeys(FIELDS) | {"url": "http://a.example/", "tor": tor})

    assert table.numbers_of == {
        ("http://a.example/", True): 0,
        ("http://a.example/", False): 1,
    }
