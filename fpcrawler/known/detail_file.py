"""Details of the rows of a list in a file on the disk, found by the row's number.

A crawl needs them for hits only. A line has the details of a row. In memory is where
each block of lines begins.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING
from weakref import finalize

import numpy as np

from fpcrawler.feeds.scratch import scratch
from fpcrawler.known.details import Detail, unpacked
from fpcrawler.known.tables import DETAIL, TABLE
from fpcrawler.tables.duck import quoted

if TYPE_CHECKING:
    import duckdb

_BLOCK = 64
"""Rows of a block."""


class DetailFile:
    """The details of a loaded list; its file has no name, so a kill removes it too."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        with scratch("known") as folder:
            path = Path(folder, "details")
            # Without a quote, DuckDB writes a text as it is.
            connection.execute(
                f"COPY (SELECT {DETAIL} FROM {TABLE}) TO {quoted(str(path))} "
                "(FORMAT csv, HEADER false, DELIM '\\0', QUOTE '', ESCAPE '')"
            )
            self._file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
            finalize(self, os.close, self._file)
        lengths = connection.execute(
            f"SELECT sum(strlen({DETAIL}) + 1)::BIGINT AS length FROM {TABLE} "
            f"GROUP BY (row - 1) // {_BLOCK} ORDER BY min(row)"
        ).fetchnumpy()["length"]
        self._starts = np.cumsum([0, *lengths.tolist()], dtype=np.int64)

    def __getitem__(self, row: int) -> Detail:
        """Return the details of a row, counted from 1."""
        block, line = divmod(row - 1, _BLOCK)
        start, end = self._starts[block : block + 2].tolist()
        lines = os.pread(self._file, end - start, start).split(b"\n")
        return unpacked(lines[line].decode(errors="replace"), row)
