"""Group texts by a key, each once, on disk, however many there are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from fpcrawler.tables.database import database, fetched

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_MEMORY = "128MB"
_BATCH = 10_000
"""Texts that DuckDB gets in one call."""
_TABLE = """
    SET threads = 1;  -- each needs memory of its own
    CREATE TABLE listed (number BIGINT, part BOOLEAN, key VARCHAR, text VARCHAR)
"""
_INSERT = """
    INSERT INTO listed
    SELECT $1 + generate_subscripts($2, 1), unnest($2), unnest($3), unnest($4)
"""
_GROUPED = """
    SELECT part, key, text FROM listed GROUP BY part, key, text
    ORDER BY part, hash(key), key, min(number)
"""
_REPEATED = """
    SELECT (SELECT count(*) FROM listed) - (SELECT count(DISTINCT text) FROM listed)
"""

Keyed = tuple[bool, str, str]
"""A text after its key; what is true comes after all that is false."""


@contextmanager
def grouped(listed: Iterable[Keyed], folder: Path | None) -> Iterator[Iterator[Keyed]]:
    """Read all texts; yield each once, those of a key one after the other.

    Keys come in the order of a hash, as neighbours may be related; the texts of a key
    keep their order. What has no room in memory lies in ``folder``, by default TMPDIR.
    Raises MemoryError or OSError.
    """
    with _table(listed, folder) as connection:
        yield fetched(connection.execute(_GROUPED))


def repeats(texts: Iterable[str], folder: Path | None) -> int:
    """Return how many texts repeat an earlier one; ``folder`` as in :func:`grouped`."""
    with _table(((False, "", text) for text in texts), folder) as connection:
        ((count,),) = connection.execute(_REPEATED).fetchall()
    return int(count)


@contextmanager
def _table(
    listed: Iterable[Keyed], folder: Path | None
) -> Iterator[DuckDBPyConnection]:
    rest, first = iter(listed), 0
    with database(_MEMORY, folder) as connection:
        connection.execute(_TABLE)
        while batch := [*islice(rest, _BATCH)]:
            columns = [[*column] for column in zip(*batch, strict=True)]
            connection.execute(_INSERT, [first, *columns])
            first += len(batch)
        yield connection
