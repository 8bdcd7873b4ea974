"""Hash sets of Project VIC, whose array DuckDB reads faster than Python.

Its reader needs a bare array, so the object around it is cut off in a copy.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from fpcrawler.core.fingerprint.digests import DIGESTS
from fpcrawler.core.fingerprint.known import WHOLE, DigestKind
from fpcrawler.feeds.files import FeedFile, FeedFormat
from fpcrawler.known.columns import FLAGS, VICS_BAD, plain
from fpcrawler.known.details import joined_flags
from fpcrawler.known.forms.records import PLAIN_NAME
from fpcrawler.known.opening import LIST
from fpcrawler.known.rows import Rows
from fpcrawler.tables.database import fetched
from fpcrawler.tables.duck import json_source
from fpcrawler.tables.opening import HEAD_BYTES, opened

if TYPE_CHECKING:
    from fpcrawler.known.rows import ListFile

HASH_SET = ("value",)
"""The header of a list whose array of this name has the media themselves."""
SIZES = ("mediasize", "filesize")
SERIES = ("series", "seriesname")
NAMES = ("filename", "name", "relativefilepath", "filepath")
FILES = "mediafiles"
HASHES = ("alternativehashes", "hashes")

_WRAPPED = re.compile(
    rb'(?:\xef\xbb\xbf)?\s*\{(?:\s*"[^"]*"\s*:\s*(?:"[^"]*"|[\w.+-]+)\s*,)*+'
    rb'\s*"value"\s*:\s*(?=\[)'
)
# Seen in the first bytes, it saves a scan that ends in the same way.
_LISTED = re.compile(rb'"(?:Alternative)?Hashes"\s*:\s*\[\s*\{', re.IGNORECASE)
_PLAINS = {*WHOLE, "category", *FLAGS, *SIZES, *SERIES, *NAMES, FILES, *HASHES}
_MAX_CHARS = 1_000
_BASE_32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_FALSE = ("0", "0.0", '""', "false", "null")


def hash_set_rows(
    connection: duckdb.DuckDBPyConnection, known: ListFile, link: Path
) -> Rows | None:
    """Return the SQL that reads a hash set; None if only Python can read it.

    ``link``: the list in UTF-8. Raises BadInput for a file that cannot be read.
    """
    array = _unwrapped(known, link) if known.layout.header == HASH_SET else None
    if array is None:
        return None
    like = FeedFile(path=array, format=FeedFormat.ARRAY, is_gzipped=False)
    source = json_source([array], like, ())
    try:
        paths = _paths(connection, source)
        if paths is None or _has_lists(connection, source, paths):
            return None
    except (duckdb.OutOfMemoryException, duckdb.InterruptException, duckdb.IOException):
        raise  # not an error of the file
    except (duckdb.Error, UnicodeDecodeError):
        return None
    rows = _rows(source, paths)
    return rows if rows.cells else None


def _unwrapped(known: ListFile, link: Path) -> Path | None:
    """Write the bare array of a list beside the link; None if Python has to read it."""
    unwrapped = link.with_suffix(".json")
    path = known.path if known.encoding == "utf-8" else link  # for an error to name
    with opened(path, LIST, is_gzipped=known.is_gzipped) as file:
        head = file.read(HEAD_BYTES)
        wrapped = _WRAPPED.match(head)
        if wrapped is None or _LISTED.search(head):
            return None
        file.seek(wrapped.end())
        with unwrapped.open("w+b") as array:
            shutil.copyfileobj(file, array, HEAD_BYTES)
            end = max(array.tell() - HEAD_BYTES, 0)
            array.seek(end)
            array.truncate(end + array.read().rfind(b"]") + 1)
    return unwrapped


def _paths(connection: duckdb.DuckDBPyConnection, source: str) -> dict[str, str] | None:
    """Return the JSON path of each plain name; None if one is spelled in two ways."""
    keys = _keys(connection, source, "json", _PLAINS)
    paths = {plain(key): f'$."{key}"' for key in keys}
    if FILES in paths:
        first = f"{paths[FILES]}[0]"
        of_file = _keys(connection, source, f"json -> '{first}'", NAMES)
        paths |= {f"{FILES}.{plain(key)}": f'{first}."{key}"' for key in of_file}
        keys += of_file
    is_clear = len(paths) == len(keys) and all(map(PLAIN_NAME.fullmatch, keys))
    return paths if is_clear else None


def _keys(
    connection: duckdb.DuckDBPyConnection,
    source: str,
    value: str,
    plains: Collection[str],
) -> list[str]:
    """Return the keys of a JSON value in all records whose plain name is wanted."""
    keys = connection.execute(
        f"SELECT DISTINCT unnest(json_keys({value})) FROM {source}"
    )
    return sorted(key for (key,) in fetched(keys) if plain(key) in plains)


def _has_lists(
    connection: duckdb.DuckDBPyConnection, source: str, paths: Mapping[str, str]
) -> bool:
    """Return whether a medium has a list of digests."""
    conditions = [
        f"json_array_length(json, '{paths[key]}') > 0" for key in HASHES if key in paths
    ]
    if not conditions:
        return False
    query = f"SELECT 1 FROM {source} WHERE {' OR '.join(conditions)} LIMIT 1"
    return connection.execute(query).fetchone() is not None


def _rows(source: str, paths: Mapping[str, str]) -> Rows:
    wanted = ", ".join(f"'{path}'" for path in paths.values())
    values = {name: f"v[{at}]" for at, name in enumerate(paths, start=1)}
    return Rows(
        f"(SELECT json_extract(json, [{wanted}]) AS v FROM {source})",
        "false",
        {kind: _digest(kind, values[kind]) for kind in WHOLE if kind in values},
        dict(_details(values)),
    )


def _details(values: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    if "category" in values:
        category = _text(values["category"])
        yield "set", f"if(regexp_full_match({category}, '{VICS_BAD}'), 'known-bad', '')"
        yield "category", category
    names = [name for key in NAMES for name in (key, f"{FILES}.{key}")]
    for field, keys in (("size", SIZES), ("series", SERIES), ("name", names)):
        found = [_truthy(values[key]) for key in keys if key in values]
        if found:
            yield field, f"coalesce({', '.join(found)})"
    flags = [
        f"if(lower({values[key]}::VARCHAR) IN ('true', '\"true\"'), '{flag}', NULL)"
        for key, flag in FLAGS.items()
        if key in values
    ]
    if flags:
        yield "flags", joined_flags(flags)


def _text(value: str) -> str:
    """Return SQL for the text of a JSON string or number, NULL for any other value."""
    return (
        f"CASE WHEN {_is_string(value)} THEN left({value} ->> '$', {_MAX_CHARS}) "
        f"WHEN left({value}, 1) BETWEEN '-' AND '9' THEN {value}::VARCHAR END"
    )


def _truthy(value: str) -> str:
    """Return SQL for the text of a value; of two keys, an empty one does not count."""
    return f"if({value}::VARCHAR IN {_FALSE}, NULL, {_text(value)})"


def _digest(kind: DigestKind, value: str) -> str:
    """Return SQL for the hex digits of a digest, as ``streaming.hex_of`` finds them."""
    digits = DIGESTS[kind].digits
    text = f"trim({value} ->> '$', E' \\t\\r\\n')"
    in_base_64 = f"length({text}) = {-(-digits // 6) * 4}"
    decoded = f"if({in_base_64}, try(hex(from_base64({text}))), NULL)"
    if kind is DigestKind.SHA1:
        in_base_32 = f"regexp_full_match({text}, '[A-Za-z2-7]{{32}}')"
        decoded = f"if({in_base_32}, {_of_base_32(text)}, {decoded})"
    # Most are just hex in quotes; only the others need to be parsed.
    return (
        f"CASE WHEN NOT {_is_string(value)} THEN NULL "
        f"WHEN length({value}) = {digits + 2} THEN substr({value}, 2, {digits}) "
        f"ELSE coalesce({decoded}, nullif({text}, '')) END"
    )


def _of_base_32(text: str) -> str:
    """Return SQL for the hex digits of a SHA-1 in base32.

    RFC 4648 section 6: eight characters are 40 bits.
    """
    bits = f"strpos('{_BASE_32}', upper({text})[first + i]) - 1"
    group = f"list_sum([({bits}) << (40 - 5 * i) for i in range(1, 9)])"
    groups = f"[printf('%010x', {group}::BIGINT) for first in [0, 8, 16, 24]]"
    return f"array_to_string({groups}, '')"


def _is_string(value: str) -> str:
    return f"starts_with({value}, '\"')"
