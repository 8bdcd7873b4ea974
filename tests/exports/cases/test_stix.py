from __future__ import annotations

import json
from io import BytesIO
from typing import Any

import pytest
from stix2validator import ValidationOptions, validate_string

from fpcrawler.exports.cases.content import EXTENSION
from fpcrawler.exports.cases.stix import write_stix
from tests.exports.records import HOSTILE
from tests.exports.test_tables import BARE, FULL


def bundle(*records: dict[str, Any]) -> bytes:
    file = BytesIO()
    assert write_stix(records, file) == len(records)
    return file.getvalue()


def objects(*records: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the objects by type; of several of a type, the last."""
    return {each["type"]: each for each in json.loads(bundle(*records))["objects"]}


@pytest.mark.parametrize(
    "records",
    [
        (),
        (FULL, BARE),
        (HOSTILE,),
        ({**FULL, "url": "file:///photos/my album/é%20[1].jpg"},),
        ({**BARE, "url": "http://[2001:db8::1]:8080?a|b"},),
        ({**BARE, "url": "not a URL", "timestamp": "2026-01-02T03:04:05"},),
        ({**BARE, "exif": {"Image A": "x", "EXIF 9": "y", "GPS _": "z"}, "width": 1},),
    ],
)
def test_a_bundle_is_valid_and_the_same_each_time(
    records: tuple[dict[str, Any], ...],
) -> None:
    data = bundle(*records)
    # It recommends random ids, but then a second import would double all.
    options = ValidationOptions(version="2.1", strict=True, disabled=["uuid-check"])
    result = validate_string(data.decode(), options)

    assert result.is_valid, [str(error) for error in result.errors]
    assert bundle(*records) == data


def test_a_file_is_seen_with_its_url() -> None:
    found = objects(FULL)
    file, url, seen = found["file"], found["url"], found["observed-data"]

    assert file["hashes"] == {"MD5": "23" * 16, "SHA-256": "45" * 32}
    assert file["size"] == 30_000
    assert file["mime_type"] == "image/jpeg"
    assert file["extensions"]["raster-image-ext"] == {
        "image_height": 480,
        "image_width": 640,
        "exif_tags": {"Make": "A"},
    }
    assert file["extensions"][EXTENSION] == {
        "extension_type": "property-extension",
        "url": FULL["url"],
        "page_url": FULL["page_url"],
        "sha256_first_10240_bytes": "ab" * 32,
        "picture_sha256": "ef" * 32,
        "end_sha256": "01" * 32,
    }
    assert url["value"] == "https://a.example/%22quoted%22,%20with%20a%20comma.jpg"
    assert seen["object_refs"] == [file["id"], url["id"]]
    assert seen["first_observed"] == "2026-01-02T03:04:05Z"


def test_two_files_of_one_name_are_two() -> None:
    other = {**BARE, "url": "https://c.example/2.jpg"}

    assert objects(BARE)["file"]["id"] != objects(other)["file"]["id"]


def test_the_keys_of_tags_are_those_of_its_schema() -> None:
    tags = objects(HOSTILE)["file"]["extensions"]["raster-image-ext"]["exif_tags"]

    assert [*tags] == ["Make", "Tag__", "Tag_lower", "Tag_lower_"]
