"""Open feeds and lists, without DuckDB: a command that reads none need not load it."""

from __future__ import annotations

import csv
import gzip
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO, cast

from fpcrawler.errors import BadInput
from fpcrawler.input.reasons import reason_of

HEAD_BYTES = 65_536
"""What is read of a file to recognise it; a header has fewer bytes."""

MAX_ROW_BYTES = 16_777_216
"""The limit of a record; a typical one has 2 KB."""

_ESCAPES = re.compile(
    rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    rb"|(u[dD][89a-fA-F][0-9a-fA-F]{2})|.)",
    re.DOTALL,
)
"""Each escape of a JSON text; the group is half of a surrogate pair."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """How messages call a file, and what to do if it is broken."""

    kind: str
    prefix: str = ""
    gzip: str
    json: str


@contextmanager
def opened(path: Path, wording: Wording, *, is_gzipped: bool) -> Iterator[BinaryIO]:
    """Open a file to read it decompressed; errors in the body become BadInput."""
    try:
        with gzip.open(path) if is_gzipped else path.open("rb") as file:
            yield cast("BinaryIO", file)
    except (OSError, EOFError, zlib.error) as error:
        raise BadInput(
            f"{wording.prefix}{path} cannot be read ({reason_of(error)}); name another "
            f"{wording.kind}."
        ) from error


def head_of(path: Path, wording: Wording, *, is_gzipped: bool = False) -> bytes:
    """Return the first HEAD_BYTES of a file, decompressed; raises BadInput."""
    with opened(path, wording, is_gzipped=is_gzipped) as file:
        return file.read(HEAD_BYTES)


def unpaired_surrogate(
    path: Path, wording: Wording, *, is_gzipped: bool
) -> tuple[int, int] | None:
    """Return where JSON has half of a surrogate pair: its line and byte, from 1.

    RFC 8259 section 8.2 allows such an escape, though no text in UTF-8 can hold it.
    """
    with opened(path, wording, is_gzipped=is_gzipped) as file:
        lines = iter(partial(file.readline, MAX_ROW_BYTES), b"")
        for number, line in enumerate(lines, start=1):
            for found in _ESCAPES.finditer(line):
                if found[1]:
                    return number, found.start() + 1
    return None


def header_of(text: str, delimiter: str) -> tuple[str, ...]:
    """Return the cells of the first line of a table."""
    return tuple(next(csv.reader(text.splitlines()[:1], delimiter=delimiter), []))
