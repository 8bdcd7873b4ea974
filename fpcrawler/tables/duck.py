"""SQL that reads CSV, JSON, JSON Lines and Parquet, and what is wrong with a file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import duckdb

from fpcrawler.core.file import cells
from fpcrawler.errors import BadInput
from fpcrawler.feeds.files import FeedFile, FeedFormat
from fpcrawler.feeds.scratch import scratch
from fpcrawler.tables.opening import MAX_ROW_BYTES, unpaired_surrogate

if TYPE_CHECKING:
    from fpcrawler.tables.opening import Wording

_NOT_PARQUET = re.compile("magic bytes|Footer|a Parquet file")
_MAX_REJECTS = 1_000
"""Broken rows that are noted at most; a file may have nothing else."""


class Rejected(NamedTuple):
    """A rejected line of CSV: the index of its file, its number, and what is wrong."""

    file: int
    line: int
    has_other_encoding: bool
    has_open_quote: bool


@contextmanager
def linked(files: Sequence[FeedFile], wording: Wording) -> Iterator[list[Path]]:
    """Yield a link to each file; errors of DuckDB in the body become BadInput."""
    with scratch("tables") as folder:
        # With link names of ours, no path is read as a glob, a URL or SQL, and DuckDB
        # decompresses by the suffix.
        links = {
            Path(folder, f"{at}.{'gz' if file.is_gzipped else 'plain'}"): file.path
            for at, file in enumerate(files)
        }
        for link, path in links.items():
            link.symlink_to(path.absolute())
        try:
            yield [*links]
        except (duckdb.OutOfMemoryException, duckdb.InterruptException):
            raise  # not an error of a file
        except (duckdb.Error, UnicodeDecodeError) as error:
            raise BadInput(_sentence(_message(error), links, wording)) from error


FILE = "parse_filename(filename, true)::INTEGER"
"""SQL for the index of a row's file among the links."""


def json_source(links: Iterable[Path], like: FeedFile, names: Sequence[str]) -> str:
    """Return SQL for the records of files: the named fields as VARCHAR.

    ``like``: the format of all files. Without ``names``, each record is one value,
    ``json``, of any type.
    """
    # Without ``columns``, DuckDB would create a column for each EXIF tag.
    columns = f"columns = {_texts(names)}, " if names else ""
    return (
        f"{'read_json' if names else 'read_json_objects'}("
        f"[{', '.join(quoted(str(link)) for link in links)}], {columns}"
        f"format = '{like.format}', ignore_errors = {like.format is FeedFormat.LINES}, "
        f"maximum_object_size = {MAX_ROW_BYTES}, filename = true)"
    )


def csv_source(link: Path, table: FeedFile, encoding: str) -> str:
    """Return SQL for the rows of a table: VARCHARs named c0, c1, …, or one, a line.

    ``encoding``: by DuckDB's name. Broken rows are left out: see :func:`rejected`.
    """
    is_bare = table.format is FeedFormat.BARE
    quote = "" if is_bare else '"'
    # No line has a zero byte. '\\0' would be a backslash and a zero, as in C:\\0.jpg.
    delimiter = "chr(0)" if is_bare else quoted(table.delimiter)
    has_header = table.has_header and not is_bare
    cells = [f"c{number}" for number in range(len(table.header) or 1)]
    return (
        f"read_csv({quoted(str(link))}, columns = {_texts(cells)}, "
        f"auto_detect = false, header = {has_header}, delim = {delimiter}, "
        f"skip = {table.skip}, "
        f"quote = '{quote}', escape = '{quote}', encoding = '{encoding}', "
        f"ignore_errors = true, store_rejects = true, rejects_limit = {_MAX_REJECTS}, "
        f"max_line_size = {MAX_ROW_BYTES}, buffer_size = {2 * MAX_ROW_BYTES}, "
        f"filename = true)"
    )


def parquet_source(link: Path) -> str:
    """Return SQL for the rows of a Parquet file with its own columns and types."""
    return f"read_parquet({quoted(str(link))})"


