"""Decide which of the pages that the list and other pages name are requested."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from fpcrawler.core.progress.levels import Levels

if TYPE_CHECKING:
    from fpcrawler.core.links.scope import Scope
    from fpcrawler.crawl.errand import Errand
    from fpcrawler.crawl.list_limits import Listed
    from fpcrawler.crawl.refusals import Refusals
    from fpcrawler.crawl.trail import Trail


class FollowedPages:
    """Keeps the level of each page, and the limits of the scope."""

    def __init__(
        self, scope: Scope, refusals: Refusals, count: Callable[[str], None]
    ) -> None:
        self._scope = scope
        self._refusals = refusals
        self._count = count
        self._levels = Levels()
        self.requested = 0

    def note_listed(self, page: Errand) -> None:
        """Note a page of the list: nothing is nearer."""
        if self._scope.depth:
            self._levels.note(page.page_key, 0)

    def note_read(self, page: Errand) -> None:
        """Note that a page is read: found at a lower level, it is requested again."""
        if self._scope.depth:
            self._levels.note_read(page.page_key)

    def level_of(self, page: Errand) -> int:
        """Return the lowest level at which a page was found until now."""
        if not self._scope.depth:
            return page.level
        return self._levels.least(page.page_key, page.level)

    def to_ask(
        self,
        urls: Iterable[str],
        level: int,
        trail: Trail,
        *,
        listed_by: Listed | None = None,
    ) -> list[Errand]:
        """Note the level of each page; return the pages that need a request.

        All links of a page are noted before any is requested. Otherwise, with a fast
        server, the first link can lead to the last one before its turn. The last one
        would then be found at a higher level first, and fetched twice.
        """
        pages = []
        for url in urls:
            found = {"found_in": "a", "level": level, "listed_by": listed_by}
            page = trail.to("page", url, **found)
            key = page.page_key
            if not self._levels.needs_request(key, level):
                self._levels.note(key, level)
                if self._refusals.was_refused(page):
                    pages.append(replace(page, is_again=True))
                    continue
                self._count("pages/found")
                self._count("pages/duplicates")
            elif refusal := self._scope.refusal(url, pages=self.requested):
                self._count(f"pages/left_out/{refusal}")
            elif (scheme := trail.refused_scheme(url)) is not None:
                self._count(f"links/skipped/{scheme}")
            else:
                pages.append(replace(page, is_again=self._levels.is_known(key)))
                self._levels.note(key, level)
        return pages

    def still_wants(self, page: Errand) -> bool:
        """Return whether no other page has reached ``max_pages`` since."""
        refusal = self._scope.refusal(page.url, pages=self.requested)
        if refusal is None:
            return True
        self._levels.forget(page.page_key)
        self._count(f"pages/left_out/{refusal}")
        return False
