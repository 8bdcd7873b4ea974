"""Decide whether a request goes through Tor."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from fpcrawler.core.web.onion import MalformedOnion, is_onion, onion_label


@dataclass(frozen=True, slots=True)
class Route:
    """The route to a URL: direct, or through Tor and in no other way.

    ``host``: that of the URL, in lower case. ``onion``: the 56 letters of the onion
    that the URL belongs to. ``led_by``: those of the onion whose page or redirect led
    to the URL. ``flaw``: why no onion service can have the address of the URL, although
    it is meant to be an onion.
    """

    host: str = ""
    is_onion: bool = False
    onion: str | None = None
    led_by: str | None = None
    flaw: str | None = None

    @property
    def is_tor(self) -> bool:
        """Whether the URL is an onion, or an onion led to it."""
        return self.is_onion or self.led_by is not None


def route_to(url: str, led_by: str | None = None) -> Route:
    """Return the route to a URL; raises ValueError if it has no valid host."""
    host = urlsplit(url).hostname or ""
    if not is_onion(host):
        return Route(host=host, led_by=led_by)
    try:
        onion = onion_label(host)
    except MalformedOnion as error:
        return Route(host=host, is_onion=True, led_by=led_by, flaw=str(error))
    return Route(host=host, is_onion=True, onion=onion, led_by=led_by)
