"""Records of feeds that may come from anywhere."""

from __future__ import annotations

from typing import Any

import pytest

from fpcrawler.verify.records import record_of


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        ("requests", '{"sample": 2}', {"sample": 2}),
        ("requests", '{"sample": "x", "metadata": null}', {}),
        ("requests", '{"sample": [1]}', {}),
        ("requests", '{"sample": -1}', {}),
        ("requests", f'{{"sample": {"9" * 4_300}}}', {}),
        ("requests", "[1]", {}),
        ("requests", "[" * 100_000, {}),
        ("bytes_downloaded", "x", 0),
        ("blocks_sha256", '{"8192": null}', {}),
        ("server_digests", '{"md5": {}}', {}),
        ("reservations", '["noai", 7]', []),
        ("texts", '[{"name": "a", "text": 1}]', []),
        ("file_digests", '{"md5": "aa", "sha1": null}', {"md5": "aa", "sha1": None}),
        ("exif", '{"Image Make": "a"}', {"Image Make": "a"}),
        ("tor", "True", True),
    ],
)
def test_a_field_of_another_type_has_its_default(
    field: str, text: str, value: Any
) -> None:
    found = record_of({"url": "https://a.example/1.jpg", field: text})

    assert getattr(found, field) == value
