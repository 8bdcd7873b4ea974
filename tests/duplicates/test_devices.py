from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from fpcrawler.console.feed_command import MEMORY
from fpcrawler.duplicates.devices import device_json, device_lines, group_devices
from fpcrawler.feeds.files import find_feeds
from fpcrawler.tables.database import database
from tests.duplicates.test_report import record
from tests.tables.test_feeds import write
from tests.validation import validate

NOTE = "MakerNote SerialNumber"
TAG = "EXIF BodySerialNumber"


def image(url: str, make: str | None, tag: str = TAG, **device: str) -> dict[str, Any]:
    """Return a record whose device has this make and these fields."""
    sources = {kind: [tag] for kind in device if kind != "model"}
    found = {"make": make, **device, "sources": sources}
    return record(f"https://{url}.jpg", "1", device=found)


def groups(
    tmp_path: Path, *records: dict[str, Any], between_hosts: bool = False
) -> list[dict[str, Any]]:
    """Return the groups of a feed with these records, as the command prints them."""
    feed = write(tmp_path / "feed.jsonl", *records)
    with database(MEMORY) as connection:
        group_devices(connection, find_feeds([str(feed)]), between_hosts=between_hosts)
        found = json.loads("".join(device_json(connection, ["feed.jsonl"])))
    validate("devices", found)
    return list(found)


def urls(*found: dict[str, Any]) -> list[list[str]]:
    return [
        [image["url"].removesuffix(".jpg")[8:] for image in group["images"]]
        for group in found
    ]


def test_a_group_has_the_tags_that_say_its_number(tmp_path: Path) -> None:
    (group,) = groups(
        tmp_path,
        image("b/2", "Canon", NOTE, serial="730407016", model="EOS 20D"),
        image("a/1", "Canon", serial="0730407016"),
        image("c/3", "Canon", serial="730407017"),
    )

    common = {"page_url": None, "timestamp": "2026-11-01T12:00:00", "make": "Canon"}
    assert (group["kind"], group["make"]) == ("serial", "Canon")
    assert group["images"] == [
        {
            **common,
            "url": "https://a/1.jpg",
            "feed": "feed.jsonl",
            "model": None,
            "number": "0730407016",
            "tags": [TAG],
        },
        {
            **common,
            "url": "https://b/2.jpg",
            "feed": "feed.jsonl",
            "model": "EOS 20D",
            "number": "730407016",
            "tags": [NOTE],
        },
    ]


SPELLED_IN_TWO_WAYS = (
    ("NIKON CORPORATION", "Nikon"),
    ("EASTMAN KODAK COMPANY", "Kodak"),
    ("FUJI PHOTO FILM CO., LTD.", "FUJIFILM"),
    ("OLYMPUS IMAGING CORP.", "OLYMPUS CORPORATION  "),
    ("Hewlett-Packard", "HP"),
    ("PENTAX RICOH IMAGING", "ASAHI OPTICAL CO.,LTD."),
    ("SAMSUNG TECHWIN CO., LTD.", "Samsung Electronics"),
    ("LG Electronics", "LGE"),
    ("Leica Camera AG", "LEICA"),
    ("Digital Camera", "DIGITAL CAMERA"),
)


def test_makes_that_are_spelled_in_two_ways_are_one(tmp_path: Path) -> None:
    found = groups(
        tmp_path,
        *(
            image(f"{host}/{number}", make, serial=f"123{number}")
            for number, pair in enumerate(SPELLED_IN_TWO_WAYS)
            for host, make in zip("ab", pair, strict=True)
        ),
    )

    assert sorted(urls(*found)) == [
        [f"a/{number}", f"b/{number}"] for number in range(len(SPELLED_IN_TWO_WAYS))
    ]


def test_the_same_number_of_two_makes_is_two_devices(tmp_path: Path) -> None:
    found = groups(
        tmp_path,
        *(image(f"a/{n}", "Canon", serial="1234567") for n in (1, 2)),
        *(image(f"a/{n}", "NIKON", serial="1234567") for n in (3, 4)),
    )

    assert urls(*found) == [["a/1", "a/2"], ["a/3", "a/4"]]


