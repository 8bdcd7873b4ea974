"""What a request is for: decided once, carried under one key of its ``meta``."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from fpcrawler.core.web.addresses import private_host
from fpcrawler.core.web.origins import is_same_origin
from fpcrawler.crawl.budget import Spending
from fpcrawler.tor.route import Route, route_to

if TYPE_CHECKING:
    from scrapy import Request

    from fpcrawler.core.file.extents import Extent
    from fpcrawler.crawl.budget import Purpose
    from fpcrawler.crawl.list_limits import Listed
    from fpcrawler.verify.goal import Goal

ERRAND = "errand"
"""The only key of ``request.meta`` that is ours."""

Kind = Literal["page", "style", "image", "part", "range", "robots", "other"]
"""A part is requested by the scripts of a page that is being rendered. A range
holds the bytes that are missing in the sample of an image. Other requests, those of
plug-ins, are not counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """What a request is for. Retries share it; a redirect makes a new one."""

    kind: Kind
    url: str  # of the request, after any redirect
    route: Route
    first: Errand | None = None  # the errand before any redirect
    page_url: str | None = None  # the page that names the URL; the next two: how
    found_in: str | None = None
    alt: str | None = None
    reservations: tuple[str, ...] = ()  # of the page that names an image
    level: int = 0  # of a page: its links from the list
    is_listed: bool = False  # by the user, who names the URL before any redirect
    at_listed_origin: bool = False  # listed, and so is all that led from the list to it
    may_reach_private: bool = False  # set by AddressesMiddleware; see PRIVATE_ADDRESSES
    folder: str | None = None  # the file or folder that may be read; None: no file
    listed_by: Listed | None = None  # the lists that led to a page; None: no list
    page_id: int | None = None  # the page that waits for it (resume/page_tracker.py)
    is_html: bool = False  # a request with a Range has shown the first bytes of a page
    is_again: bool = False  # the page was requested before, at a higher level
    is_whole: bool = False  # the image is requested without a range
    is_range_failed: bool = False  # and the request with a range has failed
    lacks_ranges: bool = False  # and so it was for other images of the host
    extents: tuple[Extent, ...] = ()  # of a range: the bytes of the file to fetch
    purpose: Purpose = "sample"  # what its bytes are for
    goal: Goal | None = None  # of an image that is looked at again to prove a copy
    spending: Spending = field(default_factory=Spending)
    """What the image has cost; retries, redirects and ranges add to the same one."""

    @property
    def requested_url(self) -> str:
        """The URL before any redirect."""
        return (self.first or self).url

    @property
    def first_party(self) -> str | None:
        """The onion whose circuit serves the request: its 56 letters; None: direct.

        An onion page is its own first party. All other requests keep the first party
        of the page that led to them, also after redirects.
        """
        own, led_by = self.route.onion, self.route.led_by
        return own or led_by if self.kind == "page" else led_by or own

    @property
    def is_at_listed_private_host(self) -> bool:
        """Whether the errand may reach a host that others may not (PRIVATE_ADDRESSES).

        So another page's errand for the same URL fails, and is not a duplicate of it.
        A host that is private only by the address of its name: crawl/refusals.py.
        """
        host = self.route.host  # a file has none
        return bool(self.at_listed_origin and host and private_host(host))

    @property
    def page_key(self) -> int:
        """The key of a page: its URL, and whether it is reached only through Tor."""
        first = self.first or self
        is_private = first.is_at_listed_private_host
        return hash((first.url, first.route.is_tor, is_private))

    @property
    def listed_origin(self) -> str | None:
        """A URL of the listed origin that the request is at; None: it is not at one."""
        return self.url if self.at_listed_origin else None

    def leads_within_origin(self, url: str) -> bool:
        """Return whether the errand and a URL are at the same listed origin.

        A redirect, link or script that leaves the origin belongs to somebody else, who
        may not lead back to it.
        """
        return self.at_listed_origin and is_same_origin(self.url, url)

    def redirected(self, url: str) -> Errand:
        """Return the errand for the target of a redirect; its route is a new one."""
        return replace(
            self,
            url=url,
            route=route_to(url, self.first_party),
            first=self.first or self,
            at_listed_origin=self.leads_within_origin(url),
            may_reach_private=False,  # until it is decided anew
        )

    def retry_as(
        self, kind: Kind, *, is_html: bool = False, is_whole: bool = False
    ) -> Errand:
        """Return the errand for a new request of the URL before any redirect."""
        fresh = replace(self.first or self, kind=kind, spending=self.spending.again())
        return replace(fresh, is_html=is_html, is_whole=is_whole, is_again=False)

    def of_range(self, purpose: Purpose, extents: tuple[Extent, ...]) -> Errand:
        """Return the errand for further bytes of the image, by the same route."""
        return replace(
            self,
            kind="range",
            first=None,
            is_listed=False,
            purpose=purpose,
            extents=extents,
        )


def errand_of(request: Request) -> Errand:
    """Return the errand of a request; raises ValueError if its URL has no valid host.

    Whoever changed the URL, the errand follows it here, and here only. So a request
    cannot take the route of another URL.
    """
    errand: Errand | None = request.meta.get(ERRAND)
    if errand is None:
        errand = Errand(kind="other", url=request.url, route=route_to(request.url))
    elif errand.url == request.url:
        return errand
    else:
        errand = errand.redirected(request.url)
    request.meta[ERRAND] = errand
    return errand
