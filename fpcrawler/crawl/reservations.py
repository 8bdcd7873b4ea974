"""Which reservations a response states, and whether the crawl obeys them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from fpcrawler.core.web.reservations import (
    merged,
    words_of_header,
    words_of_meta,
    words_of_tdm,
)
from fpcrawler.crawl.responses import HeaderLines

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from scrapy.http import Response
    from scrapy.settings import BaseSettings


class Reservations:
    """Reads the words for all user agents, and those for ``agent``."""

    def __init__(self, agent: str, *, are_obeyed: bool) -> None:
        self._agent = agent
        self._are_obeyed = are_obeyed

    @classmethod
    def from_settings(cls, settings: BaseSettings) -> Self:
        return cls(
            settings["ROBOTSTXT_USER_AGENT"] or "",
            are_obeyed=settings.getbool("RESPECT_RESERVATIONS"),
        )

    def forbid(self, words: Sequence[str]) -> bool:
        """Return whether the crawl leaves out what has these words."""
        return self._are_obeyed and bool(words)

    def of_headers(self, headers: HeaderLines, inherited: Sequence[str]) -> list[str]:
        """Return the words of a response, and those of the page that named it."""
        tags, tdm = headers.lines("x-robots-tag"), headers.lines("tdm-reservation")
        if not tags and not tdm:
            return list(inherited)
        words = words_of_header(map(_text, tags), self._agent)
        return merged(inherited, words, words_of_tdm(map(_text, tdm)))

    def of_page(self, page: Response, metas: Iterable[tuple[str, str]]) -> list[str]:
        """Return the words of a page: of its headers and its ``<meta>`` elements.

        ``metas``: their names, in lower case, and their contents.
        """
        headers = self.of_headers(HeaderLines(page.headers), ())
        agent = self._agent
        words = (
            word
            for name, content in metas
            for word in words_of_meta(name, content, agent)
        )
        return merged(headers, words)


def _text(value: bytes) -> str:
    return value.decode("latin-1")