def test_makes_that_only_begin_alike_are_two(tmp_path: Path) -> None:
    makes = "Sony Ericsson", "SONY", "The Foo", "The Bar", "Konica Minolta", "Konica"
    found = groups(
        tmp_path, *(image(f"a/{make}", make, serial="888111") for make in makes)
    )

    assert found == []


def test_without_a_model_the_table_has_the_make(tmp_path: Path) -> None:
    feed = write(
        tmp_path / "feed.jsonl",
        *(image(f"a/{n}", "Canon", serial="123") for n in (1, 2)),
    )
    with database(MEMORY) as connection:
        group_devices(connection, find_feeds([str(feed)]), between_hosts=False)
        line = next(device_lines(connection))

    assert line == "serial                2 images  123, Canon\n"


def test_kinds_of_numbers_do_not_meet(tmp_path: Path) -> None:
    found = groups(
        tmp_path,
        image("a/1", "Canon", serial="1234567", lens_serial="77A"),
        image("a/2", "Canon", lens_serial="1234567", internal_serial="77A"),
        image("a/3", "Canon", lens_serial="77a"),
    )

    assert [group["kind"] for group in found] == ["lens_serial"]
    assert urls(*found) == [["a/1", "a/3"]]


@pytest.mark.parametrize(
    ("make", "number"),
    [
        ("Canon", "0000000000"),
        ("Canon", "NO= 0000"),
        ("Canon", "0x0000"),
        ("Canon", " "),
        (None, "123"),
    ],
)
def test_a_serial_of_zeros_or_without_a_make_joins_nothing(
    tmp_path: Path, make: str | None, number: str
) -> None:
    found = groups(tmp_path, *(image(f"a/{n}", make, serial=number) for n in (1, 2)))

    assert found == []


def test_a_url_in_several_feeds_is_one_image(tmp_path: Path) -> None:
    again = image("a/1", "Canon", serial="123")

    assert groups(tmp_path, again, again) == []


def test_between_hosts_leaves_out_what_is_on_one(tmp_path: Path) -> None:
    found = groups(
        tmp_path,
        *(image(f"a/{n}", "Canon", serial="111") for n in (1, 2)),
        *(image(f"{host}/3", "Canon", serial="222") for host in ("a", "b")),
        between_hosts=True,
    )

    assert urls(*found) == [["a/3", "b/3"]]


@pytest.mark.parametrize(
    "device", [None, "text", [1], {}, {"make": "A", "serial": [], "sources": 7}]
)
def test_a_feed_with_other_devices_has_no_groups(tmp_path: Path, device: Any) -> None:
    records = [record(f"https://a/{n}", "1", device=device) for n in (1, 2)]

    assert groups(tmp_path, *records, record("https://a/3", "1")) == []


def test_the_table_has_totals_and_cannot_control_the_terminal(tmp_path: Path) -> None:
    feed = write(
        tmp_path / "feed.jsonl",
        image("a/\x1b[2J", "Canon", serial="12\x1b3", model="EOS"),
        image("b/2", "Canon", serial="12\x1b3", lens_serial="9A"),
        image("b/3", "Canon", lens_serial="9A", model="EOS"),
    )
    with database(MEMORY) as connection:
        group_devices(connection, find_feeds([str(feed)]), between_hosts=False)
        lines = "".join(device_lines(connection)).splitlines()

    assert lines == [
        r"serial                2 images  12\x1b3, Canon EOS",
        rf"    https://a/\x1b[2J.jpg  {TAG}",
        f"    https://b/2.jpg  {TAG}",
        "lens_serial           2 images  9A, Canon EOS",
        f"    https://b/2.jpg  {TAG}",
        f"    https://b/3.jpg  {TAG}",
        "2 groups of 3 images (1 serial, 1 lens_serial)",
    ]
