"""Recognise what an export may replace: a file of its own kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from fpcrawler.core.file.contents import holds_records
from fpcrawler.exports import geojson, gpx, kml, known_list, sqlite, timesketch
from fpcrawler.exports.cases import content, dfxml, misp, vics
from fpcrawler.exports.formats import TABLES, ExportFormat
from fpcrawler.feeds.outputs import Output, records_output
from fpcrawler.items import RECORD_FIELDS

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def export_output(path: Path, kind: ExportFormat) -> Output:
    """Return the output of ``-O``."""
    if kind in TABLES:
        return records_output("-O", path, kind)
    return Output(
        option="-O", path=path, kind=f"an export as {kind}", holds=_HOLDS[kind]
    )


def _holds_database(head: bytes) -> bool:
    # SQLite's file format, section 1.3: the application's number is at offset 68.
    number = int.from_bytes(head[68:72], "big")
    return head.startswith(sqlite.SIGNATURE) and number == sqlite.APPLICATION_ID


def _holds_table(head: bytes) -> bool:
    plain = head.removeprefix(_BYTE_ORDER_MARK)
    return plain != head and holds_records(plain, "csv", RECORD_FIELDS)


def _has(*words: str) -> Callable[[bytes], bool]:
    return lambda head: all(word.encode() in head[:4_096] for word in words)


def _starts(text: str) -> Callable[[bytes], bool]:
    return lambda head: head.startswith(text.encode())


_HOLDS: Mapping[ExportFormat, Callable[[bytes], bool]] = {
    ExportFormat.GEOJSON: _starts(geojson.OPENING.decode()),
    ExportFormat.KML: _has(kml.NAMESPACE, kml.TITLE),
    ExportFormat.GPX: _has(gpx.NAMESPACE, gpx.CREATOR),
    ExportFormat.SQLITE: _holds_database,
    ExportFormat.TIMESKETCH: _has(f'"{timesketch.DATA_TYPE}"'),
    ExportFormat.FLAT: _holds_table,
    ExportFormat.LIST: _starts(known_list.HEADER),
    ExportFormat.VICS: _starts(vics.OPENING),
    ExportFormat.STIX: _has('"type":"bundle"', content.EXTENSION),
    ExportFormat.MISP: _starts(misp.OPENING),
    ExportFormat.DFXML: _has(dfxml.NAMESPACE, content.CREATOR),
}
