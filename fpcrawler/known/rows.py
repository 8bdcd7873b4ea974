"""SQL that reads the rows of a known list, for each format."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from fpcrawler.core.fingerprint.digests import BARE_DIGESTS
from fpcrawler.core.fingerprint.known import WHOLE, DigestKind
from fpcrawler.feeds.files import FeedFormat
from fpcrawler.known.files import SERVER_DIGESTS, kind_of, no_columns, unwrap
from fpcrawler.tables.duck import csv_source, json_source, json_text

if TYPE_CHECKING:
    import duckdb

    from fpcrawler.known.files import ListFile

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
    if known.format in (FeedFormat.ARRAY, FeedFormat.LINES):
        rows = _json(connection, known, link)
    else:
        source = csv_source(
            link,
            max(len(known.header), 1),
            is_gzipped=known.is_gzipped,
            delimiter=known.delimiter,
            encoding=encoding,
        )
        is_bare = known.format is FeedFormat.BARE
        rows = _bare(connection, source) if is_bare else _table(known, source)
    if not rows.cells:
        raise no_columns(known.path)
    return rows


def _table(known: ListFile, source: str) -> Rows:
    columns = [
        (name, partial(_cell_text, f"c{number}"))
        for number, name in enumerate(known.header)
    ]
    return Rows(source, "false", _cells(columns))


def _bare(connection: duckdb.DuckDBPyConnection, lines: str) -> Rows:
    digits = ", ".join(map(str, BARE_DIGESTS))
    # Most lines are just a hash; only other lines need the slower search.
    word = f"if(length(c0) IN ({digits}), c0, {_WORD})"
    source = f"(SELECT {word} AS word FROM {lines})"
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
    if known.start:
        unwrap(known, link)
    is_gzipped = known.is_gzipped and not known.start
    source = json_source([link], known.format, is_gzipped=is_gzipped)
    keys = connection.execute(
        f"SELECT DISTINCT unnest(json_keys(json)) FROM {source}"
    ).fetchall()
    columns = [
        (key, partial(json_text, "json", key))
        for (key,) in sorted(keys)
        if _PLAIN_NAME.fullmatch(key)
    ]
    is_broken = "coalesce(json_type(json) <> 'OBJECT', true)"
    return Rows(source, is_broken, _cells(columns))


def _cells(columns: Iterable[tuple[str, Callable[..., str]]]) -> dict[DigestKind, str]:
    """Return SQL for the first cell of each kind that is not empty.

    ``columns``: each name, and the function from keys in a cell to SQL for the text.
    """
    texts: dict[DigestKind, list[str]] = defaultdict(list)
    for name, text_of in columns:
        kind = kind_of(name)
        if kind is not None:
            texts[kind].append(text_of())
        elif name == SERVER_DIGESTS:
            for whole in WHOLE:
                texts[whole].append(text_of(whole))
    return {
        kind: f"coalesce({', '.join(f'nullif(trim({t}), {_EMPTY})' for t in found)})"
        for kind, found in texts.items()
    }


_EMPTY = "''"


def _cell_text(cell: str, *keys: str) -> str:
    return json_text(f"try_cast({cell} AS JSON)", *keys) if keys else cell
