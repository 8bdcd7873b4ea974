from __future__ import annotations

import pytest

from fpcrawler.exports.formats import ExportFormat, format_of, may_be_named


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.parquet", "parquet"),
        ("a.CSV", "csv"),
        ("a.csv.gz", "csv"),
        ("s3://bucket/a.geojson", "geojson"),
        ("a.kml.gz", "kml"),
        ("a.gpx", "gpx"),
        ("a.sqlite", "sqlite"),
        ("a.sqlite3", "sqlite"),
        ("a.db", "sqlite"),
        ("a.timesketch.jsonl", "timesketch"),
        ("a.flat.csv.gz", "flat"),
        ("flat.csv", "csv"),
        ("a.list.csv", "list"),
        ("a.vics.json.gz", "vics"),
        ("a.stix.json", "stix"),
        ("a.misp.json", "misp"),
        ("a.dfxml", "dfxml"),
        ("a.json", None),
        ("geojson", None),
        ("a.gz", None),
    ],
)
def test_the_longest_suffix_names_the_format(name: str, kind: str | None) -> None:
    assert format_of(name) == kind


@pytest.mark.parametrize(
    ("kind", "name", "may"),
    [
        ("timesketch", "a.jsonl", True),
        ("timesketch", "a.jsonl.gz", True),
        ("flat", "a.csv", True),
        ("flat", "a.txt", True),
        ("flat", "a.jsonl", False),
        ("list", "a.csv", True),
        ("list", "a.flat.csv", False),
        ("stix", "a.json", True),
        ("dfxml", "a.xml", True),
        ("stix", "a.vics.json", False),
        ("csv", "a.flat.csv", False),
        ("kml", "a.gpx", False),
    ],
)
def test_a_suffix_may_carry_another_format_of_its_syntax(
    kind: str, name: str, *, may: bool
) -> None:
    assert may_be_named(ExportFormat(kind), name) is may
