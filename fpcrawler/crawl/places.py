"""Count the requests in progress by host, and know the hosts that do not reply."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

SILENT_AFTER = 0.5
"""Seconds without a reply after which the requests of a host hold no place."""

_MAX_KNOWN = 10_000
"""Hosts that are remembered because they have replied."""


@dataclass(slots=True, kw_only=True)
class _Host:
    is_new: bool
    is_silent: bool
    is_watched: bool
    number: int = 0


class Places:
    """The requests in progress, by the key of their host; all times are of one clock.

    A host is new until it has replied. It is silent while it has requests in progress
    and has not replied for SILENT_AFTER seconds. ``total`` counts all requests,
    ``silent`` those of silent hosts, ``new`` those of new hosts that are not silent.
    """

    def __init__(self) -> None:
        self.total = self.silent = self.new = 0
        self._hosts: dict[str, _Host] = {}
        # When hosts that are not silent replied or started, the longest ago first.
        self._since: OrderedDict[str, float] = OrderedDict()
        self._known: OrderedDict[str, None] = OrderedDict()

    def number(self, key: str) -> int:
        """Return how many requests of a host are in progress."""
        host = self._hosts.get(key)
        return host.number if host else 0

    def is_silent(self, key: str) -> bool:
        """Return whether a host has requests in progress, and does not reply."""
        host = self._hosts.get(key)
        return host is not None and host.is_silent

    def is_known(self, key: str) -> bool:
        """Return whether a host has replied lately."""
        return key in self._known

    def take(self, key: str, now: float, *, is_suspect: bool, is_watched: bool) -> None:
        """Count a request that starts.

        ``is_suspect``: the host failed before, so it is silent until it replies.
        ``is_watched``: False for a host that is never silent.
        """
        host = self._hosts.get(key)
        if host is None:
            host = self._hosts[key] = _Host(
                is_new=is_watched and key not in self._known,
                is_silent=is_watched and is_suspect,
                is_watched=is_watched,
            )
            if is_watched and not is_suspect:
                self._since[key] = now
        self._count(host, -1)
        host.number += 1
        self._count(host, 1)

    def leave(self, key: str) -> None:
        """Count a request no longer."""
        host = self._hosts[key]
        self._count(host, -1)
        host.number -= 1
        self._count(host, 1)
        if not host.number:
            del self._hosts[key]
            self._since.pop(key, None)

    def replied(self, key: str, now: float) -> None:
        """Take a reply of a host."""
        self._known[key] = None
        self._known.move_to_end(key)
        if len(self._known) > _MAX_KNOWN:
            self._known.popitem(last=False)
        host = self._hosts.get(key)
        if host is None:
            return
        self._count(host, -1)
        host.is_new = host.is_silent = False
        self._count(host, 1)
        if host.is_watched:
            self._since[key] = now
            self._since.move_to_end(key)

    def look(self, now: float) -> None:
        """Find the hosts that have become silent by now."""
        while self._since:
            key, since = next(iter(self._since.items()))
            if now - since < SILENT_AFTER:
                return
            del self._since[key]
            host = self._hosts[key]
            self._count(host, -1)
            host.is_silent = True
            self._count(host, 1)

    def _count(self, host: _Host, sign: int) -> None:
        places = sign * host.number
        self.total += places
        if host.is_silent:
            self.silent += places
        elif host.is_new:
            self.new += places
