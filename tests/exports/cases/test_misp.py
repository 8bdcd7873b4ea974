from __future__ import annotations

import json
from io import BytesIO
from typing import Any

from pymisp import MISPEvent

from fpcrawler.exports.cases.misp import write_misp
from tests.exports.records import HOSTILE
from tests.exports.test_tables import BARE, FULL


def event(*records: dict[str, Any]) -> MISPEvent:
    """Return the event as pymisp reads it, which says the same."""
    file = BytesIO()
    assert write_misp(records, file) == len(records)
    loaded = MISPEvent()
    loaded.load(file.getvalue().decode())
    for each in loaded.objects:
        each._validate()
    assert json.loads(loaded.to_json()) == json.loads(file.getvalue())["Event"]
    return loaded


def values(loaded: MISPEvent) -> dict[str, list[tuple[str, Any]]]:
    return {
        each.name: [(part.object_relation, part.value) for part in each.attributes]
        for each in loaded.objects
    }


def test_objects_say_what_the_record_says() -> None:
    found = values(event(FULL))

    assert dict(found["file"][:5]) == {
        "filename": '"quoted", with a comma.jpg',
        "size-in-bytes": "30000",
        "mimetype": "image/jpeg",
        "md5": "23" * 16,
        "sha256": "45" * 32,
    }
    assert [text for relation, text in found["file"] if relation == "text"] == [
        "640 x 480 pixels",
        f"sha256_first_10240_bytes: {'ab' * 32}",
        f"picture_sha256: {'ef' * 32}",
        f"end_sha256: {'01' * 32}",
    ]
    assert found["url"] == [
        ("url", FULL["url"]),
        ("text", "named by https://a.example/"),
    ]
    assert {name for name, _ in found["exif"]} == {
        *("make", "user-comment", "datetime-original", "raw-output")
    }
    assert found["geolocation"] == [
        ("latitude", -33.8567844),
        ("longitude", 151.2152967),
        ("altitude", -2.5),
    ]


def test_objects_refer_to_each_other() -> None:
    loaded = event(FULL)
    names = {each.uuid: each.name for each in loaded.objects}
    found = {
        (each.name, link.relationship_type, names[link.referenced_uuid])
        for each in loaded.objects
        for link in each.references
    }

    assert found == {
        ("file", "downloaded-from", "url"),
        ("file", "located", "geolocation"),
        ("exif", "extracted-from", "file"),
    }


def test_nothing_is_shared_or_alerted_by_itself() -> None:
    loaded = event(FULL)

    assert (loaded.distribution, loaded.published) == (0, False)
    assert not any(part.to_ids for each in loaded.objects for part in each.attributes)


def test_all_ids_are_the_same_each_time_and_differ_between_records() -> None:
    first, again = event(FULL, HOSTILE, BARE), event(FULL, HOSTILE, BARE)
    uuids = [each.uuid for each in first.objects]

    assert first.to_json() == again.to_json()
    assert len({*uuids}) == len(uuids)


def test_hostile_values_fit_the_database() -> None:
    found = values(event(HOSTILE))
    exif = dict(found["exif"])

    assert len(exif["make"].encode()) == 65_535
    assert exif["make"].endswith("…")
    assert "user-comment" not in exif
    assert "raw-output" not in exif
    assert exif["datetime-original"].isoformat() == "2026-01-02T03:04:05"
    assert dict(found["file"])["sha1"] == "12" * 20
    assert [*values(event(BARE))] == ["file", "url"]
