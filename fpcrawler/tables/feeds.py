"""Feeds as tables of DuckDB: only the fields that are asked for, out of core."""

from __future__ import annotations

import csv
import gzip
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import duckdb

from fpcrawler.errors import BadInput
from fpcrawler.feeds.files import FeedFormat

if TYPE_CHECKING:
    from fpcrawler.feeds.files import FeedFile

_MAX_HEADER_BYTES = 65_536

_MAX_LINE_BYTES = 16_777_216
"""Of a record; a usual one has 2 KB."""

_MAX_REJECTS = 1_000
"""Broken lines of CSV that are noted; a file may be nothing else."""


def load(
    connection: duckdb.DuckDBPyConnection,
    feeds: Sequence[FeedFile],
    *,
    table: str,
    fields: Sequence[str],
    columns: str,
) -> Counter[Path]:
    """Make a table of the records of feeds; return how many lines are no records.

    It has ``feed``, the place in ``feeds``, ``url`` and ``columns``: the list of
    a SELECT over ``fields`` of the record. These are VARCHAR, objects and lists
    as JSON texts, NULL where a feed has no such field. A line of JSON Lines or
    CSV that is broken, as a kill leaves it, or has no URL is passed over.
    Raises BadInput if a feed cannot be read.
    """
    with reading(feeds, fields) as source:
        connection.execute(
            f"CREATE TABLE {table} AS SELECT feed, url, {columns} FROM {source}"
        )
    counts = connection.execute(
        f"SELECT feed, count(*), count(url) FROM {table} GROUP BY feed"
    ).fetchall()
    connection.execute(f"DELETE FROM {table} WHERE url IS NULL")
    return passed_over(connection, feeds, counts)


@contextmanager
def reading(feeds: Sequence[FeedFile], fields: Sequence[str]) -> Iterator[str]:
    """Give what a SELECT over all feeds is FROM, as ``load`` tells of it.

    Lines that are no record are among the rows, with NULL as ``url``. What
    DuckDB raises while it reads becomes BadInput.
    """
    names = list(dict.fromkeys(["url", *fields]))
    with TemporaryDirectory(prefix="fpcrawler-feeds-") as folder:
        # Under names of ours, no path is a glob, a URL or a piece of SQL.
        links = [Path(folder, str(number)) for number in range(len(feeds))]
        for link, feed in zip(links, feeds, strict=True):
            link.symlink_to(feed.path.absolute())
        source = _source(feeds, links, names)
        try:
            yield f"({source})"
        except (duckdb.OutOfMemoryException, duckdb.InterruptException):
            raise
        except (duckdb.Error, UnicodeDecodeError) as error:
            raise BadInput(_reason(_message(error), feeds, links)) from error


def _source(
    feeds: Sequence[FeedFile], links: Sequence[Path], names: Sequence[str]
) -> str:
    """Return the SELECT that reads all feeds."""
    nothing = ", ".join(f"NULL::VARCHAR AS {name}" for name in names)
    sources = [f"SELECT NULL::INTEGER AS feed, {nothing} WHERE false"]
    groups: dict[tuple[FeedFormat, bool], list[str]] = {}
    for feed, link in zip(feeds, links, strict=True):
        if _is_blank(feed):
            continue
        if feed.format is FeedFormat.CSV:
            sources.append(_csv_source(feed, link, names))
        else:
            groups.setdefault((feed.format, feed.is_packed), []).append(str(link))
    sources += [
        _json_source(paths, feed_format, names, is_packed=is_packed)
        for (feed_format, is_packed), paths in groups.items()
    ]
    return " UNION ALL BY NAME ".join(sources)


def _json_source(
    paths: Sequence[str],
    feed_format: FeedFormat,
    names: Sequence[str],
    *,
    is_packed: bool,
) -> str:
    # Without columns DuckDB would make one of each of the many tags of EXIF.
    columns = ", ".join(f"{name}: 'VARCHAR'" for name in names)
    return (
        f"SELECT {_FEED}, {', '.join(names)} FROM read_json("
        f"[{', '.join(map(_quoted, paths))}], columns = {{{columns}}}, "
        f"format = '{feed_format}', ignore_errors = {feed_format is FeedFormat.LINES}, "
        f"compression = '{_compression(is_packed=is_packed)}', filename = true, "
        f"maximum_object_size = {_MAX_LINE_BYTES})"
    )


