"""The columns of a list in SQLite: which table has digests, and what else it says."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from fpcrawler.core.fingerprint.known import WHOLE, DigestKind
from fpcrawler.known.columns import kind_of, plain
from fpcrawler.known.rows import ListFile, without_digests

_PREFERRED = ("FILE", "METADATA")
"""The tables of RDS 3 with a row for each file."""
_SIZES = ("filesize", "size", "bytes")
_NAMES = ("filename", "name")


class FileTable(NamedTuple):
    """A table or view with digests: SQL for its name, the names of its columns.

    ``digests``: the columns of each kind; a table may have several, as in a join.
    """

    name: str
    columns: Sequence[str]
    digests: dict[DigestKind, list[str]]


def file_table(connection: sqlite3.Connection, known: ListFile) -> FileTable:
    """Return the table with digests; raises BadInput if there is none."""
    tables = connection.execute(
        "SELECT name FROM sqlite_master WHERE type IN ('table', 'view')"
    ).fetchall()
    columns = {
        name: [
            column
            for _, column, *_ in connection.execute(
                f"PRAGMA table_info({quoted(name)})"
            )
        ]
        for (name,) in tables
    }
    ranked = sorted(columns, key=lambda name: _rank(name, columns[name]))
    if not ranked or not _digests(columns[ranked[-1]]):
        listed = ", ".join(name for names in columns.values() for name in names)
        raise without_digests(known, listed)
    found = columns[ranked[-1]]
    return FileTable(quoted(ranked[-1]), found, _digests(found))


def detail_columns(
    connection: sqlite3.Connection, name: str, columns: Sequence[str]
) -> Iterator[str]:
    """Yield SQL for the number of a row, its size, its name and its set."""
    plains = {plain(column): quoted(column) for column in columns}
    yield "rowid" if _has_rowid(connection, name) else "NULL"
    for candidates in (_SIZES, _NAMES):
        found = [plains[each] for each in candidates if each in plains]
        yield found[0] if found else "NULL"
    is_nsrl = plains.keys() & {"packageid", "crc32"}
    yield "'known-good'" if is_nsrl else "'unknown'"


def quoted(name: str) -> str:
    """Return a name as SQL."""
    escaped = name.replace('"', '""')
    return f'"{escaped}"'


def _has_rowid(connection: sqlite3.Connection, name: str) -> bool:
    try:
        first = connection.execute(f"SELECT rowid FROM {name} LIMIT 1").fetchone()
    except sqlite3.OperationalError:  # a view, or WITHOUT ROWID
        return False
    return first is None or first[0] is not None  # some versions say NULL for a view


def _rank(name: str, columns: Sequence[str]) -> tuple[int, int]:
    kinds = len(_digests(columns))
    preference = (
        _PREFERRED[::-1].index(name.upper()) if name.upper() in _PREFERRED else -1
    )
    return (preference if kinds else -2, kinds)


def _digests(columns: Sequence[str]) -> dict[DigestKind, list[str]]:
    found: dict[DigestKind, list[str]] = {}
    for column in columns:
        kind = kind_of(column)
        if kind in WHOLE:
            found.setdefault(kind, []).append(quoted(column))
    return found
