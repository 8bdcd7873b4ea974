from __future__ import annotations

from typing import Any

import pytest

from fpcrawler.exports.cases.content import (
    exif_tags,
    export_of,
    file_digests,
    fingerprints,
    media_type,
)
from tests.exports.records import HOSTILE
from tests.exports.test_tables import BARE, FULL

MD5, SHA1, SHA256 = "23" * 16, "12" * 20, "45" * 32


@pytest.mark.parametrize(
    ("fields", "digests"),
    [
        ({}, {"md5": MD5, "sha256": SHA256}),
        ({"server_digests": {"sha256": "67" * 32}}, {"sha256": SHA256}),
        ({"file_digests": {"md5": "AB" * 16}}, {"md5": "ab" * 16}),
        (
            {"image_size": 10_241, "file_digests": None},
            {"md5": MD5, "sha256": "ab" * 32},
        ),
        ({"image_size": 0, "file_digests": None}, {"md5": MD5}),
        (HOSTILE, {"sha1": SHA1}),
        (BARE, {}),
    ],
)
def test_digests_of_the_file_are_those_computed_or_else_stated(
    fields: dict[str, Any], digests: dict[str, str]
) -> None:
    assert file_digests({**FULL, **fields}) == digests


def test_what_is_no_digest_is_left_out() -> None:
    assert fingerprints(HOSTILE) == {
        "picture_sha256": "ab" * 32,
        "end_sha256": FULL["end_sha256"],
    }


def test_tags_have_no_directory_and_are_those_of_the_picture() -> None:
    exif = {
        "Thumbnail Compression": "JPEG",
        "EXIF Make": "other",
        "Image Make": "Canon",
        "GPS GPSLatitude": "[1, 2, 3]",
        "MakerNote SerialNumber": "7",
        "Image Software": "",
    }

    assert exif_tags({**BARE, "exif": exif}) == {
        "Make": "Canon",
        "GPSLatitude": "[1, 2, 3]",
    }


def test_equal_exports_have_equal_ids_and_others_do_not() -> None:
    export = export_of([FULL, BARE])

    assert [*export.records] == [FULL, BARE]
    assert export.when == FULL["timestamp"]
    assert export.id == export_of([FULL]).id
    assert export.id != export_of([BARE]).id
    assert export_of([]).when is None


def test_the_type_is_that_of_the_first_bytes() -> None:
    assert media_type({**FULL, "content_type": "text/html"}) == "image/jpeg"
    assert media_type(HOSTILE) is None