def _csv_source(feed: FeedFile, link: Path, names: Sequence[str]) -> str:
    header = _header(feed)
    columns = ", ".join(f"{_quoted(name)}: 'VARCHAR'" for name in header)
    asked = ", ".join(
        # CSV has no null.
        f"nullif({name}, '') AS {name}" if name in header else f"NULL AS {name}"
        for name in names
    )
    # A crawl that continues a feed writes the header once more.
    return (
        f"SELECT {_FEED}, {asked} FROM read_csv({_quoted(str(link))}, "
        f"columns = {{{columns}}}, auto_detect = false, header = true, "
        f"delim = ',', quote = '\"', escape = '\"', max_line_size = {_MAX_LINE_BYTES}, "
        f"ignore_errors = true, store_rejects = true, rejects_limit = {_MAX_REJECTS}, "
        f"compression = '{_compression(is_packed=feed.is_packed)}', filename = true) "
        "WHERE url IS DISTINCT FROM 'url'"
    )


_FEED = "parse_filename(filename)::INTEGER AS feed"


def _header(feed: FeedFile) -> list[str]:
    """Return the names of the columns of a CSV; raises BadInput."""
    opened = gzip.open if feed.is_packed else open
    try:
        with opened(feed.path, "rb") as file:
            line = file.readline(_MAX_HEADER_BYTES).decode("utf-8-sig")
        names = next(csv.reader([line]), [])
    except UnicodeDecodeError as error:
        raise BadInput(
            f"{feed.path} cannot be read as CSV in UTF-8; name another feed."
        ) from error
    except (OSError, EOFError, zlib.error, csv.Error) as error:
        raise BadInput(
            f"{feed.path} cannot be read as CSV ({error}); name another feed."
        ) from error
    if "url" not in names:
        raise BadInput(_no_feed(feed.path))
    if len({name.lower() for name in names}) < len(names):
        raise BadInput(f"{feed.path} has two columns of one name; name another feed.")
    return names


def passed_over(
    connection: duckdb.DuckDBPyConnection,
    feeds: Sequence[FeedFile],
    counts: Iterable[tuple[int, int, int]],
) -> Counter[Path]:
    """Return how many lines are no records, once feeds have been read.

    ``counts`` has a feed's place, its lines and its records. A feed that has
    none is no feed: BadInput.
    """
    lines: Counter[Path] = Counter()
    for number, count, records in counts:
        if not records:
            raise BadInput(_no_feed(feeds[number].path))
        lines[feeds[number].path] += count - records
    if any(feed.format is FeedFormat.CSV and not _is_blank(feed) for feed in feeds):
        lines.update(_rejected(connection, feeds))
    return +lines


def _rejected(
    connection: duckdb.DuckDBPyConnection, feeds: Sequence[FeedFile]
) -> Counter[Path]:
    rows = connection.execute(
        """
        SELECT parse_filename(file_path)::INTEGER, count(DISTINCT line)
        FROM reject_errors JOIN reject_scans USING (scan_id, file_id) GROUP BY ALL
        """
    ).fetchall()
    connection.execute("DROP TABLE reject_errors; DROP TABLE reject_scans")
    return Counter({feeds[number].path: lines for number, lines in rows})


def _message(error: duckdb.Error | UnicodeDecodeError) -> str:
    """Return what DuckDB says; where that quotes bytes of no text, Python fails."""
    if isinstance(error, UnicodeDecodeError):
        return error.object.decode(errors="replace")
    return str(error)


def _reason(error: str, feeds: Sequence[FeedFile], links: Sequence[Path]) -> str:
    """Say in a sentence why a feed cannot be read."""
    path = next(
        (
            str(feed.path)
            for feed, link in zip(feeds, links, strict=True)
            if f'"{link}"' in error or f" {link}\n" in f"{error}\n"
        ),
        "a feed",
    )
    if "GZIP" in error:
        return (
            f"{path} is not a whole gzip file; unpack what is there "
            f"(zcat {path} > NAME.jsonl) and name that."
        )
    if "maximum_object_size" in error:
        return (
            f"{path} has a record of more than {_MAX_LINE_BYTES:,} bytes; cut it out."
        )
    if "JSON" in error:
        return (
            f"{path} does not hold a whole JSON array of records; name another feed, "
            "or run this again if a crawl is writing it."
        )
    first = error.partition("\n")[0]
    return f"{path} cannot be read ({first}); name another feed."


def _is_blank(feed: FeedFile) -> bool:
    """Tell whether a crawl was killed before it wrote anything."""
    return not feed.path.stat().st_size


def _no_feed(path: Path) -> str:
    return f"{path} is no feed, for nothing in it has a url; name one of a crawl."


def _quoted(text: str) -> str:
    escaped = text.replace("'", "''")
    return f"'{escaped}'"


def _compression(*, is_packed: bool) -> str:
    return "gzip" if is_packed else "none"
