"""An in-memory DuckDB that spills to a private folder."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

import duckdb

from fpcrawler.feeds.scratch import scratch
from fpcrawler.tables.interrupts import interruptible

_FETCHED = 10_000
"""Rows that Python fetches in one call."""


@contextmanager
def database(
    memory: str, parent: Path | None = None
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a database in memory; it spills to a private folder.

    ``memory``: the limit as a size with its unit. ``parent``: of the private folder, by
    default TMPDIR. DuckDB's errors that end a query are raised as KeyboardInterrupt,
    MemoryError or OSError.
    """
    with _own_errors(), scratch("tables", parent) as folder:
        config: dict[str, str | bool | int | float | list[str]] = {
            "memory_limit": memory,
            "temp_directory": str(folder),
            "preserve_insertion_order": False,
            "autoinstall_known_extensions": False,  # nothing is downloaded
            "autoload_known_extensions": False,
        }
        with duckdb.connect(config=config) as connection, interruptible(connection):
            connection.execute("SET enable_progress_bar = false")
            yield connection


@contextmanager
def _own_errors() -> Iterator[None]:
    try:
        yield
    except duckdb.InterruptException as error:
        raise KeyboardInterrupt from error
    except duckdb.OutOfMemoryException as error:
        raise MemoryError(_first_line(error)) from error
    except duckdb.IOException as error:
        raise OSError(_first_line(error)) from error
    except RuntimeError as error:
        if str(error) == "Query interrupted":  # DuckDB handled the signal itself
            raise KeyboardInterrupt from error
        raise


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]


def fetched(result: duckdb.DuckDBPyConnection) -> Iterator[tuple[Any, ...]]:
    """Return an iterator over the rows of a result, fetched in batches."""
    # Not a generator: ctrl-C reaches DuckDB first and Python later, and an exception
    # that hits a generator while it is closed is printed.
    return chain.from_iterable(iter(partial(result.fetchmany, _FETCHED), []))
