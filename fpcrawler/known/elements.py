"""Read the elements of arrays in a JSON text one by one, whatever is around them."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, TextIO

from fpcrawler.errors import BadInput
from fpcrawler.tables.opening import MAX_ROW_BYTES

if TYPE_CHECKING:
    from fpcrawler.known.rows import ListFile

_CHUNK = 1 << 20
_BETWEEN = re.compile(r"[\s,]*")
_OVERLAP = 200
"""Characters that a key and what is around it have at most."""


def elements(
    file: TextIO, keys: Collection[str], known: ListFile
) -> Iterator[tuple[str, object]]:
    """Yield the elements of each array that has one of these keys, with the key.

    An array within an element is part of it. Memory is bounded by the longest
    element, at most MAX_ROW_BYTES characters. Raises BadInput for a text that is
    not JSON there.
    """
    # Within a string a quote is escaped, so this is a key, wherever it stands.
    start = re.compile(rf'(?<!\\)"({"|".join(keys)})"\s*:\s*\[')
    text = _Text(file, known)
    while True:
        found = start.search(text.buffer, text.at)
        if found is None:
            text.at = max(text.at, len(text.buffer) - _OVERLAP)
            if not text.read():
                return
            continue
        text.at = found.end()
        while (element := text.element()) is not _END:
            yield found[1], element


_END = object()


class _Text:
    """The part of a text that is in memory, and where reading it has come to."""

    def __init__(self, file: TextIO, known: ListFile) -> None:
        self.buffer = ""
        self.at = 0
        self._file = file
        self._known = known
        self._decode = json.JSONDecoder().raw_decode

    def read(self) -> bool:
        """Read on; return whether there was more. Twice as much for each try."""
        chunk = self._file.read(max(_CHUNK, len(self.buffer) - self.at))
        self.buffer = self.buffer[self.at :] + chunk
        self.at = 0
        return bool(chunk)

    def element(self) -> object:
        """Return the next element of the array, ``_END`` after the last one."""
        while True:
            self.at = between_end(self.buffer, self.at)
            if self.at < len(self.buffer):
                if self.buffer[self.at] == "]":
                    self.at += 1
                    return _END
                try:
                    value, end = self._decode(self.buffer, self.at)
                except (ValueError, RecursionError) as error:
                    self._check(error)
                else:
                    if end < len(self.buffer):  # else a number may go on
                        self.at = end
                        return value
            if not self.read():
                raise self._incomplete()

    def _check(self, error: Exception) -> None:
        """Raise BadInput unless more of the text may complete the element."""
        if isinstance(error, RecursionError):
            raise self._incomplete() from error
        if len(self.buffer) - self.at > MAX_ROW_BYTES:
            raise BadInput(
                f"known list {self._known.path} has a record of more than "
                f"{MAX_ROW_BYTES:,} bytes; remove it."
            ) from error

    def _incomplete(self) -> BadInput:
        return BadInput(
            f"known list {self._known.path} is not complete JSON; correct it."
        )


def between_end(text: str, at: int) -> int:
    """Return where the spaces and commas that begin at ``at`` end."""
    found = _BETWEEN.match(text, at)
    return found.end() if found else at
