"""When a page, and all that it leads to, has ended well."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page as it was asked for: how deep its links are followed, by which way."""

    url: str
    depth: int
    by_tor: bool


@dataclass(slots=True)
class _OpenPage:
    """A page that is being read, or leads to something that has not ended."""

    page: Page
    parent: int | None
    open: int = 1  # the page itself, until it is read to its end
    is_well: bool = True


class Completeness:
    """Counts what each page still waits for.

    What two pages lead to is waited for by the one that found it first. If that
    never completes, neither does the page that led there, up to the list: so
    whoever reads the list again finds it, also where the second page is passed
    over as complete.
    """

    def __init__(self, first: int = 0) -> None:
        """Begin to number pages at ``first``, so that those of two runs differ."""
        self._next = first
        self._pages: dict[int, _OpenPage] = {}

    def __len__(self) -> int:
        """Return how many pages wait for something."""
        return len(self._pages)

    def begin(self, page: Page, parent: int | None) -> int:
        """Return the page_id of a page that is here, found on that of ``parent``."""
        self._next += 1
        self._pages[self._next] = _OpenPage(page, parent)
        return self._next

    def lead(self, page_id: int | None) -> None:
        """Wait for one thing more."""
        if page_id in self._pages:
            self._pages[page_id].open += 1

    def end(self, page_id: int | None, *, is_well: bool = True) -> list[Page]:
        """Wait for one thing less; return the pages that are complete now."""
        complete = []
        while page_id is not None and page_id in self._pages:
            state = self._pages[page_id]
            state.open -= 1
            state.is_well &= is_well
            if state.open:
                break
            del self._pages[page_id]
            if state.is_well:
                complete.append(state.page)
            page_id, is_well = state.parent, state.is_well
        return complete
