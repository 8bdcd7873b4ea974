"""Group the URLs of a list by site, on disk, whatever the list's length."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from fpcrawler.fleet.shards import LOCAL, site_of

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_MEMORY = "128MB"
_BATCH = 10_000
"""URLs that DuckDB gets in one call."""
_TABLE = """
    SET threads = 1;  -- each needs memory of its own
    CREATE TABLE listed (number BIGINT, site VARCHAR, url VARCHAR)
"""
_INSERT = """
    INSERT INTO listed
    SELECT $first + generate_subscripts($urls, 1), unnest($sites), unnest($urls)
"""
_GROUPED = f"""
    SELECT site, url FROM listed GROUP BY site, url
    ORDER BY starts_with(site, '{LOCAL}'), hash(site), site, min(number)
"""  # noqa: S608 - nothing in it comes from outside
_REPEATED = """
    SELECT (SELECT count(*) FROM listed) - (SELECT count(DISTINCT url) FROM listed)
"""


@contextmanager
def grouped(
    urls: Iterable[str], folder: Path | None
) -> Iterator[Iterator[tuple[str, str]]]:
    """Read all URLs; yield pairs of site and URL, each once, those of a site together.

    Sites come in the order of a hash, as neighbours by name often share a server; local
    files come last. The URLs of a site keep the order of the list. What has no room in
    memory lies in ``folder``, or in the system's own for temporary files if None.
    """
    from fpcrawler.tables.database import fetched  # noqa: PLC0415 - imports DuckDB

    with _table(((site_of(url), url) for url in urls), folder) as connection:
        yield fetched(connection.execute(_GROUPED))


def repeats(texts: Iterable[str], folder: Path | None) -> int:
    """Return how many texts repeat an earlier one; ``folder`` as in :func:`grouped`."""
    with _table((("", text) for text in texts), folder) as connection:
        ((count,),) = connection.execute(_REPEATED).fetchall()
    return int(count)


@contextmanager
def _table(
    listed: Iterable[tuple[str, str]], folder: Path | None
) -> Iterator[DuckDBPyConnection]:
    # Scrapy imports every command; only cutting and counting need DuckDB.
    from fpcrawler.tables.database import database  # noqa: PLC0415

    rest, first = iter(listed), 0
    with database(_MEMORY, folder) as connection:
        connection.execute(_TABLE)
        while batch := [*islice(rest, _BATCH)]:
            sites, urls = zip(*batch, strict=True)
            given = {"first": first, "sites": [*sites], "urls": [*urls]}
            connection.execute(_INSERT, given)
            first += len(batch)
        yield connection
