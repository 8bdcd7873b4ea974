"""The file formats that feeds are exported to."""

from __future__ import annotations

from enum import StrEnum


class ExportFormat(StrEnum):
    """The format of the exported file."""

    PARQUET = "parquet"
    CSV = "csv"
    JSONL = "jsonl"
    GEOJSON = "geojson"
    KML = "kml"
    GPX = "gpx"
    SQLITE = "sqlite"
    TIMESKETCH = "timesketch"
    FLAT = "flat"
    LIST = "list"
    VICS = "vics"
    STIX = "stix"
    MISP = "misp"
    DFXML = "dfxml"


FORMATS = ", ".join(ExportFormat)

TABLES = (ExportFormat.PARQUET, ExportFormat.CSV, ExportFormat.JSONL)
"""What has all fields of the record and can be read as a feed again."""
TAGGED = (*TABLES, ExportFormat.SQLITE, ExportFormat.FLAT)
"""What has a name for each tag."""
BINARY = (ExportFormat.PARQUET, ExportFormat.SQLITE)
"""What is neither written to stdout nor gzipped."""

_GZIP = ".gz"
# A name can end with two suffixes, such as ``places.flat.csv``: the longest decides.
_SUFFIXES = {
    f".{kind}": kind for kind in (*TABLES, "geojson", "kml", "gpx", "sqlite", "dfxml")
}
_SUFFIXES |= {
    ".sqlite3": ExportFormat.SQLITE,
    ".db": ExportFormat.SQLITE,
    ".timesketch.jsonl": ExportFormat.TIMESKETCH,
    ".flat.csv": ExportFormat.FLAT,
    ".list.csv": ExportFormat.LIST,
    ".vics.json": ExportFormat.VICS,
    ".stix.json": ExportFormat.STIX,
    ".misp.json": ExportFormat.MISP,
}
_CARRIERS = {
    ExportFormat.TIMESKETCH: ExportFormat.JSONL,
    ExportFormat.FLAT: ExportFormat.CSV,
    ExportFormat.LIST: ExportFormat.CSV,
}
"""Formats that are written in another's syntax, so also under its suffix."""


def format_of(name: str) -> ExportFormat | None:
    """Return the format by the suffix of a file's name, None for another suffix."""
    plain = name.lower().removesuffix(_GZIP)
    found = max(
        (each for each in _SUFFIXES if plain.endswith(each)), key=len, default=""
    )
    return ExportFormat(_SUFFIXES[found]) if found else None


def may_be_named(kind: ExportFormat, name: str) -> bool:
    """Return whether the suffix of a file's name does not mean another format."""
    return format_of(name) in {kind, _CARRIERS.get(kind), None}


def is_gzipped(name: str) -> bool:
    """Return whether a file is gzipped, by its name."""
    return name.lower().endswith(_GZIP)
