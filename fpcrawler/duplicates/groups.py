"""Groups of duplicates, read one after the other from the tables of members."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from fpcrawler.core.fingerprints import Evidence
from fpcrawler.core.verdicts import (
    Agreement,
    Compared,
    VerdictName,
    compared,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from duckdb import DuckDBPyConnection

_ROWS = 10_000
"""Read at once."""

MAX_HOSTS = 100
"""A group on more hosts, as of a pixel that half of the web has, has no pairs."""


class Image(NamedTuple):
    """A member of a group: the latest record of its URL there."""

    url: str
    page_url: str | None
    image_size: int | None
    format: str | None
    width: int | None
    height: int | None
    timestamp: str | None
    feed: int
    """The place of the feed among those that were read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Images that one verdict holds together."""

    verdict: VerdictName
    evidence: Compared
    count: int
    bytes: int
    images: Iterator[Image]
    """To be read before the next group is."""


class Totals(NamedTuple):
    """All groups of one verdict."""

    verdict: VerdictName
    groups: int
    images: int
    redundant_bytes: int
    """What the images have but the largest of each group."""


class Shared(NamedTuple):
    """How many groups two hosts share, of each verdict in their order."""

    hosts: tuple[str, str]
    counts: tuple[int, ...]


def read_totals(connection: DuckDBPyConnection) -> list[Totals]:
    """Return a line for each verdict that there is, the strongest first."""
    rows = connection.execute(
        "SELECT verdict, count(*), sum(count), sum(redundant_bytes) FROM groups "
        "GROUP BY rank, verdict ORDER BY rank"
    ).fetchall()
    return [Totals(VerdictName(verdict), *numbers) for verdict, *numbers in rows]


def read_groups(connection: DuckDBPyConnection) -> Iterator[Group]:
    """Yield the groups: by verdict, the strongest first, then the largest first."""
    images = (Image(*row) for row in _rows(connection, _READ_IMAGES))
    for verdict, count, size, *agreed in _rows(connection, _READ_GROUPS):
        yield Group(
            verdict=VerdictName(verdict),
            evidence=compared(_agreement(*agreed)),
            count=count,
            bytes=size,
            images=islice(images, count),
        )


def read_shared(connection: DuckDBPyConnection) -> Iterator[Shared]:
    """Yield the pairs of hosts that share a group, those with most of them first."""
    for first, second, *counts in _rows(connection, _READ_SHARED):
        yield Shared((first, second), tuple(counts))


def _rows(connection: DuckDBPyConnection, query: str) -> Iterator[tuple[Any, ...]]:
    cursor = connection.cursor().execute(query)
    while rows := cursor.fetchmany(_ROWS):
        yield from rows


def _agreement(
    sizes: tuple[int | None, int | None],
    evidence: tuple[int, int, int, int, int, bool],
    agrees: tuple[bool, bool, bool],
    digest: str | None,
) -> Agreement:
    image_size, picture_length = sizes
    has_sample, has_picture, has_block = agrees
    return Agreement(
        image_size=image_size,
        picture_length=picture_length,
        evidence=Evidence(
            sample_coded=evidence[0],
            sample_deflated=evidence[1],
            picture_coded=evidence[2],
            picture_deflated=evidence[3],
            block_deflated=evidence[4],
            is_constant_size=evidence[5],
        ),
        has_sample=has_sample,
        has_picture=has_picture,
        has_block=has_block,
        digest=digest,
    )


_READ_GROUPS = """
SELECT verdict, count, bytes, sizes, evidence, agrees, digest
FROM groups ORDER BY position
"""

_READ_IMAGES = """
SELECT
    url, page_url, image_size, format, width, height,
    strftime(timestamp, '%Y-%m-%dT%H:%M:%S'), feed
FROM groups JOIN images USING (weakest, root) JOIN candidates USING (number)
ORDER BY position, url
"""

_READ_SHARED = f"""
WITH
    hosts AS (
        SELECT DISTINCT position, verdict, host
        FROM groups JOIN images USING (weakest, root)
        QUALIFY count(DISTINCT host) OVER (PARTITION BY position) <= {MAX_HOSTS}
    )
SELECT
    one.host, other.host,
    {", ".join(f"count(*) FILTER (one.verdict = '{name}')" for name in VerdictName)}
FROM hosts AS one JOIN hosts AS other ON
    one.position = other.position AND one.host < other.host
GROUP BY ALL ORDER BY count(*) DESC, one.host, other.host
"""
