"""Request a URL again that was refused before its own origin named it."""

from __future__ import annotations

from dataclasses import replace
from hashlib import blake2b
from typing import TYPE_CHECKING

from fpcrawler.core.web.addresses import private_address, private_host
from fpcrawler.crawl.errand import ERRAND, Errand, errand_of
from fpcrawler.crawl.failures import PrivateAddress

if TYPE_CHECKING:
    from ipaddress import IPv4Address, IPv6Address

    from scrapy import Request
    from scrapy.crawler import Crawler


class Refusals:
    """Knows refused requests, and duplicates that would not have been refused.

    That a public name leads inside is seen only when it is connected to. Until then,
    all requests for a URL are duplicates of the first one, as for other hosts. If
    that one is refused, the duplicate of a listed origin is requested in its place.
    With JOBDIR, the state of the spider keeps what is known; 16 bytes per URL.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._is_by_origin = crawler.settings["PRIVATE_ADDRESSES"] == "listed"
        self._state: dict[str, set[bytes]] = {}  # without JOBDIR

    def note_answer(
        self, errand: Errand, address: IPv4Address | IPv6Address | None
    ) -> None:
        """Note where a page was read: what it names may be refused to others."""
        if errand.at_listed_origin and address and private_address(str(address)):
            self._set("inside").add(_digest(errand.route.host))

    def takes_over(self, errand: Errand, error: BaseException | None) -> bool:
        """Note a refused errand; return whether its own origin has named the URL."""
        if (
            not (isinstance(error, PrivateAddress) and self._may_matter(errand))
            or errand.at_listed_origin
            or errand.is_again
        ):
            return False
        key = _key(errand)
        if key in self._set("wanted"):
            return True
        self._set("refused").add(key)
        return False

    def was_refused(self, errand: Errand) -> bool:
        """Note a duplicate; return whether the first request was refused.

        Says so once: then the duplicate is requested, and others are its duplicates.
        """
        if not (errand.at_listed_origin and self._may_matter(errand)):
            return False
        key, refused = _key(errand), self._set("refused")
        if key in refused:
            refused.remove(key)
            return True
        if errand.is_listed or _digest(errand.route.host) in self._set("inside"):
            self._set("wanted").add(key)
        return False

    def _may_matter(self, errand: Errand) -> bool:
        # The fingerprint of a host that is private by its spelling differs anyway.
        is_first = self._is_by_origin and errand.first is None
        return is_first and private_host(errand.route.host) is None

    def _set(self, name: str) -> set[bytes]:
        # Scrapy's SpiderState sets it, and stores it when the spider is closed.
        state = vars(self._crawler.spider).get("state", self._state)
        found: set[bytes] = state.setdefault(name, set())
        return found


def of_listed_origin(request: Request) -> Request:
    """Return a request of any page as one of the listed origin that it leads to."""
    errand = replace(errand_of(request), at_listed_origin=True)
    meta = {**request.meta, ERRAND: errand}
    return request.replace(meta=meta, dont_filter=True)


def _key(errand: Errand) -> bytes:
    return _digest(f"{errand.kind} {errand.url}")


def _digest(text: str) -> bytes:
    return blake2b(text.encode(errors="replace"), digest_size=16).digest()
