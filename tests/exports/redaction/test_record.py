from __future__ import annotations

import re
from typing import Any

import pytest

from fpcrawler.exports.redaction.record import redact
from fpcrawler.exports.redaction.subjects import Subject
from tests.exports.test_tables import BARE, FULL
from tests.matches import match

EVERYTHING = frozenset(Subject)

TOLD: dict[str, Any] = {
    **FULL,
    "url": "https://a.example/0280401234/Ada%20Lovelace/@-33.8568,151.2153.jpg",
    "page_url": "https://a.example/ada-lovelace/",
    "alt": "by Ada Lovelace, camera 0280401234",
    "user_comment": "33°51'24.4\"S 151°12'55.1\"E",
    "exif": {
        "Image Make": "Canon",
        "Image Artist": "Ada Lovelace",
        "Image ImageDescription": "Sydney by ADA LOVELACE",
        "Image Copyright": "© 2026 Bob Holness",
        "EXIF BodySerialNumber": "0280401234",
        "EXIF LensSerialNumber": "77 66",
        "GPS GPSLatitude": "[33, 51, 6106/250]",
    },
    "xmp": {
        "dc:creator": "Ada Lovelace; Bob Holness",
        "dc:title": "Bob Holness in Sydney",
        "exif:GPSLatitude": "33,51.407064S",
        "xmp:CreatorTool": "A tool",
    },
    "iptc": {"By-line": "Ada Lovelace", "City": "Sydney", "Headline": "Harbour"},
    "texts": [
        {"name": "Author", "text": "Ada Lovelace"},
        {"name": "Comment", "text": "lens 7766, at -33.8568 151.2153"},
    ],
    "provenance": {
        **FULL["provenance"],
        "generator": "Tool of Ada Lovelace",
        "signer": {"organization": "Ada Lovelace Ltd", "common_name": None},
    },
    "device": {
        **FULL["device"],
        "owner": "Ada Lovelace",
        "lens_serial": "77 66",
        "sources": {"make": ["Image Make"], "serial": ["EXIF BodySerialNumber"]},
    },
    "spans": [[0, 10_241, "read"], [30, 10_200, "exif"]],
}


