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
def opened(
    path: Path, wording: Wording, what: str = "", *, is_gzipped: bool = False
) -> Iterator[BinaryIO]:
    """Open a file to read its decompressed bytes; errors in the body become BadInput.

    ``what`` ends the phrase "cannot be read".
    """
    try:
        with gzip.open(path) if is_gzipped else path.open("rb") as file:
            yield cast("BinaryIO", file)
    except (OSError, EOFError, zlib.error, csv.Error) as error:
        reason = f"cannot be read{what} ({error})"
        raise BadInput(
            f"{wording.prefix}{path} {reason}; name another {wording.kind}."
        ) from error


def header_of(line: str, delimiter: str) -> tuple[str, ...]:
    """Return the cells of the first line of a table; raises ``csv.Error``."""
    return tuple(next(csv.reader([line], delimiter=delimiter), []))
