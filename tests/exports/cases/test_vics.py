from __future__ import annotations

import json
from io import BytesIO
from typing import Any

from fpcrawler.exports.cases.vics import write_vics
from tests.exports.records import HOSTILE
from tests.exports.test_tables import BARE, FULL


def case(*records: dict[str, Any]) -> dict[str, Any]:
    file = BytesIO()
    assert write_vics(records, file) == len(records)
    written = json.loads(file.getvalue())
    assert written["@odata.context"].endswith(
        "/DataModels/2.0.xml/CUSTOM/$metadata#Cases"
    )
    (found,) = written["value"]
    return dict(found)


def test_a_media_says_what_the_record_says() -> None:
    (media,) = case(FULL)["Media"]
    key = {"MD5": "23" * 16}

    assert media == {
        "MediaID": 1,
        "Category": 0,
        **key,
        "MediaSize": 30_000,
        "MimeType": "image/jpeg",
        "DateUpdated": "2026-01-02T03:04:05Z",
        "Comments": "640 x 480 pixels; named by https://a.example/",
        "Exifs": [{"PropertyName": "Make", "PropertyValue": "A"}],
        "AlternativeHashes": [
            {**key, "HashName": "sha256_first_10240_bytes", "HashValue": "AB" * 32},
            {**key, "HashName": "picture_sha256", "HashValue": "EF" * 32},
            {**key, "HashName": "end_sha256", "HashValue": "01" * 32},
            {**key, "HashName": "SHA256", "HashValue": "45" * 32},
        ],
        "MediaFiles": [
            {
                "FileName": '"quoted", with a comma.jpg',
                "FilePath": FULL["url"],
                **key,
            }
        ],
    }


def test_what_is_unknown_is_absent() -> None:
    (media,) = case(BARE)["Media"]

    assert media == {
        "MediaID": 1,
        "Category": 0,
        "Exifs": [],
        "AlternativeHashes": [],
        "MediaFiles": [{"FileName": "2.jpg", "FilePath": BARE["url"]}],
    }


def test_hostile_values_are_texts() -> None:
    _, media = case(FULL, HOSTILE)["Media"]

    assert media["MediaID"] == 2
    assert media["SHA1"] == "12" * 20
    assert "MediaSize" not in media
    assert "DateUpdated" not in media
    assert "\0\x1b]]><b>%zz?[1]" in media["MediaFiles"][0]["FilePath"]
    assert len(media["Exifs"][0]["PropertyValue"]) == 1_000_000


def test_no_records_make_an_empty_case() -> None:
    assert case()["Media"] == []
