"""SQL that reads the rows of a known list, for each format."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from fpcrawler.core.fingerprint.digests import BARE_DIGESTS
from fpcrawler.core.fingerprint.known import WHOLE, DigestKind
from fpcrawler.known.files import (
    SERVER_DIGESTS,
    ListFormat,
    kind_of,
    no_columns,
)

if TYPE_CHECKING:
    import duckdb

    from fpcrawler.known.files import ListFile

_MAX_ROW_BYTES = 16_777_216
_MAX_REJECTS = 1_000
"""Broken rows that are counted at most; a list may have nothing else."""
_PLAIN_NAME = re.compile(r"[\w -]+", re.ASCII)
# Characters around a hash; md5sum writes a backslash before the hash of an odd name.
_AROUND = ',;|\t"\\'
_WORD = (
    f"split_part(ltrim(translate(line, '{_AROUND}', '{' ' * len(_AROUND)}')), ' ', 1)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """SQL: the source of the rows, whether a row is broken, the cell of each kind."""

    source: str
    is_broken: str
    cells: Mapping[DigestKind, str]


def rows_of(
    connection: duckdb.DuckDBPyConnection, known: ListFile, link: Path, encoding: str
) -> Rows:
    """Return the SQL that reads a list; raises BadInput and ``duckdb.Error``.

    ``link``: the path to read. ``encoding``: by DuckDB's name.
    """
    match known.format:
        case ListFormat.TABLE:
            rows = _table(known, link, encoding)
        case ListFormat.BARE:
            rows = _bare(connection, known, link, encoding)
        case _:
            rows = _json(connection, known, link)
    if not rows.cells:
        raise no_columns(known.path)
    return rows


def _table(known: ListFile, link: Path, encoding: str) -> Rows:
    names = [f"c{number}" for number in range(len(known.header))]
    cells: dict[DigestKind, list[str]] = {}
    for name, column in zip(names, known.header, strict=True):
        kind = kind_of(column)
        if kind is not None:
            cells.setdefault(kind, []).append(name)
        elif column == SERVER_DIGESTS:
            for whole in WHOLE:
                cell = f"try_cast({name} AS JSON) ->> '$.{whole}'"
                cells.setdefault(whole, []).append(cell)
    dialect = (
        f"""delim = '{known.delimiter}', quote = '"', escape = '"', header = true"""
    )
    source = _csv(known, link, encoding, names, dialect)
    return Rows(source=source, is_broken="false", cells=_first(cells))


def _bare(
    connection: duckdb.DuckDBPyConnection, known: ListFile, link: Path, encoding: str
) -> Rows:
    # The delimiter is a zero byte, which no line has: a line is one cell.
    dialect = "delim = '\\0', quote = '', escape = '', header = false"
    lines = _csv(known, link, encoding, ["line"], dialect)
    digits = ", ".join(map(str, BARE_DIGESTS))
    # Most lines are just a hash; only other lines need the slower search.
    word = f"if(length(line) IN ({digits}), line, {_WORD})"
    source = f"(SELECT {word} AS word FROM {lines})"
    lengths = connection.execute(
        f"SELECT DISTINCT length(word) FROM {source}"
    ).fetchall()
    return Rows(
        source=source,
        is_broken=f"coalesce(word <> '' AND length(word) NOT IN ({digits}), false)",
        cells={
            DigestKind(BARE_DIGESTS[length]): f"if(length(word) = {length}, word, NULL)"
            for (length,) in sorted(lengths, key=str)
            if length in BARE_DIGESTS
        },
    )


def _json(connection: duckdb.DuckDBPyConnection, known: ListFile, link: Path) -> Rows:
    source = (
        f"read_json_objects('{link}', format = '{known.format}', "
        f"ignore_errors = {known.format is ListFormat.LINES}, "
        f"compression = '{_compression(known)}', "
        f"maximum_object_size = {_MAX_ROW_BYTES})"
    )
    keys = connection.execute(
        f"SELECT DISTINCT unnest(json_keys(json)) FROM {source}"
    ).fetchall()
    cells: dict[DigestKind, list[str]] = {}
    for (key,) in sorted(keys):
        kind = kind_of(key) if _PLAIN_NAME.fullmatch(key) else None
        if kind is not None:
            cells.setdefault(kind, []).append(f"json ->> '$.\"{key}\"'")
        elif key == SERVER_DIGESTS:
            for whole in WHOLE:
                cells.setdefault(whole, []).append(f"json ->> '$.{key}.{whole}'")
    is_broken = "coalesce(json_type(json) <> 'OBJECT', true)"
    return Rows(source=source, is_broken=is_broken, cells=_first(cells))


def _csv(
    known: ListFile, link: Path, encoding: str, names: Sequence[str], dialect: str
) -> str:
    columns = ", ".join(f"{name}: 'VARCHAR'" for name in names)
    return (
        f"read_csv('{link}', columns = {{{columns}}}, auto_detect = false, {dialect}, "
        f"encoding = '{encoding}', compression = '{_compression(known)}', "
        f"ignore_errors = true, store_rejects = true, rejects_limit = {_MAX_REJECTS}, "
        f"max_line_size = {_MAX_ROW_BYTES}, buffer_size = {2 * _MAX_ROW_BYTES})"
    )


def _first(cells: Mapping[DigestKind, list[str]]) -> dict[DigestKind, str]:
    """Return SQL for the first cell of each kind that is not empty."""
    filled = {
        kind: [f"nullif(trim({cell}), '')" for cell in texts]
        for kind, texts in cells.items()
    }
    return {kind: f"coalesce({', '.join(texts)})" for kind, texts in filled.items()}


def _compression(known: ListFile) -> str:
    return "gzip" if known.is_gzipped and not known.start else "none"
