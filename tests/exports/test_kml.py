from __future__ import annotations

from io import BytesIO
from typing import Any

from lxml import etree

from fpcrawler.exports.kml import NAMESPACE, write_kml
from tests.exports.map_schemas import KML, assert_valid, needs_schemas
from tests.exports.records import record_at
from tests.exports.test_tables import BARE, FULL

HOSTILE = record_at(
    0.0000001,
    -180,
    alt="<img src='https://evil.example/pin'>\0\ud7ff\ufffe]]>",
    taken={"local": "2026-01-02T03:04:05"},
)
NS = {"k": NAMESPACE}


def kml(*records: dict[str, Any]) -> bytes:
    file = BytesIO()
    write_kml(records, file)
    return file.getvalue()


def texts(data: bytes, path: str) -> list[str]:
    return [str(found) for found in etree.fromstring(data).xpath(path, namespaces=NS)]


def test_a_placemark_stands_for_each_place() -> None:
    data = kml(FULL, BARE, HOSTILE)

    assert texts(data, "//k:coordinates/text()") == [
        "151.2152967,-33.8567844,-2.5",
        "-180,0.0000001",
    ]
    assert texts(data, "//k:Data[@name='device_serial']/k:value/text()") == [
        "0280401234"
    ]


def test_only_times_with_an_offset_are_time_stamps() -> None:
    assert texts(kml(FULL, HOSTILE), "//k:when/text()") == ["2026-01-02T03:04:05.25Z"]


def test_the_elements_are_in_the_order_of_the_schema() -> None:
    placemark = etree.fromstring(kml(FULL))[0][1]

    assert [etree.QName(child).localname for child in placemark] == [
        "name",
        "TimeStamp",
        "ExtendedData",
        "Point",
    ]


def test_nothing_is_fetched_and_no_value_becomes_markup() -> None:
    data = kml(FULL, HOSTILE)
    (alt,) = texts(data, "//k:Data[@name='alt']/k:value[contains(., 'evil')]/text()")

    assert alt == "\u2039img src='https://evil.example/pin'>\ufffd\ud7ff\ufffd]]>"
    assert texts(data, "//k:Icon | //k:Style | //k:NetworkLink | //k:description") == []
    assert "<" not in "".join(texts(data, "//text()"))


@needs_schemas
def test_the_schema_of_ogc_accepts_it() -> None:
    assert_valid(kml(FULL, BARE, HOSTILE), KML)
    assert_valid(kml(), KML)
