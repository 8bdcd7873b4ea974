"""Find known lists on this disk: their files, formats and columns."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from fpcrawler.core.fingerprint.known import DigestKind
from fpcrawler.errors import BadInput
from fpcrawler.feeds.files import FeedFile, FeedFormat, check_file, expanded
from fpcrawler.tables.opening import HEAD_BYTES, Wording, head_of, header_of, opened

DIGEST_OBJECTS = ("file_digests", "server_digests")
"""The columns of our own feeds with digests of whole files.

What was computed of a file wins over what its server states.
"""

LIST = Wording(
    kind="list",
    prefix="known list ",
    gzip="download it again.",
    json="complete JSON; correct it.",
)
_GZIP = b"\x1f\x8b"
_UTF_16 = b"\xff\xfe"
_PARQUET = b"PAR1"
_DELIMITERS = ",;\t|"
_NOT_IN_NAMES = re.compile(r"[^a-z0-9]")
_KINDS = {_NOT_IN_NAMES.sub("", kind): kind for kind in DigestKind}
# OData, the format of Project VIC, wraps the array in an object.
_WRAPPED = re.compile(
    rb'(?:\xef\xbb\xbf)?\s*\{(?:\s*"[^"]*"\s*:\s*(?:"[^"]*"|[\w.+-]+)\s*,)*+'
    rb'\s*"value"\s*:\s*(?=\[)'
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListFile(FeedFile):
    """A known list on this disk."""

    name: str
    encoding: str
    start: int
    """Offset of the array in the decompressed file, if an object wraps it; else 0."""


def find_lists(arguments: Sequence[str]) -> list[ListFile]:
    """Return the lists that paths and globs name, each once; raises BadInput."""
    found = expanded(arguments)
    names = Counter(path.name for path in found)
    return [
        _list_file(path, path.name if names[path.name] == 1 else str(path))
        for path in found
    ]


def unwrap(known: ListFile, link: Path) -> Path:
    """Write the bare array of a list beside the link to it; raises BadInput."""
    unwrapped = link.with_suffix(".json")
    with opened(known.path, LIST, is_gzipped=known.is_gzipped) as file:
        file.seek(known.start)
        with unwrapped.open("w+b") as array:
            shutil.copyfileobj(file, array)
            end = max(array.tell() - HEAD_BYTES, 0)
            array.seek(end)
            array.truncate(end + array.read().rfind(b"]") + 1)
    return unwrapped


def kind_of(column: str) -> DigestKind | None:
    """Return the kind of a column by its name: ``sha256``, ``SHA-256``, ``Sha_256``."""
    return _KINDS.get(_NOT_IN_NAMES.sub("", column.lower()))


def _list_file(path: Path, name: str) -> ListFile:
    check_file(path, "known list")
    is_gzipped = head_of(path, LIST).startswith(_GZIP)
    head = head_of(path, LIST, is_gzipped=is_gzipped)
    if head.startswith(_PARQUET) and not is_gzipped:
        return ListFile(
            name=name,
            path=path,
            format=FeedFormat.PARQUET,
            is_gzipped=False,
            encoding="utf-8",
            start=0,
        )
    encoding = "utf-16" if head.startswith(_UTF_16) else "utf-8"
    text = head.decode(encoding, "replace").removeprefix("\ufeff")
    if "\0" in text:
        raise BadInput(f"known list {path} is not text; name another list.")
    wrapped = _WRAPPED.match(head)
    list_format, header, delimiter = _format_of("[" if wrapped else text)
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


def _format_of(text: str) -> tuple[FeedFormat, tuple[str, ...], str]:
    """Return format, header and delimiter by the first characters, not by the name."""
    start = text.lstrip()
    if start.startswith("["):
        return FeedFormat.ARRAY, (), ""
    if start.startswith("{"):
        return FeedFormat.LINES, (), ""
    for delimiter in _DELIMITERS:
        header = header_of(start, delimiter)
        if any(kind_of(name) or name in DIGEST_OBJECTS for name in header):
            return FeedFormat.CSV, header, delimiter
    return FeedFormat.BARE, (), ""
