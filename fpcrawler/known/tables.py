"""Load known lists into DuckDB: digests as words of 64 bits, larger than memory."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import duckdb

from fpcrawler.core.fingerprint.digests import DIGESTS
from fpcrawler.core.fingerprint.known import DigestKind
from fpcrawler.errors import BadInput
from fpcrawler.known.files import unwrap
from fpcrawler.known.index import KEY_WORDS, WORD_BYTES
from fpcrawler.known.rows import rows_of

if TYPE_CHECKING:
    from fpcrawler.known.files import ListFile
    from fpcrawler.known.rows import Rows

TABLE = "entries"
_WORD_DIGITS = 2 * WORD_BYTES


@dataclass(frozen=True, slots=True, kw_only=True)
class Entries:
    """The content of a list: kinds, rows, digests, skipped cells and rows."""

    name: str
    kinds: tuple[DigestKind, ...]
    rows: int
    digests: int
    skipped: int


@contextmanager
def loaded(connection: duckdb.DuckDBPyConnection, known: ListFile) -> Iterator[Entries]:
    """Load a list into the table ``entries`` for the body; raises BadInput.

    Columns: ``row``, from 1, in the order of the list; for each kind those of
    :func:`word_names`, NULL where the row has no such digest; for samples also those
    of :func:`key_names`.
    """
    # row_number() needs the order of the list.
    connection.execute("SET preserve_insertion_order = true")
    with TemporaryDirectory(prefix="fpcrawler-") as folder:
        # With a link name of ours, no path is read as a glob, a URL or SQL.
        link = Path(folder, "list")
        if known.start:
            unwrap(known, link)
        else:
            link.symlink_to(known.path.absolute())
        try:
            yield _load(connection, known, link)
        finally:
            connection.execute(f"DROP TABLE IF EXISTS {TABLE}")


def word_names(kind: DigestKind) -> list[str]:
    """Return the columns of a digest's words; a sample is kept as its SHA-256."""
    digits = DIGESTS[DigestKind.SHA256 if kind is DigestKind.SAMPLE else kind].digits
    return [f"{kind}_{at}" for at in range(-(-digits // _WORD_DIGITS))]


def key_names() -> list[str]:
    """Return the columns of the words that the key of a sample is computed from."""
    return [f"key_{number}" for number in KEY_WORDS]


def word_columns(kind: DigestKind, text: str) -> list[str]:
    """Return SQL for a digest's words; ``text`` is SQL for its hex digits or NULL."""
    if kind is DigestKind.SAMPLE:
        text, kind_of_text = f"sha256(unhex({text}))", DigestKind.SHA256
    else:
        kind_of_text = kind
    digits = DIGESTS[kind_of_text].digits
    return [
        f"{_word(text, number, digits)} AS {name}"
        for number, name in enumerate(word_names(kind))
    ]


def checked(kind: DigestKind, text: str) -> str:
    """Return SQL for a text if it is a digest of this kind in hex, else NULL.

    ``text`` is the name of a column.
    """
    digits = DIGESTS[kind].digits
    return f"if(length({text}) = {digits} AND try(unhex({text})) NOTNULL, {text}, NULL)"


def _word(text: str, number: int, digits: int) -> str:
    at = _WORD_DIGITS * number
    length = min(_WORD_DIGITS, digits - at)
    of = "UBIGINT" if length == _WORD_DIGITS else "UINTEGER"
    return f"('0x' || substr({text}, {at + 1}, {length}))::{of}"


def _load(
    connection: duckdb.DuckDBPyConnection, known: ListFile, link: Path
) -> Entries:
    try:
        return _read(connection, known, link)
    except (duckdb.OutOfMemoryException, duckdb.InterruptException):
        raise  # not an error of the list
    except duckdb.Error as error:
        message = str(error).replace(str(link), str(known.path))
        raise BadInput(_reason(known.path, message)) from error


def _read(
    connection: duckdb.DuckDBPyConnection, known: ListFile, link: Path
) -> Entries:
    rows = rows_of(connection, known, link, known.encoding)
    _create(connection, rows)
    rejects = _rejects(connection)
    if any(kind == "INVALID ENCODING" for _, kind, _ in rejects):
        # Digests are ASCII; file names beside them may have any encoding.
        rows = rows_of(connection, known, link, "latin-1")
        _create(connection, rows)
        rejects = _rejects(connection)
    for line, _, text in rejects:
        if len(text.strip().splitlines()) > 1:
            raise BadInput(
                f"known list {known.path}: line {line} has an unmatched quote, so the "
                "rows after it are unclear; correct it."
            )
    return _counted(connection, known, rows, len({line for line, *_ in rejects}))


def _create(connection: duckdb.DuckDBPyConnection, rows: Rows) -> None:
    kinds = list(rows.cells)
    raw = [f"{cell} AS {kind}" for kind, cell in rows.cells.items()]
    valid = [f"{checked(kind, kind)} AS {kind}" for kind in kinds]
    given = " + ".join(f"({kind} NOTNULL)::UTINYINT" for kind in kinds)
    columns = [column for kind in kinds for column in word_columns(kind, kind)]
    if DigestKind.SAMPLE in kinds:
        digits = DIGESTS[DigestKind.SAMPLE].digits
        columns += [
            f"{_word(DigestKind.SAMPLE, number, digits)} AS {name}"
            for number, name in zip(KEY_WORDS, key_names(), strict=True)
        ]
    connection.execute(
        f"""
        CREATE OR REPLACE TABLE {TABLE} AS
        SELECT row, skipped + given - ({given}) AS skipped, {", ".join(columns)}
        FROM (
            SELECT row, skipped, {given} AS given, {", ".join(valid)}
            FROM (
                SELECT row_number() OVER () AS row,
                    ({rows.is_broken})::UTINYINT AS skipped, {", ".join(raw)}
                FROM {rows.source}
            )
        )
        """
    )


def _rejects(connection: duckdb.DuckDBPyConnection) -> list[tuple[int, str, str]]:
    """Return line, error and text of each rejected row, and clear the list."""
    tables = connection.execute(
        "SELECT 1 FROM duckdb_tables() WHERE table_name = 'reject_errors'"
    ).fetchall()
    if not tables:
        return []
    rows = connection.execute(
        "SELECT line, error_type::VARCHAR, coalesce(csv_line, '') FROM reject_errors"
    ).fetchall()
    connection.execute("DROP TABLE reject_errors; DROP TABLE reject_scans")
    return rows


def _counted(
    connection: duckdb.DuckDBPyConnection,
    known: ListFile,
    rows: Rows,
    rejected: int,
) -> Entries:
    names = {kind: word_names(kind)[0] for kind in DigestKind if kind in rows.cells}
    counts = connection.execute(
        "SELECT count(*), coalesce(sum(skipped), 0), "
        f"{', '.join(f'count({name})' for name in names.values())} FROM {TABLE}"
    ).fetchone()
    number, skipped, *digests = counts or (0, 0)
    if not any(digests):
        raise BadInput(f"known list {known.path} has no digest; name another list.")
    return Entries(
        name=known.name,
        kinds=tuple(kind for kind, n in zip(names, digests, strict=True) if n),
        rows=number,
        digests=sum(digests),
        skipped=int(skipped) + rejected,
    )


def _reason(path: Path, error: str) -> str:
    """Return one sentence: why a list cannot be read, and what to do."""
    if "GZIP" in error:
        return f"known list {path} is not a complete gzip file; download it again."
    if "JSON" in error:
        return f"known list {path} is not complete JSON; correct it."
    first = error.partition("\n")[0]
    return f"known list {path} cannot be read ({first}); name another list."
