"""SQL that reads the rows of a known list, whatever its format."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from fpcrawler.core.fingerprint.digests import BARE_DIGESTS
from fpcrawler.core.fingerprint.known import WHOLE, DigestKind
from fpcrawler.errors import BadInput
from fpcrawler.feeds.files import FeedFormat
from fpcrawler.known.files import DIGEST_OBJECTS, kind_of, unwrap
from fpcrawler.tables.duck import csv_source, json_source, json_text, parquet_source

if TYPE_CHECKING:
    import duckdb

    from fpcrawler.known.files import ListFile

_MAX_SHOWN = 60
_PLAIN_NAME = re.compile(r"[\w -]+", re.ASCII)
# Characters around a hash; md5sum writes a backslash before the hash of an odd name.
_AROUND = ',;|\t"\\'
_WORD = f"split_part(ltrim(translate(c0, '{_AROUND}', '{' ' * len(_AROUND)}')), ' ', 1)"


class Rows(NamedTuple):
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
        case FeedFormat.CSV:
            source = csv_source(link, known, encoding)
            cells = [
                (name, f"c{number}", f"try_cast(c{number} AS JSON)")
                for number, name in enumerate(known.header)
            ]
            return Rows(source, "false", _cells(cells))
        case FeedFormat.BARE:
            return _bare(connection, csv_source(link, known, encoding))
        case FeedFormat.PARQUET:
            return _parquet(connection, known, link)
        case _:
            return _json(connection, known, link)


def _bare(connection: duckdb.DuckDBPyConnection, lines: str) -> Rows:
    digits = ", ".join(map(str, BARE_DIGESTS))
    # Most lines are just a hash; only other lines need the slower search.
    word = f"if(length(c0) IN ({digits}), c0, {_WORD})"
    source = f"(SELECT c0, {word} AS word FROM {lines})"
    found = connection.execute(f"SELECT DISTINCT length(word) FROM {source}").fetchall()
    return Rows(
        source,
        f"coalesce(word <> '' AND length(word) NOT IN ({digits}), false)",
        {
            DigestKind(kind): f"if(length(word) = {length}, word, NULL)"
            for length, kind in BARE_DIGESTS.items()
            if (length,) in found
        },
    )


def _json(connection: duckdb.DuckDBPyConnection, known: ListFile, link: Path) -> Rows:
    source = json_source([unwrap(known, link) if known.start else link], known, ())
    keys = connection.execute(
        f"SELECT DISTINCT unnest(json_keys(json)) FROM {source}"
    ).fetchall()
    cells = [
        (key, json_text("json", key), f"(json -> '$.{key}')")
        for (key,) in sorted(keys)
        if _PLAIN_NAME.fullmatch(key)
    ]
    found = _cells(cells)
    if not found:
        texts = f"(SELECT coalesce(json ->> '$', 'null') AS c0 FROM {source})"
        return _bare(connection, texts)
    return Rows(source, "coalesce(json_type(json) <> 'OBJECT', true)", found)


def _parquet(
    connection: duckdb.DuckDBPyConnection, known: ListFile, link: Path
) -> Rows:
    source = parquet_source(link)
    columns = connection.execute(f"DESCRIBE FROM {source}").fetchall()
    cells = [
        # A digest may be bytes or, as in the other formats, hex.
        (
            name,
            f'"{name}"::VARCHAR' if kind != "BLOB" else f'hex("{name}")',
            f'to_json("{name}")',
        )
        for name, kind, *_ in columns
        if _PLAIN_NAME.fullmatch(name)
    ]
    found = _cells(cells)
    if not found:
        raise without_digests(known, ", ".join(name for name, *_ in columns))
    return Rows(source, "false", found)


def _cells(columns: Iterable[tuple[str, str, str]]) -> dict[DigestKind, str]:
    """Return SQL for the first cell of each kind that is not empty.

    ``columns``: the name of each, and SQL for its text and for its JSON value.
    """
    texts: dict[DigestKind, list[str]] = defaultdict(list)
    objects = {}
    for name, text, value in columns:
        kind = kind_of(name)
        if kind is not None:
            texts[kind].append(f"nullif(trim({text}), '')")
        elif name in DIGEST_OBJECTS:
            objects[name] = value
    for value in (objects[name] for name in DIGEST_OBJECTS if name in objects):
        for whole in WHOLE:
            texts[whole].append(f"nullif(trim({json_text(value, whole)}), '')")
    return {kind: f"coalesce({', '.join(found)})" for kind, found in texts.items()}


def without_digests(known: ListFile, found: str) -> BadInput:
    """Return the error for a list that has ``found`` only."""
    return BadInput(
        f"known list {known.path} has none of the columns {', '.join(DigestKind)}, "
        f"only {found[:_MAX_SHOWN]!r}; add one."
    )
