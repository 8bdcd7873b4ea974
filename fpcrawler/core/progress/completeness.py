"""Decide when a page and everything that it leads to is complete."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A requested page: how deep its links are followed, and by which route."""

    url: str
    depth: int
    by_tor: bool


@dataclass(slots=True)
class _OpenPage:
    """A page that is being read, or leads to requests that have not ended."""

    page: Page
    parent: int | None
    open: int = 1  # the page itself, until it is completely read
    is_well: bool = True


class Completeness:
    """Counts the open requests of each page.

    If two pages lead to one URL, the page that found it first waits for it. If
    that page never completes, neither do the pages that led to it, up to the
    list. So a crawl that resumes finds the URL again, even where it skips the
    second page as complete.
    """

    def __init__(self, first: int = 0) -> None:
        """Start numbering at ``first``, so that the numbers of two runs differ."""
        self._next = first
        self._pages: dict[int, _OpenPage] = {}

    def __len__(self) -> int:
        """Return the number of pages that are not complete."""
        return len(self._pages)

    def begin(self, page: Page, parent: int | None) -> int:
        """Open a received page, found on page ``parent``; return its page_id."""
        self._next += 1
        self._pages[self._next] = _OpenPage(page, parent)
        return self._next

    def lead(self, page_id: int | None) -> None:
        """Count one more open request of the page."""
        if page_id in self._pages:
            self._pages[page_id].open += 1

    def end(self, page_id: int | None, *, is_well: bool = True) -> list[Page]:
        """Count one open request less; return the pages that are complete now."""
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
