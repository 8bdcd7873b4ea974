"""Read inputs as files that a user names: feeds and lists of hashes.

DuckDB takes 10 ms for a file, a hundred times what the project's own code takes, and
libFuzzer does not see into it. So our code reads every input, and DuckDB one in LOADS.
"""

from __future__ import annotations

import atexit
import tempfile
from contextlib import ExitStack, suppress
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple
from zlib import crc32

from fpcrawler.errors import BadInput
from fpcrawler.feeds.files import find_feeds
from fpcrawler.known.files import find_lists
from fpcrawler.known.tables import loaded
from fpcrawler.tables.database import database
from fpcrawler.tables.feeds import reading
from fpcrawler.tables.latest import load

if TYPE_CHECKING:
    import duckdb

LOADS = 32
"""An input is loaded if its checksum is a multiple of this: the same ones each time."""

_FIELDS = ("image_size", "timestamp", "exif", "spans", "tor")
"""A field of each kind: DuckDB plans every column anew for each input."""

_MEMORY = Path("/dev/shm")  # noqa: S108 - private folders are made in it
_SUFFIXES = ("json", "jsonl", "csv", "json.gz", "jsonl.gz", "csv.gz", "parquet")


class _Tables(NamedTuple):
    connection: duckdb.DuckDBPyConnection
    folder: Path


@cache
def _tables() -> _Tables:
    """Open one database for all inputs: each new one takes longer than an input."""
    if _MEMORY.is_dir():  # also for the links that each input needs
        tempfile.tempdir = str(_MEMORY)
    stack = ExitStack()
    atexit.register(stack.close)
    folder = stack.enter_context(TemporaryDirectory(prefix="fuzz-tables-"))
    connection = stack.enter_context(database("128MB"))
    connection.execute("SET threads = 1")
    return _Tables(connection, Path(folder))


def read_hash_list(data: bytes) -> None:
    """Recognise a list of hashes; load it as a crawl and ``match`` do."""
    connection, folder = _tables()
    path = folder / "list"
    path.write_bytes(data)
    with suppress(BadInput):
        (known,) = find_lists([str(path)])
        if _is_loaded(data):
            with loaded(connection, known):
                pass


def read_feed(data: bytes) -> None:
    """Read a feed as all commands do; the first byte chooses its suffix."""
    connection, folder = _tables()
    path = folder / f"feed.{_SUFFIXES[sum(data[:1]) % len(_SUFFIXES)]}"
    path.write_bytes(data[1:])
    with suppress(BadInput):
        feeds = find_feeds([str(path)])
        if not _is_loaded(data):
            with reading(feeds, _FIELDS):
                return
        columns = ", ".join(f'"{name}"' for name in _FIELDS)
        load(connection, feeds, table="fuzzed", fields=_FIELDS, columns=columns)
    connection.execute("DROP TABLE IF EXISTS fuzzed")


def _is_loaded(data: bytes) -> bool:
    return crc32(data) % LOADS == 0
