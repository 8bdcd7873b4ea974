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
class _Branch:
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
        """Begin to number branches at ``first``, so that those of two runs differ."""
        self._next = first
        self._branches: dict[int, _Branch] = {}

    def __len__(self) -> int:
        """Return how many pages wait for something."""
        return len(self._branches)

    def begin(self, page: Page, parent: int | None) -> int:
        """Return the branch of a page that is here, found on that of ``parent``."""
        self._next += 1
        self._branches[self._next] = _Branch(page, parent)
        return self._next

    def lead(self, branch: int | None) -> None:
        """Wait for one thing more."""
        if branch in self._branches:
            self._branches[branch].open += 1

    def end(self, branch: int | None, *, is_well: bool = True) -> list[Page]:
        """Wait for one thing less; return the pages that are complete now."""
        complete = []
        while branch is not None and branch in self._branches:
            state = self._branches[branch]
            state.open -= 1
            state.is_well &= is_well
            if state.open:
                break
            del self._branches[branch]
            if state.is_well:
                complete.append(state.page)
            branch, is_well = state.parent, state.is_well
        return complete
