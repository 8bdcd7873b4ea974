"""Everything that decides or enforces "through Tor, or not at all"."""

from __future__ import annotations

from fpcrawler.core.http.patience import NoReply


class NotThroughTor(Exception):
    """A request that must use Tor has lost its proxy or credentials."""


class TorUnavailable(Exception):
    """No SOCKS5 proxy accepts connections at the address."""


class OnionUnreachable(NoReply):
    """Tor cannot reach the onion service: it is down, or does not exist."""


class CircuitCut(NoReply):
    """The connection through Tor closed before the response was complete."""


class OnionTimeout(NoReply):
    """The onion service sent no complete response in time."""
