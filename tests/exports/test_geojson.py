from __future__ import annotations

import json
from io import BytesIO
from typing import Any

from fpcrawler.exports.geojson import write_geojson
from tests.exports.records import record_at
from tests.exports.test_tables import BARE, FULL

SOMEWHERE = record_at(-90, 180, alt="</script>\u2028", exif={"Image Make": "A"})


def collection(*records: dict[str, Any]) -> dict[str, Any]:
    file = BytesIO()
    count = write_geojson(records, file)
    found: dict[str, Any] = json.loads(file.getvalue())
    assert count == len(found["features"])
    return found


def test_a_collection_has_a_point_for_each_place() -> None:
    """RFC 7946, sections 3.1.2, 3.2 and 3.3; without ``crs`` (section 4)."""
    found = collection(FULL, BARE, SOMEWHERE)
    first, second = found["features"]

    assert found["type"] == "FeatureCollection"
    assert found.keys() == {"type", "generator", "features"}
    assert first["type"] == "Feature"
    assert first["geometry"] == {
        "type": "Point",
        "coordinates": [151.2152967, -33.8567844],
    }
    assert second["geometry"]["coordinates"] == [180, -90]


def test_properties_are_the_facts() -> None:
    properties = collection(FULL, SOMEWHERE)["features"][0]["properties"]

    assert properties["url"] == FULL["url"]
    assert properties["device_serial"] == "0280401234"
    assert properties["location_altitude"] == -2.5
    assert not any(isinstance(value, dict | list) for value in properties.values())


def test_without_places_it_is_empty() -> None:
    assert collection(BARE)["features"] == []
