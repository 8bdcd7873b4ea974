"""hashdeep's own form: its header names the columns, names stand last, unquoted."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from fpcrawler.known.columns import kind_of
from fpcrawler.known.rows import Form, Head, Layout, ListFile, Rows
from fpcrawler.tables.duck import csv_source

if TYPE_CHECKING:
    import duckdb

_HEADER = re.compile(r"\s*%%%% HASHDEEP-[^\n]*\n%%%% ([^\r\n]*)")


def _layout(head: Head) -> Layout | None:
    found = _HEADER.match(head.text)
    return Layout(header=tuple(found[1].strip().split(","))) if found else None


def _rows(
    _: duckdb.DuckDBPyConnection, known: ListFile, link: Path, encoding: str
) -> Rows:
    source = csv_source(link, known, encoding)
    is_entry = "NOT regexp_matches(c0, '^(%|#|\\s*$)')"
    source = (
        f"(SELECT c0, if({is_entry}, string_split(c0, ','), []) AS c FROM {source})"
    )
    header = known.layout.header
    texts = {name: f"c[{at}]" for at, name in enumerate(header, start=1)}
    # A comma in a name splits it.
    texts["filename"] = f"array_to_string(c[{len(header)}:], ',')"
    kinds = {kind: texts[name] for name in header if (kind := kind_of(name))}
    details = {"name": texts["filename"]}
    if "size" in texts:
        details["size"] = texts["size"]
    return Rows(source, f"len(c) BETWEEN 1 AND {len(header) - 1}", kinds, details)


FORM = Form(name="hashdeep", layout_of=_layout, rows_of=_rows)
