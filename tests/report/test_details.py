from __future__ import annotations

import json
from typing import Any

import pytest

from fpcrawler.report.details import BLOCK, Details, bounded
from fpcrawler.report.records import FIELDS
from tests.report.pages import inflated


def blocks_of(*records: dict[str, Any], has_tags: bool = True) -> list[dict[str, Any]]:
    details = Details(has_tags=has_tags)
    for record in records:
        details.add(dict.fromkeys(FIELDS) | record)
    return [json.loads(inflated(block)) for block in details.blocks()]


def test_records_with_the_same_tags_have_their_names_once() -> None:
    (block,) = blocks_of(
        {"exif": {"a": "1", "b": "2"}}, {"exif": {}}, {"exif": {"a": "3", "b": "4"}}
    )

    assert block["exif"]["shapes"] == [
        {"names": ["a", "b"], "of": [0, 2], "values": [["1", "3"], ["2", "4"]]},
        {"names": [], "of": [1], "values": []},
    ]


def test_a_repeated_text_is_the_place_of_the_first() -> None:
    stamp = "2020:01:01 00:00:00"
    (block,) = blocks_of({"exif": {"a": "x", "b": stamp, "c": "x", "d": stamp}})

    assert block["exif"]["shapes"][0]["values"] == [["x"], [stamp], ["x"], [1]]


def test_a_tag_that_is_not_a_text_becomes_json() -> None:
    """A number would be read as a place."""
    (block,) = blocks_of({"exif": {"a": 5, "b": ["c"]}})

    assert block["exif"]["shapes"][0]["values"] == [["5"], ['["c"]']]


def test_digests_are_base64_and_what_the_table_has_is_left_out() -> None:
    (block,) = blocks_of(
        {
            "picture_sha256": "00ff" * 16,
            "end_sha256": "not hex",
            "location": {"latitude": 1.5, "longitude": 2.5, "altitude": 3},
        }
    )

    assert block["picture_sha256"]["values"] == ["AP8A/wD/" * 5 + "AP8="]
    assert block["end_sha256"]["values"] == [None]
    assert block["location"]["shapes"][0]["names"] == ["altitude"]
    assert "image_size" not in block


def test_blocks_have_a_fixed_number_of_records() -> None:
    blocks = blocks_of(*({"etag": str(number)} for number in range(BLOCK + 1)))

    assert [len(block["etag"]["values"]) for block in blocks] == [BLOCK, 1]
    assert blocks[1]["etag"]["values"] == [str(BLOCK)]


def test_without_tags_no_field_of_them_is_left() -> None:
    (block,) = blocks_of({"exif": {"a": "b"}, "etag": "e"}, has_tags=False)

    assert "etag" in block
    assert not block.keys() & {"exif", "xmp", "iptc", "texts", "user_comment"}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("x" * 70_000, "x" * 65_536 + "…"),
        ([0] * 3_000, [0] * 2_000),
        ([[[[[[["deep"]]]]]]], [[[[[[[]]]]]]]),
        (None, None),
        (1.5, 1.5),
    ],
    ids=["text", "list", "depth", "null", "number"],
)
def test_hostile_values_are_bounded(value: object, expected: object) -> None:
    assert bounded(value) == expected
