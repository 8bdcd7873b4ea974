from __future__ import annotations

from io import BytesIO
from typing import Any

from lxml import etree

from fpcrawler.exports.gpx import NAMESPACE, write_gpx
from tests.exports.map_schemas import GPX, assert_valid, needs_schemas
from tests.exports.records import record_at
from tests.exports.test_tables import BARE, FULL

AT_THE_DATE_LINE = record_at(-1e-7, 180, alt="\x1b<a>", location={"altitude": 1e-5})


def gpx(*records: dict[str, Any]) -> bytes:
    file = BytesIO()
    write_gpx(records, file)
    return file.getvalue()


def test_a_waypoint_stands_for_each_place() -> None:
    root = etree.fromstring(gpx(FULL, BARE, AT_THE_DATE_LINE))
    first, second = root

    assert root.tag == f"{{{NAMESPACE}}}gpx"
    assert dict(root.attrib) == {"version": "1.1", "creator": "fpcrawler export"}
    assert dict(first.attrib) == {"lat": "-33.8567844", "lon": "151.2152967"}
    assert dict(second.attrib) == {"lat": "-0.0000001", "lon": "-180"}


def test_the_elements_are_in_the_order_of_the_schema() -> None:
    waypoint = etree.fromstring(gpx(FULL))[0]
    values = {etree.QName(child).localname: child.text for child in waypoint}

    assert [*values] == ["ele", "time", "name", "desc", "src"]
    assert values["ele"] == "-2.5"
    assert values["time"] == "2026-01-02T03:04:05.25Z"
    assert values["src"] == "Canon"
    assert "device_serial: 0280401234\n" in str(values["desc"])


def test_a_url_is_not_a_link() -> None:
    assert b"<link" not in gpx(FULL)
    assert b"href" not in gpx(FULL)


@needs_schemas
def test_the_schema_of_topografix_accepts_it() -> None:
    assert_valid(gpx(FULL, BARE, AT_THE_DATE_LINE), GPX)
    assert_valid(gpx(), GPX)
