"""An in-memory database that spills to a private folder."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from itertools import chain
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from fpcrawler.tables.interrupts import interruptible

_FETCHED = 10_000
"""Rows that Python takes at once."""


@contextmanager
def database(memory: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a database in memory that goes to a private folder where that is full.

    ``memory`` is a size with its unit. What ends a query comes as Python's own:
    KeyboardInterrupt, MemoryError, OSError.
    """
    with _own_errors(), TemporaryDirectory(prefix="fpcrawler-tables-") as folder:
        config: dict[str, str | bool | int | float | list[str]] = {
            "memory_limit": memory,
            "temp_directory": folder,
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
        if str(error) == "Query interrupted":  # DuckDB has seen the signal itself
            raise KeyboardInterrupt from error
        raise


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]


def fetched(result: duckdb.DuckDBPyConnection) -> Iterator[tuple[Any, ...]]:
    """Return the rows of what was executed, some at a time."""
    # No generator: ctrl-C reaches DuckDB and Python one after the other, and what
    # hits a generator as it is closed would be printed.
    return chain.from_iterable(iter(partial(result.fetchmany, _FETCHED), []))
