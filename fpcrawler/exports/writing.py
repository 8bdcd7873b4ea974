"""Write feeds to a file in one of the formats that read record by record."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, NamedTuple, cast

from fpcrawler.exports.cases.dfxml import write_dfxml
from fpcrawler.exports.cases.misp import write_misp
from fpcrawler.exports.cases.stix import write_stix
from fpcrawler.exports.cases.vics import write_vics
from fpcrawler.exports.flat import write_flat
from fpcrawler.exports.formats import ExportFormat
from fpcrawler.exports.geojson import write_geojson
from fpcrawler.exports.gpx import write_gpx
from fpcrawler.exports.kml import write_kml
from fpcrawler.exports.known_list import write_list
from fpcrawler.exports.rows import read_rows
from fpcrawler.exports.sqlite import Pair, new_database
from fpcrawler.exports.sqlite_copies import read_copies
from fpcrawler.exports.timesketch import write_timesketch
from fpcrawler.tables.database import fetched
from fpcrawler.tables.feeds import reading

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from fpcrawler.exports.rows import Record
    from fpcrawler.exports.sharing import Preparation, Shared
    from fpcrawler.feeds.files import FeedFile

_WRITERS: Mapping[ExportFormat, Callable[[Iterable[Record], IO[bytes]], int]] = {
    ExportFormat.GEOJSON: write_geojson,
    ExportFormat.KML: write_kml,
    ExportFormat.GPX: write_gpx,
    ExportFormat.TIMESKETCH: write_timesketch,
    ExportFormat.LIST: write_list,
    ExportFormat.VICS: write_vics,
    ExportFormat.STIX: write_stix,
    ExportFormat.MISP: write_misp,
    ExportFormat.DFXML: write_dfxml,
}
_UNITS = {
    ExportFormat.GEOJSON: "place",
    ExportFormat.KML: "place",
    ExportFormat.GPX: "place",
    ExportFormat.TIMESKETCH: "event",
    ExportFormat.LIST: "row",
}
"""What is counted beside records; the other formats have all of them."""


class Summary(NamedTuple):
    """How many of what were written: ``unit`` is empty if only records are."""

    written: int
    unit: str = ""
    left_out: int = 0
    """Tags that found no column."""
    too_long: int = 0
    """Tags whose names are too long for a column."""


class Task(NamedTuple):
    """Feeds, how their records are prepared, and the pairs of pages, if given."""

    connection: DuckDBPyConnection
    feeds: Sequence[FeedFile]
    preparation: Preparation
    pages: Sequence[FeedFile] = ()

    def rows(self) -> Iterator[Shared]:
        """Yield the prepared records, from the first one."""
        return self.preparation.applied_to(read_rows(self.connection, self.feeds))

    def records(self) -> Iterator[Record]:
        """Yield what others get of each record, from the first one."""
        return (row.record for row in self.rows())


def write(
    task: Task, path: Path, kind: ExportFormat, *, is_gzipped: bool = False
) -> Summary:
    """Write the records of feeds to ``path``; raises BadInput and OSError."""
    if kind is ExportFormat.SQLITE:
        return _write_sqlite(task, path)
    with _opened(path, is_gzipped=is_gzipped) as file:
        if kind is ExportFormat.FLAT:
            has_groups = task.preparation.has_exiftool_names
            written = write_flat(task.records, file, has_groups=has_groups)
            return Summary(
                written.records, left_out=written.left_out, too_long=written.too_long
            )
        return Summary(_WRITERS[kind](task.records(), file), _UNITS.get(kind, ""))


def _write_sqlite(task: Task, path: Path) -> Summary:
    with new_database(path) as database:
        count = database.add_images(task.rows())
        if task.pages:
            database.add_pairs(_pairs(task))
        else:
            database.add_first_pages()
        database.add_copies(read_copies(task.connection, task.feeds))
    return Summary(count)


def _pairs(task: Task) -> Iterator[Pair]:
    fields = ("page_url", "found_in", "alt")
    with reading(task.pages, fields) as source:
        query = f"SELECT page_url, url, found_in, alt FROM {source}"
        known = f"{query} WHERE url IS NOT NULL AND page_url IS NOT NULL"
        rows = fetched(task.connection.cursor().execute(known))
        yield from (Pair(*row) for row in rows)


@contextmanager
def _opened(path: Path, *, is_gzipped: bool) -> Iterator[IO[bytes]]:
    with path.open("wb") as file:
        if not is_gzipped:
            yield file
            return
        # Without a name and a time in it, equal records make equal files.
        with gzip.GzipFile("", "wb", fileobj=file, mtime=0) as packed:
            yield cast("IO[bytes]", packed)
