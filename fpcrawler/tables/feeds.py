"""Read feeds into tables of DuckDB: selected fields only, larger than memory."""

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
"""The limit of a record; a typical one has 2 KB."""

_MAX_REJECTS = 1_000
"""Broken CSV lines that are noted at most; a file may have nothing else."""


def load(
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
    """Yield the FROM clause of a SELECT over all feeds, with the columns of ``load``.

    Lines that are not records are rows with ``url`` NULL. Errors of DuckDB in the
    body become BadInput.
    """
    names = list(dict.fromkeys(["url", *fields]))
    with TemporaryDirectory(prefix="fpcrawler-feeds-") as folder:
        # With link names of ours, no path is read as a glob, a URL or SQL.
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
    nulls = ", ".join(f"NULL::VARCHAR AS {name}" for name in names)
    sources = [f"SELECT NULL::INTEGER AS feed, {nulls} WHERE false"]
    groups: dict[tuple[FeedFormat, bool], list[str]] = {}
    for feed, link in zip(feeds, links, strict=True):
        if _is_empty(feed):
            continue
        if feed.format is FeedFormat.CSV:
            sources.append(_csv_source(feed, link, names))
        else:
            groups.setdefault((feed.format, feed.is_gzipped), []).append(str(link))
    sources += [
        _json_source(paths, feed_format, names, is_gzipped=is_gzipped)
        for (feed_format, is_gzipped), paths in groups.items()
    ]
    return " UNION ALL BY NAME ".join(sources)


def _json_source(
    paths: Sequence[str],
    feed_format: FeedFormat,
    names: Sequence[str],
    *,
    is_gzipped: bool,
) -> str:
    # Without ``columns``, DuckDB would create a column for each EXIF tag.
    columns = ", ".join(f"{name}: 'VARCHAR'" for name in names)
    return (
        f"SELECT {_FEED}, {', '.join(names)} FROM read_json("
        f"[{', '.join(map(_quoted, paths))}], columns = {{{columns}}}, "
        f"format = '{feed_format}', ignore_errors = {feed_format is FeedFormat.LINES}, "
        f"compression = '{_compression(is_gzipped=is_gzipped)}', filename = true, "
        f"maximum_object_size = {_MAX_LINE_BYTES})"
    )


def _csv_source(feed: FeedFile, link: Path, names: Sequence[str]) -> str:
    header = _header(feed)
    columns = ", ".join(f"{_quoted(name)}: 'VARCHAR'" for name in header)
    selected = ", ".join(
        # CSV has no null: an empty cell stands for it.
        f"nullif({name}, '') AS {name}" if name in header else f"NULL AS {name}"
        for name in names
    )
    # A crawl that appends to a feed may write the header again.
    return (
        f"SELECT {_FEED}, {selected} FROM read_csv({_quoted(str(link))}, "
        f"columns = {{{columns}}}, auto_detect = false, header = true, "
        f"delim = ',', quote = '\"', escape = '\"', max_line_size = {_MAX_LINE_BYTES}, "
        f"ignore_errors = true, store_rejects = true, rejects_limit = {_MAX_REJECTS}, "
        f"compression = '{_compression(is_gzipped=feed.is_gzipped)}', filename = true) "
        "WHERE url IS DISTINCT FROM 'url'"
    )


_FEED = "parse_filename(filename)::INTEGER AS feed"


def _header(feed: FeedFile) -> list[str]:
    """Return the column names of a CSV feed; raises BadInput."""
    opened = gzip.open if feed.is_gzipped else open
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
    if any(feed.format is FeedFormat.CSV and not _is_empty(feed) for feed in feeds):
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
    """Return DuckDB's message; it may quote bytes that Python cannot decode."""
    if isinstance(error, UnicodeDecodeError):
        return error.object.decode(errors="replace")
    return str(error)


def _reason(error: str, feeds: Sequence[FeedFile], links: Sequence[Path]) -> str:
    """Return one sentence: why a feed cannot be read, and what to do."""
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
            f"{path} is not a complete gzip file; decompress its readable part "
            f"(zcat {path} > NAME.jsonl) and name that file."
        )
    if "maximum_object_size" in error:
        return f"{path} has a record of more than {_MAX_LINE_BYTES:,} bytes; remove it."
    if "JSON" in error:
        return (
            f"{path} is not a complete JSON array of records; name another feed, "
            "or run the same command again if a crawl is writing it."
        )
    first = error.partition("\n")[0]
    return f"{path} cannot be read ({first}); name another feed."


def _is_empty(feed: FeedFile) -> bool:
    """Return whether the feed is empty: its crawl was killed before a record."""
    return not feed.path.stat().st_size


def _not_a_feed(path: Path) -> str:
    return f"{path} is not a feed: no record has a url; name a feed of a crawl."


def _quoted(text: str) -> str:
    escaped = text.replace("'", "''")
    return f"'{escaped}'"


def _compression(*, is_gzipped: bool) -> str:
    return "gzip" if is_gzipped else "none"
