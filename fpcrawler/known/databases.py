"""Lists in SQLite, such as NSRL's RDS 3: asked for digests, never loaded.

RDS 3 has 20 million files and more. A column with an index is asked digest by digest;
for the others there is one scan for all digests together.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import NamedTuple
from urllib.parse import quote
from weakref import finalize

from fpcrawler.core.fingerprint.known import WHOLE, DigestKind
from fpcrawler.errors import BadInput
from fpcrawler.known.columns import kind_of, plain
from fpcrawler.known.details import Detail
from fpcrawler.known.rows import ListFile, without_digests
from fpcrawler.known.tables import Entries

_PREFERRED = ("FILE", "METADATA")
"""The tables of RDS 3 with a row for each file."""
_SIZES = ("filesize", "size", "bytes")
_NAMES = ("filename", "name")
_STEPS = 100_000
"""Steps of SQLite's machine after which Python may handle a signal."""


class Found(NamedTuple):
    """A digest that a database has, and what the row says besides."""

    kind: DigestKind
    digest: str
    detail: Detail


class Database:
    """A list in SQLite; raises BadInput if it has no column of digests.

    ``kinds``: those of its columns. ``indexed``: those that need no scan.
    """

    def __init__(self, known: ListFile) -> None:
        self.known = known
        path = quote(str(known.path.absolute()))
        with self._errors():
            self._connection = sqlite3.connect(f"file:{path}?immutable=1", uri=True)
            finalize(self, self._connection.close)
            self._connection.execute("PRAGMA trusted_schema = OFF")
            self._connection.set_progress_handler(lambda: None, _STEPS)
            self._table, names = self._file_table()
            self._columns = {
                kind: _quoted(name) for name in names if (kind := _whole_kind(name))
            }
            self._details = ", ".join(self._detail_columns(names))
            self.kinds = tuple(kind for kind in WHOLE if kind in self._columns)
            self.indexed = tuple(kind for kind in self.kinds if self._has_index(kind))
            self.rows = self._count()

    def entries(self, kinds: tuple[DigestKind, ...]) -> Entries:
        """Return what the database has, of these kinds."""
        left_out = [kind for kind in self.kinds if kind not in kinds]
        note = (
            f"{' and '.join(left_out)} without an index are not looked up; run "
            f"{self.index_advice()} in sqlite3"
        )
        return Entries(
            name=self.known.name,
            kinds=kinds,
            rows=self.rows,
            digests=self.rows * len(kinds),
            skipped=0,
            given=self.known.given,
            note=note if left_out else "",
        )

    def look_up(self, kind: DigestKind, digest: str) -> Detail | None:
        """Return what the first row with a digest says; None if it has none."""
        query = (
            f"SELECT {self._details} FROM {self._table} "
            f"WHERE {self._columns[kind]} IN (?, ?) ORDER BY 1 LIMIT 1"
        )
        with self._errors():
            row = self._connection.execute(query, _cases(digest)).fetchone()
        return None if row is None else _detail(*row)

    def find(self, wanted: Mapping[DigestKind, Iterable[str]]) -> Iterator[Found]:
        """Yield each of the wanted digests that the database has, once."""
        for kind in self.indexed:
            for digest in wanted.get(kind, ()):
                detail = self.look_up(kind, digest)
                if detail is not None:
                    yield Found(kind, digest, detail)
        scanned = [kind for kind in self.kinds if kind not in self.indexed]
        if scanned:
            yield from self._scan({kind: {*wanted.get(kind, ())} for kind in scanned})

    def _scan(self, wanted: Mapping[DigestKind, set[str]]) -> Iterator[Found]:
        execute = self._connection.execute
        with self._errors():
            execute("CREATE TEMP TABLE wanted (digest PRIMARY KEY) WITHOUT ROWID")
            digests = {digest for digests in wanted.values() for digest in digests}
            cases = ((each,) for digest in digests for each in _cases(digest))
            self._connection.executemany(
                "INSERT OR IGNORE INTO wanted VALUES (?)", cases
            )
            columns = [self._columns[kind] for kind in wanted]
            conditions = (f"{column} IN temp.wanted" for column in columns)
            rows = execute(
                f"SELECT {self._details}, {', '.join(columns)} FROM {self._table} "
                f"WHERE {' OR '.join(conditions)}"
            )
            left = {kind: {*digests} for kind, digests in wanted.items()}
            for row, size, name, known_set, *found in rows:
                for kind, text in zip(wanted, found, strict=True):
                    digest = str(text).lower()
                    if digest in left[kind]:
                        left[kind].discard(digest)
                        yield Found(kind, digest, _detail(row, size, name, known_set))
            execute("DROP TABLE wanted")

    def index_advice(self) -> str:
        """Return the SQL that makes the indexes that are missing."""
        return "; ".join(
            f"CREATE INDEX known_{kind} ON {self._table} ({self._columns[kind]})"
            for kind in self.kinds
            if kind not in self.indexed
        )

    def _file_table(self) -> tuple[str, list[str]]:
        """Return the table or view with digests, quoted, and its columns."""
        tables = self._connection.execute(
            "SELECT name FROM sqlite_master WHERE type IN ('table', 'view')"
        ).fetchall()
        columns = {
            name: [
                column
                for _, column, *_ in self._connection.execute(
                    f"PRAGMA table_info({_quoted(name)})"
                )
            ]
            for (name,) in tables
        }
        ranked = sorted(columns, key=lambda name: _rank(name, columns[name]))
        if not ranked or not any(map(_whole_kind, columns[ranked[-1]])):
            listed = ", ".join(name for names in columns.values() for name in names)
            raise without_digests(self.known, listed)
        return _quoted(ranked[-1]), columns[ranked[-1]]

    def _detail_columns(self, names: list[str]) -> Iterator[str]:
        """Yield SQL for the number of a row, its size, its name and its set."""
        plains = {plain(name): _quoted(name) for name in names}
        try:
            self._connection.execute(f"SELECT rowid FROM {self._table} LIMIT 1")
            yield "rowid"
        except sqlite3.OperationalError:  # a view, or WITHOUT ROWID
            yield "NULL"
        for candidates in (_SIZES, _NAMES):
            found = [plains[name] for name in candidates if name in plains]
            yield found[0] if found else "NULL"
        is_nsrl = plains.keys() & {"packageid", "crc32"}
        yield "'known-good'" if is_nsrl else "'unknown'"

    def _has_index(self, kind: DigestKind) -> bool:
        plan = self._connection.execute(
            f"EXPLAIN QUERY PLAN SELECT 1 FROM {self._table} "
            f"WHERE {self._columns[kind]} IN (?, ?)",
            ("", ""),
        ).fetchall()
        steps = [str(step[-1]) for step in plan]
        return not any("SCAN" in step or "AUTOMATIC" in step for step in steps)

    def _count(self) -> int:
        """Return the number of the last row: counting would read the whole table."""
        if self._details.startswith("NULL"):
            return 0
        query = f"SELECT max(rowid) FROM {self._table}"
        (last,) = self._connection.execute(query).fetchone()
        return last or 0

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            if str(error) == "interrupted":  # by a signal, in the progress handler
                raise KeyboardInterrupt from error
            raise BadInput(
                f"known list {self.known.path} cannot be read as SQLite ({error}); "
                "copy or download it again."
            ) from error


def _rank(name: str, columns: list[str]) -> tuple[int, int]:
    kinds = len({*map(_whole_kind, columns)} - {None})
    preference = (
        _PREFERRED[::-1].index(name.upper()) if name.upper() in _PREFERRED else -1
    )
    return (preference if kinds else -2, kinds)


def _whole_kind(column: str) -> DigestKind | None:
    kind = kind_of(column)
    return kind if kind in WHOLE else None


def _cases(digest: str) -> tuple[str, str]:
    """Return a digest as a database may write it: an index compares letters as such."""
    return digest.lower(), digest.upper()


def _detail(row: object, size: object, name: object, known_set: str) -> Detail:
    return Detail(
        row=row if isinstance(row, int) else None,
        size=int(str(size)) if str(size).isdecimal() else None,
        set="known-good" if known_set == "known-good" else "unknown",
        name=str(name) if name else None,
    )


def _quoted(name: str) -> str:
    escaped = name.replace('"', '""')
    return f'"{escaped}"'