def rejected(connection: duckdb.DuckDBPyConnection) -> list[Rejected]:
    """Return the lines that were rejected since the last call; a line may repeat."""
    tables = "SELECT 1 FROM duckdb_tables() WHERE table_name = 'reject_errors'"
    if not connection.execute(tables).fetchall():
        return []
    rows = connection.execute(
        r"""
        SELECT DISTINCT parse_filename(file_path, true)::INTEGER, line,
            error_type::VARCHAR = 'INVALID ENCODING',
            coalesce(regexp_matches(csv_line, '\S\s*[\r\n]\s*\S'), false)
        FROM reject_errors JOIN reject_scans USING (scan_id, file_id) ORDER BY ALL
        """
    ).fetchall()
    connection.execute("DROP TABLE reject_errors; DROP TABLE reject_scans")
    return [Rejected(*row) for row in rows]


def json_text(value: str, key: str) -> str:
    """Return SQL for the text of a key in a JSON value."""
    return f"{value} ->> '$.\"{key}\"'"


def neutral_cell(text: str) -> str:
    """Return SQL for the cell of a text in CSV: ``neutral`` of core/file/cells.py."""
    may_be_formula = f"regexp_matches({text}, {quoted(cells.FORMULA)})"
    is_number = f"regexp_full_match({text}, {quoted(cells.NUMBER)})"
    cell = _replaced(text, cells.PART, r"\1'\2")
    marked = f"chr(39) || {cell}"  # an apostrophe
    return f"if({may_be_formula} AND NOT {is_number}, {marked}, {cell})"


def original_text(cell: str) -> str:
    """Return SQL for the text of a cell of CSV: ``original`` of core/file/cells.py."""
    is_neutral = f"regexp_matches({cell}, {quoted(cells.NEUTRAL)})"
    text = _replaced(cell, cells.NEUTRAL_PART, r"\1\2")
    return f"if({is_neutral}, substr({text}, 2), {text})"


def _replaced(text: str, pattern: str, by: str) -> str:
    return f"regexp_replace({text}, {quoted(pattern)}, {quoted(by)}, 'g')"


def quoted(text: str) -> str:
    """Return a text as SQL."""
    escaped = text.replace("'", "''")
    return f"'{escaped}'"


def _texts(names: Iterable[str]) -> str:
    columns = ", ".join(f"{name}: 'VARCHAR'" for name in names)
    return f"{{{columns}}}"


def _message(error: duckdb.Error | UnicodeDecodeError) -> str:
    """Return DuckDB's message; it may quote bytes that Python cannot decode."""
    if isinstance(error, UnicodeDecodeError):
        return error.object.decode(errors="replace")
    return str(error)


def _sentence(error: str, paths: dict[Path, Path], wording: Wording) -> str:
    """Return one sentence: why a file cannot be read, and what to do."""
    links = [link for link in paths if str(link) in error] or [*paths]
    link = links[0]
    path = str(paths[link]) if len(links) == 1 else f"a {wording.kind}"
    file = f"{wording.prefix}{path}"
    if "GZIP" in error:
        advice = wording.gzip.format(path=path)
        return f"{file} is not a complete gzip file; {advice}"
    if "maximum_object_size" in error:
        return f"{file} has a record of more than {MAX_ROW_BYTES:,} bytes; remove it."
    if _NOT_PARQUET.search(error):
        return f"{file} is not a complete Parquet file; name another {wording.kind}."
    if "surrogate" in error and (
        place := unpaired_surrogate(
            paths[link], wording, is_gzipped=link.suffix == ".gz"
        )
    ):
        return (
            f"{file} has half of a surrogate pair in line {place[0]:,} at byte "
            f"{place[1]:,}, which is not a character; write \\ufffd in its place."
        )
    if "JSON" in error:
        return f"{file} is not {wording.json}"
    first = error.partition("\n")[0].replace(str(link), path)
    return f"{file} cannot be read ({first}); name another {wording.kind}."
