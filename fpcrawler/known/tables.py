"""Load known lists into DuckDB: digests as words of 64 bits, larger than memory."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from fpcrawler.core.fingerprint.digests import BARE_DIGESTS
from fpcrawler.core.fingerprint.known import WHOLE, DigestKind
from fpcrawler.errors import BadInput
from fpcrawler.feeds.files import FeedFormat
from fpcrawler.known.files import DIGEST_OBJECTS, LIST, kind_of, unwrap
from fpcrawler.known.words import checked, key_columns, word_columns, word_names
from fpcrawler.tables.duck import csv_source, json_source, json_text, linked, rejected

if TYPE_CHECKING:
    import duckdb

    from fpcrawler.known.files import ListFile
    from fpcrawler.tables.duck import Rejected

TABLE = "entries"
_MAX_SHOWN = 60
_PLAIN_NAME = re.compile(r"[\w -]+", re.ASCII)
# Characters around a hash; md5sum writes a backslash before the hash of an odd name.
_AROUND = ',;|\t"\\'
_WORD = f"split_part(ltrim(translate(c0, '{_AROUND}', '{' ' * len(_AROUND)}')), ' ', 1)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entries:
    """The content of a list: kinds, rows, digests, skipped cells and rows."""

    name: str
    kinds: tuple[DigestKind, ...]
    rows: int
    digests: int
    skipped: int


class Rows(NamedTuple):
    """SQL: the source of the rows, whether a row is broken, the cell of each kind."""

    source: str
    is_broken: str
    cells: Mapping[DigestKind, str]


@contextmanager
def loaded(connection: duckdb.DuckDBPyConnection, known: ListFile) -> Iterator[Entries]:
    """Load a list into the table ``entries`` for the body; raises BadInput.

    Columns: ``row``, from 1, in the order of the list; for each kind those of
    :func:`word_names`, NULL where the row has no such digest; for samples also those
    of :func:`key_names`.
    """
    # row_number() needs the order of the list.
    connection.execute("SET preserve_insertion_order = true")
    try:
        with linked([known], LIST) as (link,):
            entries = _read(connection, known, link)
        yield entries
    finally:
        connection.execute(f"DROP TABLE IF EXISTS {TABLE}")


def _read(
    connection: duckdb.DuckDBPyConnection, known: ListFile, link: Path
) -> Entries:
    # Digests are ASCII; file names beside them may have any encoding.
    for encoding in (known.encoding, "latin-1"):
        rows = _rows_of(connection, known, link, encoding)
        if rows.cells:
            _create(connection, rows)
        rejects = rejected(connection)
        if not any(row.has_other_encoding for row in rejects):
            break
    for row in rejects:
        if row.has_open_quote:
            raise BadInput(
                f"known list {known.path}: line {row.line} has an unmatched quote, so "
                "the rows after it are unclear; correct it."
            )
    if not rows.cells:
        _check_empty(connection, known, rows, rejects)
        return Entries(name=known.name, kinds=(), rows=0, digests=0, skipped=0)
    return _counted(connection, known, rows, len({row.line for row in rejects}))


def _rows_of(
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


def _create(connection: duckdb.DuckDBPyConnection, rows: Rows) -> None:
    raw = [f"{cell} AS {kind}" for kind, cell in rows.cells.items()]
    given = " + ".join(f"({kind} NOTNULL)::UTINYINT" for kind in rows.cells)
    columns = [column for kind in rows.cells for column in word_columns(kind, kind)]
    if DigestKind.SAMPLE in rows.cells:
        columns += key_columns(DigestKind.SAMPLE)
    connection.execute(
        f"""
        CREATE OR REPLACE TABLE {TABLE} AS
        SELECT row, skipped + given - ({given}) AS skipped, {", ".join(columns)}
        FROM (
            SELECT row, skipped, {given} AS given, {", ".join(map(checked, rows.cells))}
            FROM (
                SELECT row_number() OVER () AS row,
                    ({rows.is_broken})::UTINYINT AS skipped, {", ".join(raw)}
                FROM {rows.source}
            )
        )
        """
    )


def _check_empty(
    connection: duckdb.DuckDBPyConnection,
    known: ListFile,
    rows: Rows,
    rejects: Sequence[Rejected],
) -> None:
    """Raise BadInput for a list without columns of digests, unless it has no rows."""
    first = connection.execute(
        f"SELECT c0 FROM {rows.source} WHERE word <> '' LIMIT 1"
    ).fetchone()
    if first is not None or rejects:
        (found,) = first or ("no text",)
        raise BadInput(
            f"known list {known.path} has none of the columns {', '.join(DigestKind)}, "
            f"only {found[:_MAX_SHOWN]!r}; add one."
        )


def _counted(
    connection: duckdb.DuckDBPyConnection,
    known: ListFile,
    rows: Rows,
    rejected_rows: int,
) -> Entries:
    names = {kind: word_names(kind)[0] for kind in DigestKind if kind in rows.cells}
    counts = connection.execute(
        "SELECT count(*), coalesce(sum(skipped), 0), "
        f"{', '.join(f'count({name})' for name in names.values())} FROM {TABLE}"
    ).fetchone()
    number, skipped, *digests = counts or (0, 0)
    if not any(digests) and (number or rejected_rows):
        raise BadInput(f"known list {known.path} has no digest; name another list.")
    return Entries(
        name=known.name,
        kinds=tuple(kind for kind, n in zip(names, digests, strict=True) if n),
        rows=number,
        digests=sum(digests),
        skipped=int(skipped) + rejected_rows,
    )
