"""Write the places of images as KML 2.2 (OGC 07-147r2)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import IO, TYPE_CHECKING

from lxml.builder import ElementMaker

from fpcrawler.exports.columns import facts_of
from fpcrawler.exports.places import degrees_text, place_of, title_of, utc_of
from fpcrawler.exports.xml_text import xml_document, xml_text

if TYPE_CHECKING:
    from lxml.etree import _Element

    from fpcrawler.exports.places import Place
    from fpcrawler.exports.rows import Record

NAMESPACE = "http://www.opengis.net/kml/2.2"
TITLE = "fpcrawler export"
_KML = ElementMaker(namespace=NAMESPACE, nsmap={None: NAMESPACE})


def write_kml(records: Iterable[Record], file: IO[bytes]) -> int:
    """Write a placemark for each record with a place; return how many there are.

    No style is written: a reader shows its own pins, and fetches nothing.
    """
    count = 0
    with (
        xml_document(file, f"{{{NAMESPACE}}}kml", {}) as document,
        document.element(f"{{{NAMESPACE}}}Document"),
    ):
        document.write(_KML.name(TITLE))
        for record in records:
            if place := place_of(record):
                document.write(_placemark(record, place))
                count += 1
    return count


def _placemark(record: Record, place: Place) -> _Element:
    # The order of the elements is that of the schema (section 9.11).
    placemark = _KML.Placemark(_KML.name(_plain(title_of(record["url"]))))
    if when := utc_of(record):
        placemark.append(_KML.TimeStamp(_KML.when(when)))
    data = (
        _KML.Data(_KML.value(_plain(value)), name=name)
        for name, value in facts_of(record).items()
    )
    placemark.append(_KML.ExtendedData(*data))
    placemark.append(_KML.Point(_KML.coordinates(_coordinates(place))))
    return placemark


def _plain(value: object) -> str:
    # Google Earth shows names and values as HTML. A value from the web must not become
    # an element, for an <img> in it would be fetched.
    return xml_text(value).replace("<", "\u2039")


def _coordinates(place: Place) -> str:
    # Section 16.10: longitude, latitude, metres above sea level.
    numbers = [degrees_text(place.longitude), degrees_text(place.latitude)]
    if place.altitude is not None:
        numbers.append(degrees_text(place.altitude))
    return ",".join(numbers)
