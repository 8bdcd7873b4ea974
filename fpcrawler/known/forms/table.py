"""CSV and other tables: columns by their names, else by their values."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from fpcrawler.core.fingerprint.known import BY_DIGITS, DigestKind
from fpcrawler.known.columns import Cell, named_cells, named_details, typed_cells
from fpcrawler.known.layouts import table_layout
from fpcrawler.known.rows import Form, ListFile, Rows
from fpcrawler.tables.duck import csv_source

if TYPE_CHECKING:
    import duckdb


def _rows(
    connection: duckdb.DuckDBPyConnection, known: ListFile, link: Path, encoding: str
) -> Rows:
    source = csv_source(link, known, encoding)
    layout = known.layout
    cells = [
        Cell(name, f"c{number}", f"try_cast(c{number} AS JSON)")
        for number, name in enumerate(known.header)
    ]
    details = named_details(cells)
    texts = [f"trim(c{number})" for number in layout.values]
    if layout.kinds is not None:
        kinds = f"c{layout.kinds}"
        return Rows(source, "false", typed_cells(kinds, texts[0]), details)
    if texts:
        return Rows(source, "false", _by_length(connection, source, texts), details)
    return Rows(source, "false", named_cells(cells), details)


def _by_length(
    connection: duckdb.DuckDBPyConnection, source: str, texts: list[str]
) -> dict[DigestKind, str]:
    """Return SQL for the first digest of each kind, told apart by their length."""
    lengths = {
        length
        for (length,) in connection.execute(
            f"SELECT DISTINCT length(unnest([{', '.join(texts)}])) FROM {source}"
        ).fetchall()
    }
    cells = {}
    for digits, kind in BY_DIGITS.items():
        if digits in lengths:
            of_kind = (f"if(length({text}) = {digits}, {text}, NULL)" for text in texts)
            cells[kind] = f"coalesce({', '.join(of_kind)})"
    return cells


FORM = Form(name="table", layout_of=table_layout, rows_of=_rows)
