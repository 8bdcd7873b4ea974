"""Keep onion names out of DNS."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from scrapy.resolver import CachingThreadedResolver
from twisted.internet.defer import fail
from twisted.internet.error import DNSLookupError

from fpcrawler.core.web.onion import is_onion

if TYPE_CHECKING:
    from twisted.internet.defer import Deferred


class OnionRefusingResolver(CachingThreadedResolver):
    """Resolves names, but never one below .onion (RFC 7686 section 2)."""

    def getHostByName(  # noqa: N802 - Twisted's name
        self, name: str, timeout: Sequence[int] = ()
    ) -> Deferred[str]:
        if is_onion(name):
            message = "onion names are not resolved by DNS"
            return fail(DNSLookupError(message))
        return super().getHostByName(name, timeout)
