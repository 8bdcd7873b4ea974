"""Find known lists on this disk: their files, formats and columns."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from fpcrawler.core.fingerprint.digests import BARE_DIGESTS
from fpcrawler.core.fingerprint.known import DigestKind
from fpcrawler.errors import BadInput
from fpcrawler.feeds.files import FeedFile, FeedFormat, expanded, no_file
from fpcrawler.tables.opening import HEAD_BYTES, Wording, header_of, opened

SERVER_DIGESTS = "server_digests"
"""The column of our own feeds with the digests of whole files."""

LIST = Wording(
    kind="list",
    prefix="known list ",
    gzip="download it again.",
    json="complete JSON; correct it.",
)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class ListFile(FeedFile):
    """A known list on this disk."""

    name: str
    encoding: str
    start: int
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


def unwrap(known: ListFile, link: Path) -> None:
    """Replace a link to a list by its bare array, decompressed; raises BadInput."""
    link.unlink()
    with opened(known.path, LIST, is_gzipped=known.is_gzipped) as file:
        file.seek(known.start)
        with link.open("w+b") as array:
            shutil.copyfileobj(file, array, _BLOCK)
            end = max(array.tell() - HEAD_BYTES, 0)
            array.seek(end)
            array.truncate(end + array.read().rfind(b"]") + 1)


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
    with opened(path, LIST) as file:
        is_gzipped = file.read(len(_GZIP)) == _GZIP
    with opened(path, LIST, is_gzipped=is_gzipped) as file:
        head = file.read(HEAD_BYTES)
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


def _format_of(path: Path, text: str) -> tuple[FeedFormat, tuple[str, ...], str]:
    """Return format, header and delimiter by the first characters, not by the name."""
    start = text.lstrip()
    if start.startswith("["):
        return FeedFormat.ARRAY, (), ""
    if start.startswith("{"):
        return FeedFormat.LINES, (), ""
    first, *_ = start.splitlines() or [""]
    for delimiter in _DELIMITERS:
        header = header_of(first, delimiter)
        if any(kind_of(name) or name == SERVER_DIGESTS for name in header):
            return FeedFormat.CSV, header, delimiter
    lines = (line for line in start.splitlines() if not line.startswith("#"))
    found = _HASH.match(next(lines, ""))
    if found is not None and len(found[1]) in BARE_DIGESTS:
        return FeedFormat.BARE, (), ""
    raise no_columns(path)
