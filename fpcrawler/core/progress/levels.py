"""Keep the distance of each page from the list, in links."""

from __future__ import annotations


class Levels:
    """The lowest level of each page, by the page's key.

    A page that was read, and is then found at a lower level, leads further. So it
    is requested again. A page that still waits is not requested again: it will be
    read at the lowest level noted until then.
    """

    def __init__(self) -> None:
        self._least: dict[int, int] = {}
        self._read: set[int] = set()

    def is_known(self, key: int) -> bool:
        """Return whether a page was noted before."""
        return key in self._least

    def needs_request(self, key: int, level: int) -> bool:
        """Return whether a page found at ``level`` needs a request, or another one."""
        least = self._least.get(key)
        return least is None or (level < least and key in self._read)

    def note(self, key: int, level: int) -> None:
        """Note that a page was found at ``level``."""
        self._least[key] = self.least(key, level)

    def least(self, key: int, level: int) -> int:
        """Return the lowest level of a page that was found at ``level`` last."""
        return min(level, self._least.get(key, level))

    def note_read(self, key: int) -> None:
        """Note that a page was read, or does not need to be."""
        self._read.add(key)

    def forget(self, key: int) -> None:
        """Forget a page that is not requested after all."""
        self._least.pop(key, None)
