"""Parquet: columns by their names."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from fpcrawler.feeds.files import FeedFormat
from fpcrawler.known.columns import Cell, named_cells, named_details
from fpcrawler.known.forms.records import PLAIN_NAME
from fpcrawler.known.rows import Form, Head, Layout, ListFile, Rows, without_digests
from fpcrawler.tables.duck import parquet_source

if TYPE_CHECKING:
    import duckdb

_MAGIC = b"PAR1"


def _layout(head: Head) -> Layout | None:
    is_parquet = head.data.startswith(_MAGIC)
    return Layout(format=FeedFormat.PARQUET) if is_parquet else None


def _rows(
    connection: duckdb.DuckDBPyConnection, known: ListFile, link: Path, _: str
) -> Rows:
    source = parquet_source(link)
    columns = connection.execute(f"DESCRIBE FROM {source}").fetchall()
    cells = [
        # A digest may be bytes or, as in the other forms, hex.
        Cell(
            name,
            f'"{name}"::VARCHAR' if kind != "BLOB" else f'hex("{name}")',
            f'to_json("{name}")',
        )
        for name, kind, *_ in columns
        if PLAIN_NAME.fullmatch(name)
    ]
    found = named_cells(cells)
    if not found:
        raise without_digests(known, ", ".join(name for name, *_ in columns))
    first, *more = found
    return Rows(source, "false", first, named_details(cells), more)


FORM = Form(name="Parquet", layout_of=_layout, rows_of=_rows)
