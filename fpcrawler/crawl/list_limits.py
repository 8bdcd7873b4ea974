"""Bound the lists that lists lead to: an index of sitemaps can name itself for ever."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum

MAX_LIST_DEPTH = 4
"""Lists within lists. The sitemaps protocol has two levels: an index and its maps."""

MAX_LISTS = 50_000
"""Lists that one list leads to: as many as an index may name (sitemaps.org)."""


class TooMany(StrEnum):
    """Why the lists that a list names are skipped."""

    DEPTH = "list_depth"
    NUMBER = "lists"


@dataclass(frozen=True, slots=True)
class Listed:
    """How a page or list was reached: by how many lists, and by which one first.

    ``is_list``: it was named as a list, so that it is counted already.
    """

    first_list: str
    depth: int
    is_list: bool


class ListLimits:
    """Counts the lists that each first list leads to."""

    def __init__(self, *, depth: int = MAX_LIST_DEPTH, number: int = MAX_LISTS) -> None:
        self._depth = depth
        self._number = number
        self._counts: Counter[str] = Counter()

    def refusal(self, by: Listed) -> TooMany | None:
        """Return why a list may not lead any further; None: it may."""
        if by.depth > self._depth:
            return TooMany.DEPTH
        if by.is_list:
            return None
        return None if self.room(by.first_list, 1) else TooMany.NUMBER

    def room(self, first_list: str, wanted: int) -> int:
        """Count further lists; return how many of ``wanted`` are within the limit."""
        room = min(wanted, self._number - self._counts[first_list])
        self._counts[first_list] += room
        return room
