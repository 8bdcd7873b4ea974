"""Everything that decides or carries out "through Tor, or not at all"."""

from __future__ import annotations


class NotThroughTor(Exception):
    """Something took the proxy from a request that may go through Tor only."""


class TorUnavailable(Exception):
    """Nothing at the proxy's address takes SOCKS5 connections."""


class OnionUnreachable(Exception):
    """Tor found no way to the onion service: it is down, or does not exist."""


class CircuitCut(Exception):
    """The connection through Tor ended before the answer did."""


class OnionTimeout(Exception):
    """The onion service gave no complete answer in time."""
