"""Replace the characters of texts from the web, each looked up once."""

from __future__ import annotations

from collections.abc import Callable

_MAX_CACHED = 65_536


class Characters(dict[int, str]):
    """A table for ``str.translate``: code point to what ``replaced`` returns."""

    def __init__(self, replaced: Callable[[str], str]) -> None:
        super().__init__()
        self._replaced = replaced

    def __missing__(self, code: int) -> str:
        text = self._replaced(chr(code))
        if len(self) < _MAX_CACHED:
            self[code] = text
        return text