def strings_of(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [*value, *(text for each in value.values() for text in strings_of(each))]
    if isinstance(value, list):
        return [text for each in value for text in strings_of(each)]
    return [str(value)]


def test_a_value_is_gone_wherever_it_stood() -> None:
    shared, _ = redact(TOLD, EVERYTHING)
    everything = "\n".join(strings_of(shared))

    assert not re.search("lovelace|holness|280|7766|77 66", everything, re.IGNORECASE)
    assert not re.search(r"33\.8[56]|151\.2[12]|33°|151°|\[33|33,51", everything)
    assert shared["url"] == "https://a.example/redacted/redacted/@redacted,redacted.jpg"
    assert shared["exif"] == {
        "Image Make": "Canon",
        "Image ImageDescription": "redacted by redacted",
    }
    assert shared["xmp"] == {
        "dc:title": "redacted in redacted",
        "xmp:CreatorTool": "A tool",
    }
    assert shared["iptc"] == {"Headline": "Harbour"}
    assert [text["name"] for text in shared["texts"]] == ["Comment"]
    assert shared["provenance"]["signer"] is None
    assert shared["device"]["sources"] == {"make": ["Image Make"]}


def test_gps_leaves_a_tenth_of_a_degree() -> None:
    shared, _ = redact(TOLD, {Subject.GPS})
    location = shared["location"]

    assert (location["latitude"], location["longitude"]) == (-33.9, 151.2)
    assert {name for name, value in location.items() if value} == {
        "latitude",
        "longitude",
    }
    assert location.keys() == FULL["location"].keys()


def test_what_is_not_named_stays() -> None:
    shared, _ = redact(TOLD, {Subject.SERIAL})

    assert shared["location"] == TOLD["location"]
    assert shared["exif"]["Image Artist"] == "Ada Lovelace"
    assert shared["device"]["owner"] == "Ada Lovelace"
    assert shared["device"]["serial"] is None
    assert redact(TOLD, ())[0] is TOLD


@pytest.mark.parametrize(
    ("spans", "size", "is_kept"),
    [
        ([[0, 10_241, "read"], [30, 10_200, "exif"]], 30_000, False),
        ([[0, 10_241, "read"], [30, 10_113, "exif"]], 30_000, True),
        ([[30, 10_114, "xmp"]], 30_000, False),
        ([[10_241, 20_000, "iptc"]], 30_000, True),
        ([[10_000, 20_000, "coded"]], 30_000, True),
        ([[4_800, 4_900, "texts"]], 5_000, False),
        ([], 30_000, False),
        (None, None, False),
        ([None], 30_000, False),
        ([[1, 2]], 30_000, False),
        ([["a", "b", "exif"]], 30_000, False),
        ([[1, 2, "read"]] * 64, 30_000, False),
    ],
)
def test_sample_bytes_that_can_be_metadata_are_dropped(
    spans: Any, size: int | None, *, is_kept: bool
) -> None:
    record = {**FULL, "spans": spans, "image_size": size}
    shared, _ = redact(record, {Subject.GPS})

    kept = FULL["random_128_bytes_sample_start"] if is_kept else None
    assert shared["random_128_bytes_sample_start"] == kept


def test_a_record_without_fields_is_redacted() -> None:
    empty = {**dict.fromkeys(BARE), "url": "https://a.example/"}
    shared, _ = redact(empty, EVERYTHING)

    assert shared == {**empty, "texts": []}


def of_owner(owner: str, **fields: Any) -> dict[str, Any]:
    return {**BARE, "exif": {"Image Artist": owner}, **fields}


def test_every_field_that_comes_from_the_web_is_searched() -> None:
    record = of_owner(
        "Jane Doe",
        etag='"jane-doe-1"',
        content_type="image/jpeg; name=jane-doe.jpg",
        last_modified="jane doe",
        matches=[match("jane-doe.csv", "sha256", row=1, name="jane-doe.jpg")],
        requests={"jane-doe.example": 1},
        xmp={"ns:Jane_Doe": "1", "ns:jane-doe": "2"},
    )
    shared, _ = redact(record, {Subject.OWNER})

    assert not re.search("jane", "\n".join(strings_of(shared)), re.IGNORECASE)
    assert shared["xmp"] == {"ns:redacted": "1", "ns:redacted_1": "2"}
    assert shared["matches"][0]["kind"] == "sha256"


def test_a_value_over_two_texts_of_a_field_takes_the_field_with_it() -> None:
    texts = [{"name": "Janedo", "text": "no"}, {"name": "Comment", "text": "janedo"}]
    record = of_owner("janedo text no", texts=texts, alt="a picture")
    shared, _ = redact(record, {Subject.OWNER})

    assert (shared["texts"], shared["alt"]) == ([], "a picture")


def test_a_record_with_too_many_values_keeps_no_text() -> None:
    names = "; ".join(f"Person {number}" for number in range(1000))
    shared, _ = redact(of_owner(names, alt="Person 999", etag=""), {Subject.OWNER})

    assert (shared["alt"], shared["etag"]) == ("redacted", "")


@pytest.mark.parametrize(
    "tags",
    [
        {"exif": {"GPS GPSLatitude": "[52, 30, 2929/50]"}},
        {"exif": {"GPS GPSDestLatitude": "[52, 30, 2929/50]"}},
        {"xmp": {"Iptc4xmpExt:LocationShown[1]/exif:GPSLatitude": "52,30.9763N"}},
        {"xmp": {"geo:lat": "52.5162720"}},
    ],
)
def test_the_coordinates_of_a_tag_are_sought(tags: dict[str, Any]) -> None:
    record = {**BARE, **tags, "location": None, "alt": "at 52.51627"}

    assert redact(record, {Subject.GPS})[0]["alt"] == "at redacted"


def test_names_of_places_altitude_and_time_are_sought() -> None:
    record = {
        **BARE,
        "exif": {"GPS GPSAreaInformation": "North Shore"},
        "iptc": {"City": "Wannsee", "Keywords": "wannsee; lake"},
        "xmp": {
            "Iptc4xmpCore:Location": "Villa Minoux",
            "dc:subject": "Villa Minoux",
            "photoshop:Country": "Germany",
        },
        "location": {
            **BARE["location"],
            "altitude": 1234.5678,
            "time": "2020-01-02T03:04:05",
        },
        "page_url": "https://a.example/villa-minoux",
        "alt": "1234.5678 m, 2020:01:02 03:04:05, north shore",
    }
    shared, _ = redact(record, {Subject.GPS})

    assert shared["iptc"] == {"Keywords": "redacted; lake"}
    assert shared["xmp"] == {"dc:subject": "redacted", "photoshop:Country": "Germany"}
    assert shared["page_url"] == "https://a.example/redacted"
    assert shared["alt"] == "redacted m, redacted, redacted"
