"""Write the places of images as GeoJSON (RFC 7946)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import IO, TYPE_CHECKING

import msgspec.json

from fpcrawler.exports.columns import facts_of
from fpcrawler.exports.places import place_of

if TYPE_CHECKING:
    from fpcrawler.exports.places import Place
    from fpcrawler.exports.rows import Record

# RFC 7946 section 6.1 allows foreign members.
OPENING = b'{"type":"FeatureCollection","generator":"fpcrawler export","features":['


def write_geojson(records: Iterable[Record], file: IO[bytes]) -> int:
    """Write a point for each record with a place; return how many there are."""
    count = 0
    file.write(OPENING)
    for record in records:
        if place := place_of(record):
            file.write(b",\n" if count else b"\n")
            file.write(msgspec.json.encode(_feature(record, place)))
            count += 1
    file.write(b"\n]}\n")
    return count


def _feature(record: Record, place: Place) -> dict[str, object]:
    # RFC 7946 section 3.1.1: longitude first. The altitude is a property: a third
    # number would be metres above the ellipsoid (section 4), EXIF has the sea level.
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [place.longitude, place.latitude]},
        "properties": facts_of(record),
    }
