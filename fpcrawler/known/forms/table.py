"""CSV and other tables: columns by their names, else by their values."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from fpcrawler.core.fingerprint.known import BY_DIGITS, DigestKind
from fpcrawler.known.columns import (
    Cell,
    named_cells,
    named_details,
    split_cells,
    typed_cells,
)
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
    found = _by_length(connection, source, texts) if texts else named_cells(cells)
    first, *more = found or [{}]
    return Rows(source, "false", first, details, more)


def _by_length(
    connection: duckdb.DuckDBPyConnection, source: str, texts: list[str]
) -> list[dict[DigestKind, str]]:
    """Return SQL for the digests of each kind, told apart by their length."""
    has_length = [
        f"coalesce(bool_or(length({text}) = {digits}), false)"
        for digits in BY_DIGITS
        for text in texts
    ]
    answers = connection.execute(
        f"SELECT {', '.join(has_length)} FROM {source}"
    ).fetchone()
    found = iter(answers or ())
    cells = {
        kind: [
            f"if(length({text}) = {digits}, {text}, NULL)"
            for text in texts
            if next(found, False)
        ]
        for digits, kind in BY_DIGITS.items()
    }
    return split_cells({kind: each for kind, each in cells.items() if each})


FORM = Form(name="table", layout_of=table_layout, rows_of=_rows)
