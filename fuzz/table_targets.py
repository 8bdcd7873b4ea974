"""Read inputs as files that a user names: feeds and lists of hashes."""

from __future__ import annotations

import atexit
from contextlib import ExitStack, suppress
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple

from fpcrawler.errors import BadInput
from fpcrawler.feeds.files import find_feeds
from fpcrawler.items import RECORD_FIELDS
from fpcrawler.known.files import find_lists
from fpcrawler.known.tables import loaded
from fpcrawler.tables.database import database
from fpcrawler.tables.latest import load

if TYPE_CHECKING:
    import duckdb

_SUFFIXES = ("json", "jsonl", "csv", "json.gz", "jsonl.gz", "csv.gz", "parquet")


class _Tables(NamedTuple):
    connection: duckdb.DuckDBPyConnection
    folder: Path


@cache
def _tables() -> _Tables:
    """Open one database for all inputs: each new one takes longer than an input."""
    stack = ExitStack()
    atexit.register(stack.close)
    folder = stack.enter_context(TemporaryDirectory(prefix="fuzz-tables-"))
    connection = stack.enter_context(database("128MB"))
    connection.execute("SET threads = 1")
    return _Tables(connection, Path(folder))


def read_hash_list(data: bytes) -> None:
    """Load a list of hashes, whatever its format, as a crawl and ``match`` do."""
    connection, folder = _tables()
    path = folder / "list"
    path.write_bytes(data)
    with suppress(BadInput), loaded(connection, *find_lists([str(path)])):
        pass


def read_feed(data: bytes) -> None:
    """Read a feed as all commands do; the first byte chooses its suffix."""
    connection, folder = _tables()
    path = folder / f"feed.{_SUFFIXES[sum(data[:1]) % len(_SUFFIXES)]}"
    path.write_bytes(data[1:])
    columns = ", ".join(f'"{name}"' for name in RECORD_FIELDS if name != "url")
    with suppress(BadInput):
        load(
            connection,
            find_feeds([str(path)]),
            table="fuzzed",
            fields=RECORD_FIELDS,
            columns=columns,
        )
    connection.execute("DROP TABLE IF EXISTS fuzzed")
