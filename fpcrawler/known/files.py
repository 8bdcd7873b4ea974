"""Find known lists on this disk: their files, formats and columns."""

from __future__ import annotations

import csv
import gzip
import re
import shutil
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO, cast

from fpcrawler.core.fingerprint.digests import BARE_DIGESTS
from fpcrawler.core.fingerprint.known import DigestKind
from fpcrawler.errors import BadInput
from fpcrawler.feeds.files import expanded, no_file

SERVER_DIGESTS = "server_digests"
"""The column of our own feeds with the digests of whole files."""

_HEAD_BYTES = 65_536
_UNREADABLE = (OSError, EOFError, zlib.error)
_GZIP = b"\x1f\x8b"
_UTF_16 = b"\xff\xfe"
_DELIMITERS = ",;\t|"
_NOT_IN_NAMES = re.compile(r"[^a-z0-9]")
_KINDS = {_NOT_IN_NAMES.sub("", kind): kind for kind in DigestKind}
# OData, the format of Project VIC, wraps the array in an object.
_WRAPPED = re.compile(
    rb'(?:\xef\xbb\xbf)?\s*\{(?:\s*"[^"]*"\s*:\s*(?:"[^"]*"|[\w.+-]+)\s*,)*+'
    rb'\s*"value"\s*:\s*(?=\[)'
)
_BLOCK = 1_048_576
_HASH = re.compile(r'[\\"]?([0-9a-f]+)(?=["\s,;|]|$)', re.IGNORECASE)


class ListFormat(StrEnum):
    """The format of a list; the values for JSON are DuckDB's names."""

    ARRAY = "array"
    LINES = "newline_delimited"
    TABLE = "table"
    BARE = "bare"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListFile:
    """A known list; ``header`` and ``delimiter`` are set for a table only."""

    name: str
    path: Path
    format: ListFormat
    is_gzipped: bool
    encoding: str
    header: tuple[str, ...] = ()
    delimiter: str = ","
    start: int = 0
    """Offset of the array in the decompressed file, if an object wraps it; else 0."""


def find_lists(arguments: Sequence[str]) -> list[ListFile]:
    """Return the lists that paths and globs name, each once; raises BadInput."""
    paths = [path for argument in arguments for path in expanded(argument)]
    found = list({path.resolve(): path for path in paths}.values())
    names = Counter(path.name for path in found)
    return [
        _list_file(path, path.name if names[path.name] == 1 else str(path))
        for path in found
    ]


def unwrap(known: ListFile, target: Path) -> None:
    """Write the bare array, decompressed, to another file; raises BadInput."""
    try:
        with _opened(known.path, is_gzipped=known.is_gzipped) as file:
            file.seek(known.start)
            with target.open("wb") as array:
                shutil.copyfileobj(file, array, _BLOCK)
                end = max(array.tell() - _HEAD_BYTES, 0)
        with target.open("r+b") as array:
            array.seek(end)
            array.truncate(end + array.read().rfind(b"]") + 1)
    except _UNREADABLE as error:
        raise _unreadable(known.path, error) from error


def kind_of(column: str) -> DigestKind | None:
    """Return the kind of a column by its name: ``sha256``, ``SHA-256``, ``Sha_256``."""
    return _KINDS.get(_NOT_IN_NAMES.sub("", column.lower()))


def no_columns(path: Path) -> BadInput:
    """Return the exception for a list without a column of digests."""
    columns = ", ".join(DigestKind)
    message = f"known list {path} has none of the columns {columns}; add one."
    return BadInput(message)


def _list_file(path: Path, name: str) -> ListFile:
    if path.is_dir():
        raise BadInput(
            f"known list {path} is a folder; name the files in it: {path}/*.csv."
        )
    if not path.is_file():
        raise no_file(path, "a known list")
    head, is_gzipped = _head(path)
    encoding = "utf-16" if head.startswith(_UTF_16) else "utf-8"
    text = head.decode(encoding, "replace").removeprefix("\ufeff")
    wrapped = _WRAPPED.match(head)
    list_format, header, delimiter = _format_of(path, "[" if wrapped else text)
    return ListFile(
        name=name,
        path=path,
        format=list_format,
        is_gzipped=is_gzipped,
        encoding=encoding,
        header=header,
        delimiter=delimiter,
        start=wrapped.end() if wrapped else 0,
    )


def _head(path: Path) -> tuple[bytes, bool]:
    """Return the first bytes, decompressed, and whether the file is gzipped."""
    try:
        with path.open("rb") as file:
            is_gzipped = file.read(len(_GZIP)) == _GZIP
        with _opened(path, is_gzipped=is_gzipped) as file:
            return file.read(_HEAD_BYTES), is_gzipped
    except _UNREADABLE as error:
        raise _unreadable(path, error) from error


def _opened(path: Path, *, is_gzipped: bool) -> BinaryIO:
    return cast("BinaryIO", gzip.open(path)) if is_gzipped else path.open("rb")


def _unreadable(path: Path, error: Exception) -> BadInput:
    message = f"known list {path} cannot be read ({error}); name another list."
    return BadInput(message)


def _format_of(path: Path, text: str) -> tuple[ListFormat, tuple[str, ...], str]:
    """Return format, header and delimiter by the first characters, not by the name."""
    start = text.lstrip()
    if start.startswith("["):
        return ListFormat.ARRAY, (), ""
    if start.startswith("{"):
        return ListFormat.LINES, (), ""
    first, *_ = start.splitlines() or [""]
    for delimiter in _DELIMITERS:
        header = next(csv.reader([first], delimiter=delimiter), [])
        if any(kind_of(name) or name == SERVER_DIGESTS for name in header):
            return ListFormat.TABLE, tuple(header), delimiter
    lines = (line for line in start.splitlines() if not line.startswith("#"))
    found = _HASH.match(next(lines, ""))
    if found is not None and len(found[1]) in BARE_DIGESTS:
        return ListFormat.BARE, (), ""
    raise no_columns(path)
