"""Lists whose form Python reads: their entries become a table for DuckDB."""

from __future__ import annotations

import csv
import io
from base64 import b32decode, b64decode
from binascii import Error
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TextIO

from fpcrawler.core.fingerprint.digests import DIGESTS
from fpcrawler.core.fingerprint.known import BY_DIGITS, WHOLE, DigestKind, KnownSet
from fpcrawler.feeds.files import FeedFile, FeedFormat
from fpcrawler.known.details import FIELDS, flag_text
from fpcrawler.known.opening import LIST
from fpcrawler.known.rows import Form, Head, Layout, ListFile, Rows
from fpcrawler.tables.duck import csv_source
from fpcrawler.tables.opening import opened

if TYPE_CHECKING:
    import duckdb

_NAMES = (*WHOLE, *FIELDS, "withdrawn")
_MAX_CHARS = 1_000
_BASE_64 = {(kind_bytes + 2) // 3 * 4: kind_bytes for kind_bytes in (16, 20, 32, 64)}


class Entry(NamedTuple):
    """A file on a list: its number in the list, its digests, what else is said.

    ``is_withdrawn``: its author says that it is not valid any more, so it is skipped.
    """

    row: int
    digests: Mapping[DigestKind, str]
    size: object = None
    set: KnownSet | None = None
    category: object = None
    series: object = None
    flags: tuple[str, ...] = ()
    name: object = None
    is_withdrawn: bool = False


EntriesOf = Callable[[TextIO, ListFile], Iterator[Entry]]
"""Reads the entries of an open list."""


FasterRows = Callable[["duckdb.DuckDBPyConnection", ListFile, Path], Rows | None]
"""Reads a list from a link in UTF-8; None if it needs to be read entry by entry."""


def streamed(
    name: str,
    layout_of: Callable[[Head], Layout | None],
    entries_of: EntriesOf,
    faster: FasterRows = lambda *_: None,
) -> Form:
    """Return the form of lists that ``faster`` reads, else ``entries_of``."""

    def rows_of(
        connection: duckdb.DuckDBPyConnection, known: ListFile, link: Path, _: str
    ) -> Rows:
        if rows := faster(connection, known, link):
            return rows
        table = link.with_suffix(".csv")
        with (
            opened(known.path, LIST, is_gzipped=known.is_gzipped) as file,
            # What is not in the encoding is replaced.
            io.TextIOWrapper(file, _encoding(known), "replace", newline="") as text,
            table.open("w", newline="", encoding="utf-8", errors="replace") as cells,
        ):
            _write(entries_of(text, known), cells)
        return _rows(table)

    return Form(name=name, layout_of=layout_of, rows_of=rows_of)


def _encoding(known: ListFile) -> str:
    return "utf-8-sig" if known.encoding == "utf-8" else known.encoding


def hex_of(kind: DigestKind, text: str) -> str:
    """Return a digest in hex; it may be in base64, or in base32 if it is a SHA-1."""
    digits = text.strip()
    size = DIGESTS[kind].bytes
    if len(digits) == 2 * size:
        return digits
    try:
        if _BASE_64.get(len(digits)) == size:
            return b64decode(digits, validate=True).hex()
        # RFC 4648 section 6: 32 characters for 20 bytes, without padding.
        if kind is DigestKind.SHA1 and len(digits) == _SHA1_BASE_32:
            return b32decode(digits.upper()).hex()
    except (Error, ValueError):
        return digits
    return digits


_SHA1_BASE_32 = 32


def _write(entries: Iterable[Entry], text: TextIO) -> None:
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_NAMES)
    for entry in entries:
        found = {} if entry.is_withdrawn else entry.digests
        digests = [_cell(found.get(kind)) for kind in WHOLE]
        details = (_cell(value) for value in (*entry[2:6], flag_text(entry.flags)))
        withdrawn = "yes" if entry.is_withdrawn else ""
        writer.writerow([*digests, entry.row, *details, _cell(entry.name), withdrawn])


def _cell(value: object) -> str:
    """Return a value as a cell of one line; only texts and numbers have one."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    text = str(value)[:_MAX_CHARS]
    return text.replace("\n", " ").replace("\r", " ").replace("\0", " ")


def _rows(table: Path) -> Rows:
    like = FeedFile(path=table, format=FeedFormat.CSV, is_gzipped=False, header=_NAMES)
    source = csv_source(table, like, "utf-8")
    columns = {name: f"c{at}" for at, name in enumerate(_NAMES)}
    return Rows(
        source,
        f"coalesce({columns['withdrawn']}, '') <> ''",
        {kind: f"nullif({columns[kind]}, '')" for kind in BY_DIGITS.values()},
        {field: columns[field] for field in FIELDS},
    )
