"""Open known lists: how messages call them, and a copy in an encoding to read."""

from __future__ import annotations

import gzip
import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import copyfileobj
from typing import TYPE_CHECKING

from fpcrawler.errors import BadInput
from fpcrawler.tables.opening import Wording, opened

if TYPE_CHECKING:
    from fpcrawler.known.rows import ListFile

LIST = Wording(
    kind="list",
    prefix="known list ",
    gzip="download it again.",
    json="complete JSON; correct it.",
)


@contextmanager
def naming_stdin(copy: Path) -> Iterator[None]:
    """Let the BadInput of the body name stdin, not the copy of it."""
    try:
        yield
    except BadInput as error:
        raise BadInput(str(error).replace(str(copy), "stdin")) from error


def replace_by_utf_8(link: Path, known: ListFile) -> None:
    """Replace the link to a list by a copy in UTF-8; raises BadInput.

    DuckDB reads JSON only in UTF-8, and UTF-16 only in one byte order.
    """
    link.unlink()
    with (
        opened(known.path, LIST, is_gzipped=known.is_gzipped) as file,
        io.TextIOWrapper(file, known.encoding, "replace", newline="") as text,
        gzip.open(link, "xb", 1) if known.is_gzipped else link.open("xb") as binary,
        io.TextIOWrapper(binary, "utf-8", newline="") as copy,
    ):
        copyfileobj(text, copy)
