"""Bound the lists that lists lead to: an index of sitemaps can name itself for ever."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fpcrawler.core.links.sitemaps import Listing
    from fpcrawler.crawl.errand import Errand

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
    """Counts the lists that each first list leads to.

    ``count``: adds a number to a stat.
    """

    def __init__(
        self,
        count: Callable[[str, int], None],
        *,
        depth: int = MAX_LIST_DEPTH,
        number: int = MAX_LISTS,
    ) -> None:
        self._count = count
        self._depth = depth
        self._number = number
        self._counts: Counter[str] = Counter()

    def led_to(
        self, listing: Listing, errand: Errand
    ) -> Iterator[tuple[list[str], Listed]]:
        """Yield the lists, then the pages that a list names, within the limits."""
        by = errand.listed_by or Listed(errand.requested_url, 0, is_list=False)
        if refusal := self._refusal(by):
            named = len(listing.sitemaps) + len(listing.pages)
            self._count(f"pages/left_out/{refusal}", named)
            return
        room = self._room(by.first_list, len(listing.sitemaps))
        if left_out := len(listing.sitemaps) - room:
            self._count(f"pages/left_out/{TooMany.NUMBER}", left_out)
        for urls, is_list in ((listing.sitemaps[:room], True), (listing.pages, False)):
            yield urls, Listed(by.first_list, by.depth + 1, is_list=is_list)

    def _refusal(self, by: Listed) -> TooMany | None:
        """Return why a list may not lead any further; None: it may."""
        if by.depth > self._depth:
            return TooMany.DEPTH
        if by.is_list:
            return None
        return None if self._room(by.first_list, 1) else TooMany.NUMBER

    def _room(self, first_list: str, wanted: int) -> int:
        """Count further lists; return how many of ``wanted`` are within the limit."""
        room = min(wanted, self._number - self._counts[first_list])
        self._counts[first_list] += room
        return room
