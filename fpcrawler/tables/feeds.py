"""Read feeds into tables of DuckDB: selected fields only, larger than memory."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from fpcrawler.errors import BadInput
from fpcrawler.feeds.files import FeedFormat
from fpcrawler.tables.duck import (
    FILE,
    csv_source,
    json_source,
    linked,
    original_text,
    parquet_source,
    rejected,
)
from fpcrawler.tables.opening import Wording, head_of, header_of

if TYPE_CHECKING:
    import duckdb

    from fpcrawler.feeds.files import FeedFile

_FEED = Wording(
    kind="feed",
    gzip="decompress its readable part (zcat {path} > NAME.jsonl) and name that file.",
    json=(
        "a complete JSON array of records; name another feed, or run the same command "
        "again if a crawl is writing it."
    ),
)


THROUGH_TOR = "coalesce(lower(tor) = 'true', false)"
"""SQL for whether an image was reached through Tor, from the field ``tor``."""

TIME = """
CASE
    WHEN TRY_CAST(timestamp AS TIMESTAMP) < TIMESTAMP '9999-12-31'
    THEN timestamp::TIMESTAMP
END
"""
"""SQL for when an image was looked at, from the field ``timestamp``.

What nobody can be later than, such as ``infinity``, is not a time.
"""


def load_every(
    connection: duckdb.DuckDBPyConnection,
    feeds: Sequence[FeedFile],
    *,
    table: str,
    fields: Sequence[str],
    columns: str,
) -> Counter[Path]:
    """Create ``table`` from the records of feeds; return skipped lines by feed.

    Its columns are ``feed``, the index in ``feeds``; ``url``; and ``columns``, the
    list of a SELECT over ``fields`` of the record. Fields are VARCHAR, objects and
    lists as JSON texts, NULL if a feed lacks the field. Lines of JSON Lines or CSV
    that are broken, as a kill leaves them, or without a URL are skipped. Raises
    BadInput if a feed cannot be read.
    """
    with reading(feeds, fields) as source:
        connection.execute(
            f"CREATE TABLE {table} AS SELECT feed, url, {columns} FROM {source}"
        )
    counts = connection.execute(
        f"SELECT feed, count(*), count(url) FROM {table} GROUP BY feed"
    ).fetchall()
    connection.execute(f"DELETE FROM {table} WHERE url IS NULL")
    return skipped_lines(connection, feeds, counts)


@contextmanager
def reading(feeds: Sequence[FeedFile], fields: Sequence[str]) -> Iterator[str]:
    """Yield the FROM clause of a SELECT over all feeds.

    It has the columns of ``load_every``.

    Lines that are not records are rows with ``url`` NULL. Errors of DuckDB in the
    body become BadInput.
    """
    names = list(dict.fromkeys(["url", *fields]))
    with linked(feeds, _FEED) as links:
        nulls = ", ".join(f"NULL::VARCHAR AS {name}" for name in names)
        sources = [f"SELECT NULL::INTEGER AS feed, {nulls} WHERE false"]
        alike: dict[FeedFile, list[Path]] = defaultdict(list)
        for feed, link in zip(feeds, links, strict=True):
            if not feed.path.stat().st_size:
                continue  # its crawl was killed before a record
            if feed.format is FeedFormat.CSV:
                sources.append(_csv_select(feed, link, names))
            elif feed.format is FeedFormat.PARQUET:
                sources.append(_parquet_select(link, names))
            else:
                alike[replace(feed, path=Path())].append(link)
        for like, group in alike.items():
            source = json_source(group, like, names)
            sources.append(f"SELECT {FILE} AS feed, {', '.join(names)} FROM {source}")
        yield f"({' UNION ALL BY NAME '.join(sources)})"


def _csv_select(feed: FeedFile, link: Path, names: Sequence[str]) -> str:
    header = _header(feed)
    cells = ", ".join(
        # CSV has no null: an empty cell stands for it.
        f"nullif({original_text(f'c{header.index(name)}')}, '') AS {name}"
        if name in header
        else f"NULL AS {name}"
        for name in names
    )
    source = csv_source(link, replace(feed, header=header), "utf-8")
    # A crawl that appends to a feed may write the header again.
    return (
        f"SELECT {FILE} AS feed, {cells} FROM {source} WHERE url IS DISTINCT FROM 'url'"
    )


def _parquet_select(link: Path, names: Sequence[str]) -> str:
    """Return SQL for the rows of a Parquet file, as its records were in JSON."""
    as_text = {name: f"(to_json({name}) ->> '$')" for name in names}
    texts = ", ".join(
        f"{_LIKE_JSON.get(name, '{}').format(text)} AS {name}"
        for name, text in as_text.items()
    )
    # A column that the file lacks is NULL.
    nulls = ", ".join(f"NULL AS {name}" for name in names)
    typed = f"SELECT {nulls} WHERE false UNION ALL BY NAME FROM {parquet_source(link)}"
    return f"SELECT {link.stem}::INTEGER AS feed, {texts} FROM ({typed})"


_LIKE_JSON = {
    "timestamp": "replace({}, ' ', 'T')",
    # A list of DuckDB has one type, so an export has the offsets as texts.
    "spans": r"""regexp_replace({}, '"(\d+)"', '\1', 'g')""",
}


def _header(feed: FeedFile) -> tuple[str, ...]:
    """Return the column names of a CSV feed; raises BadInput."""
    head = head_of(feed.path, _FEED, is_gzipped=feed.is_gzipped)
    names = header_of(head.decode("utf-8-sig", "replace"), feed.delimiter)
    if "url" not in names:
        raise BadInput(_not_a_feed(feed.path))
    if len({name.lower() for name in names}) < len(names):
        raise BadInput(f"{feed.path} has two columns with one name; name another feed.")
    return names


def skipped_lines(
    connection: duckdb.DuckDBPyConnection,
    feeds: Sequence[FeedFile],
    counts: Iterable[tuple[int, int, int]],
) -> Counter[Path]:
    """Return how many lines of each feed are not records, after reading.

    ``counts``: a feed's index, its lines and its records. Raises BadInput for a feed
    without any record.
    """
    lines: Counter[Path] = Counter()
    for number, count, records in counts:
        if not records:
            raise BadInput(_not_a_feed(feeds[number].path))
        lines[feeds[number].path] += count - records
    broken = {(row.file, row.line) for row in rejected(connection)}
    lines.update(feeds[number].path for number, _ in broken)
    return +lines


def _not_a_feed(path: Path) -> str:
    return f"{path} is not a feed: no record has a url in UTF-8; name another."
