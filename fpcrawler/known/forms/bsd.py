"""Lines such as ``MD5 (NAME) = DIGEST``, as BSD's programs and OpenSSL write them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from fpcrawler.core.fingerprint.known import WHOLE
from fpcrawler.known.rows import Form, Head, Layout, ListFile, Rows
from fpcrawler.tables.duck import csv_source

if TYPE_CHECKING:
    import duckdb

# A backslash precedes the line of an odd name, as that of md5sum.
_LINE = r"^\\?([A-Za-z0-9/-]+) ?\((.*)\) ?= ?([0-9A-Fa-f]+)\s*$"
_FIRST = re.compile(_LINE.removesuffix("$"), re.MULTILINE)


def _layout(head: Head) -> Layout | None:
    first = head.text.lstrip().partition("\n")[0]
    return Layout() if _FIRST.match(first) else None


def _rows(
    _: duckdb.DuckDBPyConnection, known: ListFile, link: Path, encoding: str
) -> Rows:
    lines = csv_source(link, known, encoding)
    parts = f"regexp_extract(c0, '{_LINE}', ['kind', 'name', 'digest'])"
    # OpenSSL 3 writes SHA2-256.
    kind = "regexp_replace(lower(part.kind), '^sha2-|[^a-z0-9]', '', 'g')"
    source = (
        f"(SELECT c0, part.name AS name, part.digest AS digest, {kind} AS kind "
        f"FROM (SELECT c0, {parts} AS part FROM {lines}))"
    )
    kinds = {
        of: f"if(kind IN ('{of}', '{of.removeprefix('sha')}'), digest, NULL)"
        for of in WHOLE
    }
    return Rows(source, "trim(c0) <> '' AND digest = ''", kinds, {"name": "name"})


FORM = Form(name="BSD checksums", layout_of=_layout, rows_of=_rows)
