from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from scrapy.utils.test import get_crawler
from twisted.internet.error import DNSLookupError

from fpcrawler.handlers.resolver import HostResolver

if TYPE_CHECKING:
    from twisted.internet.address import IPv4Address, IPv6Address

ONION = "duckduckgogg42xjoc72x3sjasowoarfbgcmvfimaftt6twagswzczad.onion"


class Receiver:
    """What Twisted gives to a resolver."""

    def __init__(self) -> None:
        self.addresses: list[IPv4Address | IPv6Address] = []
        self.is_complete = False

    def resolutionBegan(self, resolution: object) -> None:  # noqa: N802
        pass

    def addressResolved(self, address: IPv4Address | IPv6Address) -> None:  # noqa: N802
        self.addresses.append(address)

    def resolutionComplete(self) -> None:  # noqa: N802
        self.is_complete = True


@pytest.mark.parametrize("name", [ONION, "a.onion", "A.ONION.", "a%2Eonion"])
def test_onions_are_not_looked_up(name: str) -> None:
    # A look-up would ask the reactor for its threads, which this one does not have.
    resolver = HostResolver.from_crawler(get_crawler(), object())
    receiver = Receiver()

    resolution = resolver.resolveHostName(receiver, name)

    assert receiver.is_complete
    assert receiver.addresses == []
    assert isinstance(resolution.failure, DNSLookupError)
