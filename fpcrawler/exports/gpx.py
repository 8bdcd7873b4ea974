"""Write the places of images as GPX 1.1 (topografix.com/GPX/1/1)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import IO, TYPE_CHECKING

from lxml.builder import ElementMaker

from fpcrawler.core.metadata.device import device_name
from fpcrawler.exports.columns import facts_of
from fpcrawler.exports.places import degrees_text, place_of, title_of, utc_of
from fpcrawler.exports.xml_text import xml_document, xml_text

if TYPE_CHECKING:
    from lxml.etree import _Element

    from fpcrawler.exports.places import Place
    from fpcrawler.exports.rows import Record

NAMESPACE = "http://www.topografix.com/GPX/1/1"
CREATOR = "fpcrawler export"
_GPX = ElementMaker(namespace=NAMESPACE, nsmap={None: NAMESPACE})


def write_gpx(records: Iterable[Record], file: IO[bytes]) -> int:
    """Write a waypoint for each record with a place; return how many there are.

    A URL is text, not a ``link``: some readers fetch what a link names.
    """
    count = 0
    root = {"version": "1.1", "creator": CREATOR}
    with xml_document(file, f"{{{NAMESPACE}}}gpx", root) as document:
        for record in records:
            if place := place_of(record):
                document.write(_waypoint(record, place))
                count += 1
    return count


def _waypoint(record: Record, place: Place) -> _Element:
    # The order of the elements is that of the schema (wptType).
    waypoint = _GPX.wpt(
        lat=degrees_text(place.latitude), lon=degrees_text(_longitude(place))
    )
    if place.altitude is not None:
        waypoint.append(_GPX.ele(degrees_text(place.altitude)))
    if when := utc_of(record):
        waypoint.append(_GPX.time(when))
    waypoint.append(_GPX.name(xml_text(title_of(record["url"]))))
    lines = (f"{name}: {xml_text(value)}" for name, value in facts_of(record).items())
    waypoint.append(_GPX.desc("\n".join(lines)))
    device = record["device"] or {}
    if name := device_name(device.get("make"), device.get("model")):
        waypoint.append(_GPX.src(xml_text(name)))
    return waypoint


def _longitude(place: Place) -> float:
    # longitudeType has no 180: that meridian is -180.
    return -180.0 if place.longitude >= 180 else place.longitude  # noqa: PLR2004
