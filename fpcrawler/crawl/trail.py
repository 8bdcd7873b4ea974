"""What a page passes on to the errands of its links."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from fpcrawler.core.web.origins import is_same_origin
from fpcrawler.core.web.url_list import WEB_SCHEMES
from fpcrawler.crawl.errand import Errand, Kind
from fpcrawler.tor.route import route_to


@dataclass(frozen=True, slots=True)
class Trail:
    """What a page passes on: its URL, its first party, the folder of a local page.

    ``origin``: a URL of the listed origin that the page is at; None: it is not at one.
    ``reservations``: what the page says about its images.
    """

    page_url: str | None
    led_by: str | None
    folder: str | None
    origin: str | None = None
    reservations: tuple[str, ...] = ()

    def refused_scheme(self, url: str) -> str | None:
        """Return the scheme of a URL to which a page may not link, else None.

        A web page may link only to web URLs, a local one to files as well.
        """
        scheme = urlsplit(url).scheme
        is_file = scheme == "file" and self.folder is not None
        return None if scheme in WEB_SCHEMES or is_file else scheme

    def to(self, kind: Kind, url: str, **found: Any) -> Errand:
        """Return the errand for a link; ``found``: its fields that only it has."""
        return Errand(
            kind=kind,
            url=url,
            route=route_to(url, self.led_by),
            page_url=self.page_url,
            at_listed_origin=self._leads_within_origin(url),
            folder=self.folder,
            reservations=() if kind == "page" else self.reservations,
            **found,
        )

    def _leads_within_origin(self, url: str) -> bool:
        return self.origin is not None and is_same_origin(self.origin, url)


def trail_of(errand: Errand, page_url: str | None) -> Trail:
    """Return what a page, style sheet or list passes on to its links."""
    folder = errand.folder if errand.url.startswith("file:") else None
    if folder is not None and not Path(folder).is_dir():
        folder = str(Path(folder).parent)
    return Trail(
        page_url,
        errand.first_party,
        folder,
        errand.listed_origin,
        errand.reservations,
    )
