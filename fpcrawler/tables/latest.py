"""Tell the latest record of each image from earlier ones.

An image can be looked at again, so feeds can have several records of one URL and
route. Of equal times, the later in the order of the feeds is the latest, then the
later in its feed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from fpcrawler.tables.feeds import THROUGH_TOR, TIME, load_every, reading

if TYPE_CHECKING:
    import duckdb

    from fpcrawler.feeds.files import FeedFile


def load(
    connection: duckdb.DuckDBPyConnection,
    feeds: Sequence[FeedFile],
    *,
    table: str,
    fields: Sequence[str],
    columns: str,
) -> Counter[Path]:
    """As ``load_every``, of the latest records: one for each URL and route."""
    with _in_order(connection):
        skipped = load_every(
            connection,
            feeds,
            table=table,
            fields=[*fields, "tor", "timestamp"],
            columns=f"{columns}, {_ROUTE_AND_TIME}",
        )
    earlier = _EARLIER.format(table=table)
    connection.execute(f"DELETE FROM {table} WHERE rowid IN ({earlier})")
    for column in ("record_route", "record_time"):
        connection.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
    return skipped


@contextmanager
def reading_latest(
    connection: duckdb.DuckDBPyConnection,
    feeds: Sequence[FeedFile],
    fields: Sequence[str],
) -> Iterator[str]:
    """Yield a FROM clause as ``reading`` does, with a column ``is_latest``.

    It is false for lines that are not records. The feeds are read once to find the
    earlier records. The rows are in the order of the feeds.
    """
    number = next(_NUMBERS)  # another cursor may still read an older table
    with reading(feeds, [*fields, "tor", "timestamp"]) as source, _in_order(connection):
        for step in (_LOOKS, _PLACES):
            connection.execute(step.format(source=source, number=number))
        places = f"SELECT count(*) FROM earlier_{number}"
        ((earlier,),) = connection.execute(places).fetchall()
        yield (_JOINED if earlier else _ALL).format(source=source, number=number)


@contextmanager
def _in_order(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Read feeds so that row numbers are in their order."""
    setting = "preserve_insertion_order"
    before = connection.execute(f"SELECT current_setting('{setting}')").fetchone()
    connection.execute(f"SET {setting} = true")
    try:
        yield
    finally:
        connection.execute(f"SET {setting} = {before and before[0]}")


_NUMBERS = count()

_ROUTE_AND_TIME = f"{THROUGH_TOR} AS record_route, {TIME} AS record_time"

# The rule. A hash of URL and route needs less memory than the texts do.
_EARLIER = """
SELECT rowid FROM {table} WHERE url IS NOT NULL AND hash(url, record_route) IN (
    SELECT hash(url, record_route) AS key FROM {table} WHERE url IS NOT NULL
    GROUP BY key HAVING count(*) > 1
)
QUALIFY row_number() OVER (
    PARTITION BY url, record_route
    ORDER BY record_time DESC NULLS LAST, feed DESC, rowid DESC
) > 1
"""

_LOOKS = f"""
CREATE TABLE looks_{{number}} AS SELECT feed, url, {_ROUTE_AND_TIME} FROM {{source}}
"""
_PLACES = f"""
CREATE TABLE earlier_{{number}} AS
SELECT rowid + 1 AS place FROM ({_EARLIER.format(table="looks_{number}")});
DROP TABLE looks_{{number}}
"""

_ALL = "(SELECT *, url IS NOT NULL AS is_latest FROM {source})"

# A join loses the order of the feeds.
_JOINED = """(
    SELECT
        records.* EXCLUDE place,
        url IS NOT NULL AND earlier.place IS NULL AS is_latest
    FROM (SELECT *, row_number() OVER () AS place FROM {source}) AS records
    LEFT JOIN earlier_{number} AS earlier USING (place)
    ORDER BY place
)"""
