"""JSON and JSON Lines: records with digests, such as our own feeds, or bare digests."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from fpcrawler.feeds.files import FeedFormat
from fpcrawler.known.columns import Cell, named_cells, named_details
from fpcrawler.known.forms.bare import rows_of_texts
from fpcrawler.known.rows import Form, Head, Layout, ListFile, Rows
from fpcrawler.tables.duck import json_source, json_text

if TYPE_CHECKING:
    import duckdb

PLAIN_NAME = re.compile(r"[\w -]+", re.ASCII)


def _layout(head: Head) -> Layout | None:
    start = head.text.lstrip()
    if start.startswith("["):
        return Layout(format=FeedFormat.ARRAY)
    is_record = start.startswith("{") and not start.startswith("{\\")  # not RTF
    return Layout(format=FeedFormat.LINES) if is_record else None


def _rows(
    connection: duckdb.DuckDBPyConnection, known: ListFile, link: Path, _: str
) -> Rows:
    source = json_source([link], known, ())
    keys = connection.execute(
        f"SELECT DISTINCT unnest(json_keys(json)) FROM {source}"
    ).fetchall()
    cells = [
        Cell(key, json_text("json", key), f"(json -> '$.{key}')")
        for (key,) in sorted(keys)
        if PLAIN_NAME.fullmatch(key)
    ]
    found = named_cells(cells)
    if not found:
        texts = f"(SELECT coalesce(json ->> '$', 'null') AS c0 FROM {source})"
        return rows_of_texts(connection, texts)
    is_broken = "coalesce(json_type(json) <> 'OBJECT', true)"
    first, *more = found
    return Rows(source, is_broken, first, named_details(cells), more)


FORM = Form(name="JSON", layout_of=_layout, rows_of=_rows)
