"""Tell the latest record of each image from earlier ones.

An image can be looked at again, so feeds can have several records of one URL and
route. Of equal times, the later in the order of the feeds is the latest.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from typing import TYPE_CHECKING

from fpcrawler.tables.feeds import THROUGH_TOR, TIME, reading

if TYPE_CHECKING:
    import duckdb

    from fpcrawler.feeds.files import FeedFile


@contextmanager
def reading_latest(
    connection: duckdb.DuckDBPyConnection,
    feeds: Sequence[FeedFile],
    fields: Sequence[str],
) -> Iterator[str]:
    """Yield a FROM clause as ``reading`` does, with a column ``is_latest``.

    It is false for lines that are not records. The feeds are read once to find the
    earlier records.
    """
    with reading(feeds, [*fields, "tor", "timestamp"]) as source:
        table = (
            f"earlier_{next(_NUMBERS)}"  # another cursor may still read an older one
        )
        connection.execute(_EARLIER.format(source=source, table=table))
        ((number,),) = connection.execute(f"SELECT count(*) FROM {table}").fetchall()
        yield (_JOINED if number else _ALL).format(source=source, table=table)


_NUMBERS = count()

_EARLIER = f"""
CREATE TABLE {{table}} AS
WITH
    looks AS (
        SELECT feed, url, {THROUGH_TOR} AS route, {TIME} AS time
        FROM {{source}} WHERE url IS NOT NULL
    ),
    repeated AS (
        SELECT
            *, first_value(feed) OVER w AS last_feed, first_value(time) OVER w AS last
        FROM looks
        WINDOW w AS (PARTITION BY url, route ORDER BY time DESC NULLS LAST, feed DESC)
    )
SELECT DISTINCT feed, url, route, time FROM repeated
WHERE feed <> last_feed OR time IS DISTINCT FROM last
"""

_ALL = "(SELECT *, url IS NOT NULL AS is_latest FROM {source})"

# A join loses the order of the feeds.
_JOINED = f"""(
    SELECT
        records.* EXCLUDE place,
        records.url IS NOT NULL AND earlier.url IS NULL AS is_latest
    FROM (SELECT *, row_number() OVER () AS place FROM {{source}}) AS records
    LEFT JOIN {{table}} AS earlier ON
        records.url = earlier.url
        AND records.feed = earlier.feed
        AND {THROUGH_TOR} = earlier.route
        AND {TIME} IS NOT DISTINCT FROM earlier.time
    ORDER BY place
)"""
