"""Load known lists into DuckDB: digests as words of 64 bits, larger than memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from fpcrawler.core.fingerprint.known import DigestKind
from fpcrawler.errors import BadInput
from fpcrawler.known.details import packed
from fpcrawler.known.looks import look_of_line, unlike_a_list
from fpcrawler.known.opening import LIST, naming_stdin, replace_by_utf_8
from fpcrawler.known.rows import without_digests
from fpcrawler.known.words import checked, key_columns, word_columns, word_names
from fpcrawler.tables.duck import linked, rejected

if TYPE_CHECKING:
    import duckdb

    from fpcrawler.core.fingerprint.known import KnownSet
    from fpcrawler.known.rows import ListFile, Rows
    from fpcrawler.tables.duck import Rejected

TABLE, DETAIL = "entries", "detail"
_MORE = "more_entries"
_EMPTY = "it is empty"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entries:
    """The content of a list: kinds, rows, digests, skipped cells and rows.

    ``given``: its set by its user. ``note``: how it was read, if that is not obvious.
    ``has_details``: it says more of a file than its digests. ``has_sets``: among this
    are sets, so its rows may differ in them. ``source``: SQL for the table and further
    digests of its rows, in the same columns.
    """

    name: str
    kinds: tuple[DigestKind, ...]
    rows: int
    digests: int
    skipped: int
    given: KnownSet | None = None
    note: str = ""
    has_details: bool = False
    has_sets: bool = False
    source: str = TABLE


@contextmanager
def loaded(connection: duckdb.DuckDBPyConnection, known: ListFile) -> Iterator[Entries]:
    """Load a list into the table ``entries`` for the body; raises BadInput.

    Columns: ``row``, from 1, in the order of the list; for each kind those of
    :func:`word_names`, NULL where the row has no such digest; for samples also those
    of :func:`key_names`; ``detail`` if the list has any, for ``details.unpacked``.
    """
    # row_number() needs the order of the list.
    connection.execute("SET preserve_insertion_order = true")
    try:
        stdin = naming_stdin(known.path) if known.holder else nullcontext()
        with stdin, linked([known], LIST) as (link,):
            entries = _read(connection, known, link)
        yield entries
    finally:
        connection.execute(
            f"DROP TABLE IF EXISTS {TABLE}; DROP TABLE IF EXISTS {_MORE}"
        )


def _read(
    connection: duckdb.DuckDBPyConnection, known: ListFile, link: Path
) -> Entries:
    if known.form.rows_of is None:
        raise BadInput(f"known list {known.path} is a database; look it up instead.")
    if known.encoding != "utf-8":
        replace_by_utf_8(link, known)
    # Digests are ASCII; file names beside them may have any encoding.
    for encoding in ("utf-8", "latin-1"):
        rows = known.form.rows_of(connection, known, link, encoding)
        if rows.cells:
            connection.execute(f"CREATE OR REPLACE TABLE {TABLE} AS {_selected(rows)}")
            _add_more(connection, rows)
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
        return Entries(
            name=known.name, kinds=(), rows=0, digests=0, skipped=0, note=_EMPTY
        )
    return _counted(connection, known, rows, len({row.line for row in rejects}))


def _add_more(connection: duckdb.DuckDBPyConnection, rows: Rows) -> None:
    """Load the further digests of rows into a table of their own, if there are any."""
    connection.execute(f"DROP TABLE IF EXISTS {_MORE}")
    for at, cells in enumerate(rows.more):
        selected = _selected(rows._replace(cells=cells, is_broken="false"))
        has_digest = " OR ".join(f"{word_names(kind)[0]} NOTNULL" for kind in cells)
        found = f"SELECT * FROM ({selected}) WHERE {has_digest}"
        connection.execute(
            f"INSERT INTO {_MORE} BY NAME {found}"
            if at
            else f"CREATE TABLE {_MORE} AS SELECT * FROM {TABLE} LIMIT 0; "
            f"INSERT INTO {_MORE} BY NAME {found}"
        )


def _selected(rows: Rows) -> str:
    """Return SQL for the rows with their digests as words."""
    raw = [f"{cell} AS {kind}" for kind, cell in rows.cells.items()]
    given = " + ".join(f"({kind} NOTNULL)::UTINYINT" for kind in rows.cells)
    columns = [column for kind in rows.cells for column in word_columns(kind, kind)]
    if DigestKind.SAMPLE in rows.cells:
        columns += key_columns(DigestKind.SAMPLE)
    if rows.details:
        raw.append(f"{packed(rows.details)} AS {DETAIL}")
        columns.append(DETAIL)
    cells = [*map(checked, rows.cells), *([DETAIL] if rows.details else [])]
    return f"""
        SELECT row, skipped + given - ({given}) AS skipped, {", ".join(columns)}
        FROM (
            SELECT row, skipped, {given} AS given, {", ".join(cells)}
            FROM (
                SELECT row_number() OVER () AS row,
                    ({rows.is_broken})::UTINYINT AS skipped, {", ".join(raw)}
                FROM {rows.source}
            )
        )
        """


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
        look = look_of_line(found)
        if look is not None:
            raise unlike_a_list(known.path, look)
        raise without_digests(known, found)


def _counted(
    connection: duckdb.DuckDBPyConnection,
    known: ListFile,
    rows: Rows,
    rejected_rows: int,
) -> Entries:
    source = f"(FROM {TABLE} UNION ALL FROM {_MORE})" if rows.more else TABLE
    names = {kind: word_names(kind)[0] for kind in DigestKind if kind in rows.cells}
    counts = connection.execute(
        f"SELECT (SELECT count(*) FROM {TABLE}), coalesce(sum(skipped), 0), "
        f"{', '.join(f'count({name})' for name in names.values())} FROM {source}"
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
        given=known.given,
        note=known.layout.note if number else _EMPTY,
        has_details=bool(rows.details),
        has_sets="set" in rows.details,
        source=source,
    )
