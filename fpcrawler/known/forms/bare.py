"""A digest in each line, alone or before a name, as md5sum writes it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from fpcrawler.core.fingerprint.known import BY_DIGITS
from fpcrawler.known.rows import Form, Layout, ListFile, Rows
from fpcrawler.tables.duck import csv_source

if TYPE_CHECKING:
    import duckdb

    from fpcrawler.core.fingerprint.known import DigestKind

    Cells = dict[DigestKind, str]

# Characters around a digest; md5sum writes a backslash before that of an odd name.
_AROUND = ',;|\t"\\'
_WORD = f"split_part(ltrim(translate(c0, '{_AROUND}', '{' ' * len(_AROUND)}')), ' ', 1)"
_DIGITS = ", ".join(map(str, BY_DIGITS))
_HEX = "|".join(f"[0-9a-fA-F]{{{digits}}}" for digits in BY_DIGITS)
_TWO = "[0-9a-fA-F]{32} [0-9a-fA-F]{32}"
_MAX_MORE = 4
# md5sum writes a space before a name, and a space or, in binary mode, a star.
_NAME = "rtrim(ltrim(substr(c0, strpos(c0, word) + length(word)), ' *,;|\t\"'), '\"')"


def rows_of_texts(connection: duckdb.DuckDBPyConnection, texts: str) -> Rows:
    """Return the SQL that reads digests from texts; ``texts``: SQL with a ``c0``."""
    # Most lines are just a digest; only other lines need the slower search.
    word = f"if(length(c0) IN ({_DIGITS}), c0, {_WORD})"
    source = f"(SELECT c0, {word} AS word FROM {texts})"
    found = connection.execute(
        f"SELECT length(word), bool_or(length(c0) > length(word)) FROM {source} "
        "GROUP BY ALL"
    ).fetchall()
    has_names = any(is_longer for length, is_longer in found if length in BY_DIGITS)
    more = _more(connection, source) if has_names else []
    return Rows(
        source,
        f"coalesce(word <> '' AND NOT starts_with(word, '#') "
        f"AND length(word) NOT IN ({_DIGITS}), false)",
        {
            kind: f"if(length(word) = {digits}, word, NULL)"
            for digits, kind in BY_DIGITS.items()
            if digits in dict(found)
        },
        {"name": _NAME} if has_names else {},
        more,
    )


def _more(connection: duckdb.DuckDBPyConnection, source: str) -> list[Cells]:
    """Return SQL for the digests after the first in a line, each after one space.

    md5sum writes two characters before a name, which may be the digest of another.
    """
    rest = "substr(c0, strpos(c0, word) + length(word) + 1)"
    texts = [f"split_part(rtrim({rest}), ' ', {at})" for at in range(1, _MAX_MORE + 1)]
    digests = [f"if(regexp_full_match({text}, '{_HEX}'), {text}, '')" for text in texts]
    lengths = ", ".join(f"list(DISTINCT length({digest}))" for digest in digests)
    found = connection.execute(
        f"SELECT {lengths} FROM {source} WHERE regexp_matches(c0, '{_TWO}')"
    ).fetchone()
    more = [
        {
            kind: f"if(length({digest}) = {digits}, {digest}, NULL)"
            for digits, kind in BY_DIGITS.items()
            if digits in (each or ())
        }
        for digest, each in zip(digests, found or (), strict=True)
    ]
    return [cells for cells in more if cells]


def _rows(
    connection: duckdb.DuckDBPyConnection, known: ListFile, link: Path, encoding: str
) -> Rows:
    return rows_of_texts(connection, csv_source(link, known, encoding))


FORM = Form(name="list of bare digests", layout_of=lambda _: Layout(), rows_of=_rows)
