"""Records of feeds that may come from anywhere."""

from __future__ import annotations

from typing import Any

import pytest

from fpcrawler.verify.records import later_than, record_of


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


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("2026-11-01T00:00:00", "2026-11-30T00:00:00"),
        ("2026-11-30T00:00:00", "2026-11-30T00:00:01"),
        ("2031-01-01T00:00:00", "2031-01-01T00:00:01"),
        ("2031-01-01T00:00:00+05:00", "2030-12-31T19:00:01"),
        ("9999-12-31T23:59:59", "2026-11-30T00:00:00"),
        ("infinity", "2026-11-30T00:00:00"),
        ("", "2026-11-30T00:00:00"),
    ],
)
def test_a_second_look_is_later_than_the_record(old: str, new: str) -> None:
    assert later_than(old, "2026-11-30T00:00:00") == new
