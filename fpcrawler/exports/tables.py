"""Write feeds as one typed table, in a format that data tools read."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    Literal,
    get_args,
    get_origin,
    get_type_hints,
)

import duckdb

from fpcrawler.exports.formats import ExportFormat
from fpcrawler.items import ImageRecord, Timestamp
from fpcrawler.tables.duck import neutral_cell, quoted
from fpcrawler.tables.feeds import skipped_lines
from fpcrawler.tables.latest import reading_latest

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from fpcrawler.feeds.files import FeedFile


_SCALARS = {
    str: "VARCHAR",
    int: "BIGINT",
    float: "DOUBLE",
    bool: "BOOLEAN",
    Timestamp: "TIMESTAMP",
}


def _structure(hint: Any) -> Any:
    """Return DuckDB's type of a Python type; for fixed keys, a JSON structure."""
    first, *others = get_args(hint) or (hint,)
    if hint in _SCALARS or get_origin(hint) is Literal:
        return _SCALARS.get(hint, "VARCHAR")
    if get_origin(hint) in {list, tuple}:
        # A list of DuckDB has one type.
        is_uniform = get_origin(hint) is list or ... in others
        return [_structure(first if is_uniform else str)]
    if get_origin(hint) in {dict, Mapping}:
        # A column for each of the thousands of EXIF tags would be too many.
        inner = _structure(others[0])
        return f"MAP(VARCHAR, {inner if isinstance(inner, str) else f'{inner[0]}[]'})"
    if get_origin(hint) is Annotated and isinstance(others[0], type):
        return _structure(others[0])
    if others:  # a type or None, or an annotated scalar
        return _structure(first)
    return {name: _structure(kind) for name, kind in get_type_hints(hint).items()}


def _table_type(hint: Any) -> str:
    structure = _structure(hint)
    return structure if isinstance(structure, str) else json.dumps(structure)


TYPES: Mapping[str, str] = {
    name: _table_type(hint)
    for name, hint in get_type_hints(ImageRecord, include_extras=True).items()
}
"""Field to DuckDB's type; for objects with fixed keys, their JSON structure."""

_OPTIONS = {
    # Small row groups: each one is kept in memory until it is written.
    ExportFormat.PARQUET: "FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 20480",
    ExportFormat.CSV: "FORMAT csv, HEADER true, COMPRESSION {}",
    ExportFormat.JSONL: "FORMAT json, ARRAY false, COMPRESSION {}",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """How many records feeds have, and what cannot be exported."""

    records: int
    skipped: Counter[Path]
    """Lines that are not records, by feed."""
    unfit: Counter[str]
    """Values that the type of their field cannot hold, by field; written as null."""


def count_records(
    connection: DuckDBPyConnection, feeds: Sequence[FeedFile], kind: ExportFormat
) -> Counted:
    """Read feeds to their end, before anything is written; raises BadInput."""
    columns = {name: _column(name, kind) for name in TYPES}
    with reading_latest(connection, feeds, [*TYPES]) as source:
        counts = connection.execute(_counting(columns, source)).fetchall()
    return Counted(
        records=sum(row[3] for row in counts),
        skipped=skipped_lines(connection, feeds, [row[:3] for row in counts]),
        unfit=+Counter(
            {
                name: sum(row[place] for row in counts)
                for place, name in enumerate(columns, start=4)
            }
        ),
    )


def write_table(
    connection: DuckDBPyConnection,
    feeds: Sequence[FeedFile],
    path: Path,
    kind: ExportFormat,
    *,
    is_gzipped: bool = False,
) -> None:
    """Write the latest records of feeds to ``path``, in their order.

    They are never all in memory.

    ``kind``: one of TABLES.
    """
    columns = {name: _column(name, kind) for name in TYPES}
    options = _OPTIONS[kind].format("gzip" if is_gzipped else "none")
    with reading_latest(connection, feeds, [*TYPES]) as source, _writing(path):
        connection.execute(
            f"COPY (SELECT {_listed(columns)} FROM {source} WHERE is_latest) "
            f"TO {quoted(str(path))} ({options})"
        )


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    """Raise OSError for an error of the output file, not one of a feed."""
    try:
        yield
    except duckdb.IOException as error:
        reason = str(error).partition("\n")[0]
        if path.name not in reason:
            raise
        raise OSError(reason) from error


def _counting(columns: Mapping[str, str], source: str) -> str:
    unfit = ", ".join(
        f'count("{name}") FILTER (is_latest AND {column} IS NULL)'
        for name, column in columns.items()
    )
    return (
        f"SELECT feed, count(*), count(url), count(*) FILTER (is_latest), {unfit} "
        f"FROM {source} GROUP BY feed"
    )


def _listed(columns: Mapping[str, str]) -> str:
    return ", ".join(f'{column} AS "{name}"' for name, column in columns.items())


def _column(name: str, kind: ExportFormat) -> str:
    """Return the SQL that converts a field's text to its type in the file."""
    column_type = TYPES[name]
    if kind is ExportFormat.CSV:
        return neutral_cell(f'"{name}"')
    if column_type == "VARCHAR":
        return f'"{name}"'
    if kind is ExportFormat.JSONL:
        if column_type == "TIMESTAMP":
            return f'"{name}"'
        return _as_json(name) if column_type != "BOOLEAN" else _cast(name, "BOOLEAN")
    return typed(name)


def typed(name: str) -> str:
    """Return the SQL that converts a field's text to its type, or to NULL."""
    column_type = TYPES[name]
    if column_type == "VARCHAR":
        return f'"{name}"'
    if column_type.startswith("MAP"):
        return f"TRY_CAST({_as_json(name)} AS {column_type})"
    if column_type.startswith(("{", "[")):
        return f"json_transform({_as_json(name)}, {quoted(column_type)})"
    return _cast(name, column_type)


def _as_json(name: str) -> str:
    return _cast(name, "JSON")


def _cast(name: str, column_type: str) -> str:
    return f'TRY_CAST("{name}" AS {column_type})'
