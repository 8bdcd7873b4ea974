"""EXIF tags, printed as exifread prints them."""

from __future__ import annotations

import logging
from io import BytesIO

import exifread

MAX_VALUE_CHARS = 2_000
"""A longer text is cut here: a tag must not smuggle a picture into a record."""

MAX_READS = 50_000
"""A file that makes the reader ask more often leads it in circles."""


class TooManyReads(Exception):
    """The reader does not come to an end."""


class _BoundedFile(BytesIO):
    """Ends the loops that a hostile file can send the reader into.

    A box of size 0, or a table of four thousand million entries, costs the
    reader a read a turn, and nothing else would stop it.
    """

    _reads = 0

    def read(self, size: int | None = -1, /) -> bytes:
        self._reads += 1
        if self._reads > MAX_READS:
            raise TooManyReads
        return super().read(size)


# The reader logs a WARNING for every file it does not know and every oddity
# in one it does; the record's exif_error says what matters.
logging.getLogger("exifread").setLevel(logging.CRITICAL + 1)


def read_exif(head: bytes) -> tuple[dict[str, str], str | None]:
    """Return tag name to printed value, in the file's order, and an error's name.

    Thumbnail bytes and maker notes are left out. The error is the name of the
    exception that the reader raised, or None.
    """
    try:
        tags = exifread.process_file(
            _BoundedFile(head), details=False, extract_thumbnail=False
        )
    # Broken files make it raise EOFError, IndexError, AssertionError,
    # UnicodeDecodeError, NotImplementedError, struct.error and more.
    except Exception as error:  # noqa: BLE001
        return {}, type(error).__name__
    return {name: _printed(tag) for name, tag in tags.items()}, None


def _printed(tag: object) -> str:
    text = str(tag)[:MAX_VALUE_CHARS]
    # A lone surrogate cannot be written as UTF-8.
    return text.encode("utf-8", "replace").decode("utf-8")
