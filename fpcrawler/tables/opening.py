"""Open feeds and lists, without DuckDB: a command that reads none need not load it."""

from __future__ import annotations

import csv
import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from fpcrawler.errors import BadInput

HEAD_BYTES = 65_536
"""What is read of a file to recognise it; a header has fewer bytes."""


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
            f"{wording.prefix}{path} cannot be read ({error}); name another "
            f"{wording.kind}."
        ) from error


def head_of(path: Path, wording: Wording, *, is_gzipped: bool = False) -> bytes:
    """Return the first HEAD_BYTES of a file, decompressed; raises BadInput."""
    with opened(path, wording, is_gzipped=is_gzipped) as file:
        return file.read(HEAD_BYTES)


def header_of(text: str, delimiter: str) -> tuple[str, ...]:
    """Return the cells of the first line of a table."""
    return tuple(next(csv.reader(text.splitlines()[:1], delimiter=delimiter), []))
