"""Read the groups of duplicates from the tables, one at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

from fpcrawler.core.fingerprint.rules import VerdictName
from fpcrawler.core.fingerprint.verdicts import Doubt, Grounds, next_step
from fpcrawler.tables.database import fetched

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_LINES = 100_000
"""Lines that are read in one query."""

MAX_HOSTS = 100
"""Groups on more hosts, such as those of a tracking pixel, get no pairs of hosts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Images that one verdict joins."""

    verdict: VerdictName
    doubt: Doubt | None
    evidence: Grounds
    count: int
    bytes: int
    images: Iterator[str]
    """The URLs; read them before the next group."""


class Totals(NamedTuple):
    """The totals of all groups of one verdict."""

    verdict: VerdictName
    groups: int
    images: int
    redundant_bytes: int
    """The bytes of all images except the largest one of each group."""


class Shared(NamedTuple):
    """How many groups two hosts share, for each verdict in the order of the enum."""

    hosts: tuple[str, str]
    counts: tuple[int, ...]


def read_totals(connection: DuckDBPyConnection) -> list[Totals]:
    """Return the totals of each verdict that occurs, the strongest first."""
    rows = connection.execute(
        "SELECT verdict, count(*), sum(count), sum(redundant_bytes) FROM groups "
        "GROUP BY rank, verdict ORDER BY rank"
    ).fetchall()
    return [Totals(VerdictName(verdict), *numbers) for verdict, *numbers in rows]


def read_groups(connection: DuckDBPyConnection) -> Iterator[Group]:
    """Yield the groups: by verdict, the strongest first, then the largest first."""
    images = _images(connection, "url", {})
    rows = fetched(connection.cursor().execute(_READ_GROUPS))
    for verdict, doubt, evidence, count, size in rows:
        yield Group(
            verdict=VerdictName(verdict),
            doubt=doubt and Doubt(doubt),
            evidence=Grounds(**evidence),
            count=count,
            bytes=size,
            images=islice(images, count),
        )


def read_json(connection: DuckDBPyConnection, feeds: Sequence[str]) -> Iterator[str]:
    """Yield the parts of a JSON array of the groups, with one image in each line.

    ``feeds``: the names of the feeds in their order. DuckDB creates the JSON objects:
    for millions, Python would take as long as all the rest.
    """
    images = _images(connection, _IMAGE, {"feeds": list(feeds)})
    yield "["
    separator = "\n"
    rows = fetched(connection.cursor().execute(_READ_HEADS))
    for head, verdict, doubt, has_blocks, is_all, count in rows:
        step = next_step(
            VerdictName(verdict),
            is_all=is_all,
            has_blocks=has_blocks,
            doubt=doubt and Doubt(doubt),
        )
        yield f'{separator}{head[:-1]},"next_step":"{step}","images":[\n  '
        yield ",\n  ".join(islice(images, count))
        yield "]}"
        separator = ",\n"
    yield "\n]\n"


def read_shared(connection: DuckDBPyConnection) -> Iterator[Shared]:
    """Yield the pairs of hosts that share groups, those with the most groups first."""
    for first, second, *counts in fetched(connection.execute(_READ_SHARED)):
        yield Shared((first, second), tuple(counts))


def count_crowded(connection: DuckDBPyConnection) -> int:
    """Return how many groups are on more than MAX_HOSTS hosts."""
    ((count,),) = connection.execute(_COUNT_CROWDED).fetchall()
    return int(count)


def _images(
    connection: DuckDBPyConnection, text: str, values: Mapping[str, object]
) -> Iterator[str]:
    """Yield the SQL expression ``text`` for each image; in parts, to save memory."""
    ((lines,),) = connection.execute("SELECT count(*) FROM listed").fetchall()
    query = _READ_IMAGES.format(text=text)

    def part(first: int) -> list[tuple[str]]:
        numbers = {"first": first, "last": first + _LINES - 1}
        return connection.execute(query, {**numbers, **values}).fetchall()

    parts = map(part, range(1, lines + 1, _LINES))
    return map(itemgetter(0), chain.from_iterable(parts))


_READ_GROUPS = """
SELECT verdict, doubt, evidence, count, bytes FROM groups ORDER BY position
"""

_READ_HEADS = """
SELECT
    to_json({verdict: verdict, evidence: evidence}),
    verdict,
    doubt,
    evidence.blocks > 0,
    coalesce(evidence.share = 1, false),
    count
FROM groups ORDER BY position
"""
_IMAGE = """to_json({
    url: url, page_url: page_url, image_size: image_size, format: format,
    width: width, height: height,
    timestamp: strftime(timestamp, '%Y-%m-%dT%H:%M:%S'), feed: $feeds[feed + 1]
})"""

_READ_IMAGES = """
SELECT {text} FROM listed JOIN candidates USING (number)
WHERE line BETWEEN $first AND $last ORDER BY line
"""

_READ_SHARED = f"""
WITH
    hosts AS (
        SELECT DISTINCT position, verdict, host FROM groups JOIN listed USING (position)
        QUALIFY count(DISTINCT host) OVER (PARTITION BY position) <= {MAX_HOSTS}
    )
SELECT
    one.host, other.host,
    {", ".join(f"count(*) FILTER (one.verdict = '{name}')" for name in VerdictName)}
FROM hosts AS one JOIN hosts AS other ON
    one.position = other.position AND one.host < other.host
GROUP BY ALL ORDER BY count(*) DESC, one.host, other.host
"""

_COUNT_CROWDED = f"""
SELECT count(*) FROM (
    SELECT position FROM listed
    GROUP BY position HAVING count(DISTINCT host) > {MAX_HOSTS}
)
"""
