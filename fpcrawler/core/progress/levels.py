"""How far pages are from the list, by the nearest route that was found."""

from __future__ import annotations


class Levels:
    """The least number of links to each page, by the page's key.

    A page that was read at one level leads further once it is found at a lower
    one, so it is asked for again. One that still waits is not: it is read at the
    lowest level that was noted until then.
    """

    def __init__(self) -> None:
        self._least: dict[int, int] = {}
        self._read: set[int] = set()

    def is_known(self, key: int) -> bool:
        """Tell whether a page was noted before."""
        return key in self._least

    def needs_request(self, key: int, level: int) -> bool:
        """Tell whether a page found at ``level`` has to be asked for, or again."""
        least = self._least.get(key)
        return least is None or (level < least and key in self._read)

    def note(self, key: int, level: int) -> None:
        """Note that a page was found at ``level``."""
        self._least[key] = self.least(key, level)

    def least(self, key: int, level: int) -> int:
        """Return the lowest level of a page that was found at ``level`` last."""
        return min(level, self._least.get(key, level))

    def note_read(self, key: int) -> None:
        """Note that a page was read, or need not be."""
        self._read.add(key)

    def forget(self, key: int) -> None:
        """Forget a page that is not asked for after all."""
        self._least.pop(key, None)
