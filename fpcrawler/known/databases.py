"""Lists in SQLite, such as NSRL's RDS 3: asked for digests, never loaded.

RDS 3 has 20 million files and more. A column with an index is asked digest by digest;
for the others there is one scan for all digests together.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote
from weakref import finalize

from fpcrawler.core.fingerprint.known import WHOLE, DigestKind
from fpcrawler.errors import BadInput
from fpcrawler.known.columns import plain
from fpcrawler.known.database_tables import detail_columns, file_table
from fpcrawler.known.details import Detail
from fpcrawler.known.tables import Entries

if TYPE_CHECKING:
    from fpcrawler.known.rows import ListFile

_MAX_COUNTED = 1_000_000
"""Rows of a view that are counted at most."""
_MAGIC_BYTES = 8
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
        _check_complete(known)
        with self._errors():
            # What is finalized may be so in another thread.
            self._connection = sqlite3.connect(
                f"file:{path}?immutable=1", uri=True, check_same_thread=False
            )
            finalize(self, self._connection.close)
            self._connection.execute("PRAGMA trusted_schema = OFF")
            self._connection.set_progress_handler(lambda: None, _STEPS)
            self._table, names, self._columns = file_table(self._connection, known)
            found = detail_columns(self._connection, self._table, names)
            self._details = ", ".join(found)
            self._is_view = self._details.startswith("NULL")
            self.kinds = tuple(kind for kind in WHOLE if kind in self._columns)
            self.indexed = tuple(kind for kind in self.kinds if self._has_index(kind))
            self.rows = self._count()

    def entries(self, kinds: tuple[DigestKind, ...]) -> Entries:
        """Return what the database has, of these kinds."""
        notes = []
        if left_out := [kind for kind in self.kinds if kind not in kinds]:
            notes.append(
                f"{' and '.join(left_out)} without an index are not looked up; run "
                f"{self.index_advice()} in sqlite3"
            )
        if self.rows == _MAX_COUNTED and self._is_view:
            notes.append(f"the rows of a view are counted up to {_MAX_COUNTED:,}")
        return Entries(
            name=self.known.name,
            kinds=kinds,
            rows=self.rows,
            digests=self.rows * len(kinds),
            skipped=0,
            given=self.known.given,
            note="; ".join(notes),
        )

    def look_up(self, kind: DigestKind, digest: str) -> Detail | None:
        """Return what the first row with a digest says; None if it has none."""
        query = (
            f"SELECT {self._details} FROM {self._table} "
            f"WHERE {self._has_digest(kind)} ORDER BY 1 LIMIT 1"
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
            columns = [(kind, name) for kind in wanted for name in self._columns[kind]]
            names = [name for _, name in columns]
            conditions = (f"{name} IN temp.wanted" for name in names)
            rows = execute(
                f"SELECT {self._details}, {', '.join(names)} FROM {self._table} "
                f"WHERE {' OR '.join(conditions)}"
            )
            left = {kind: {*digests} for kind, digests in wanted.items()}
            for row, size, name, known_set, *found in rows:
                for (kind, _), value in zip(columns, found, strict=True):
                    digest = _digest(value)
                    if digest in left[kind]:
                        left[kind].discard(digest)
                        yield Found(kind, digest, _detail(row, size, name, known_set))
            execute("DROP TABLE wanted")

    def index_advice(self) -> str:
        """Return the SQL that makes the indexes that are missing."""
        return "; ".join(
            f"CREATE INDEX known_{plain(name)} ON {self._table} ({name})"
            for kind in self.kinds
            if kind not in self.indexed
            for name in self._columns[kind]
        )

    def _has_index(self, kind: DigestKind) -> bool:
        plan = self._connection.execute(
            f"EXPLAIN QUERY PLAN SELECT 1 FROM {self._table} "
            f"WHERE {self._has_digest(kind)}",
            _cases(""),
        ).fetchall()
        steps = [str(step[-1]) for step in plan]
        return not any("SCAN" in step or "AUTOMATIC" in step for step in steps)

    def _has_digest(self, kind: DigestKind) -> str:
        """Return the condition for a digest; its parameters are ``_cases``."""
        columns = (f"{name} IN (?1, ?2, ?3)" for name in self._columns[kind])
        return " OR ".join(columns)

    def _count(self) -> int:
        """Return the number of the last row: counting would read the whole table.

        The rows of a view are counted, up to a limit.
        """
        query = f"SELECT max(rowid) FROM {self._table}"
        if self._is_view:
            limited = f"SELECT 1 FROM {self._table} LIMIT {_MAX_COUNTED}"
            query = f"SELECT count(*) FROM ({limited})"
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


def _check_complete(known: ListFile) -> None:
    """Raise BadInput for a database with rows in a file beside it.

    To read these, SQLite would have to write there. https://sqlite.org/tempfiles.html
    """
    path = known.path.resolve()
    for suffix in ("-wal", "-journal"):
        beside = path.with_name(path.name + suffix)
        with suppress(OSError), beside.open("rb") as file:
            if file.read(_MAGIC_BYTES).strip(b"\0"):  # else it was rolled back
                raise BadInput(
                    f"known list {known.path} has rows in {beside.name}; close what "
                    "writes it, and run PRAGMA journal_mode = DELETE in sqlite3."
                )


def _cases(digest: str) -> tuple[str, str, bytes]:
    """Return a digest as a database may write it: an index compares letters as such."""
    return digest.lower(), digest.upper(), bytes.fromhex(digest)


def _digest(value: object) -> str:
    """Return a digest in hex; Sleuth Kit and Autopsy write bytes."""
    return value.hex() if isinstance(value, bytes) else str(value).lower()


def _detail(row: object, size: object, name: object, known_set: str) -> Detail:
    return Detail(
        row=row if isinstance(row, int) else None,
        size=int(str(size)) if str(size).isdecimal() else None,
        set="known-good" if known_set == "known-good" else "unknown",
        name=str(name) if name else None,
    )
