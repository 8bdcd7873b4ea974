"""Decide which hosts get the next request: one host must not stop the others."""

from __future__ import annotations

from math import inf
from time import monotonic
from typing import TYPE_CHECKING

from fpcrawler.crawl.places import Places

if TYPE_CHECKING:
    from fpcrawler.crawl.scraper_room import ScraperRoom
    from fpcrawler.crawl.waiting import HostWaits

TOR_SLOT = "tor:"

_NEW_PLACES = 0.5
"""The part of all places in which hosts that have not replied yet come first."""

_SILENT_PLACES = 16
"""Requests of silent hosts, as a multiple of CONCURRENT_REQUESTS: beyond it, only
hosts that have replied before get requests."""


class Turns:
    """Knows whether a request may start, and which hosts it may not be for.

    ``limit``, ``tor_limit``: concurrent requests, in all and through Tor; 0: no limit.
    The requests of hosts that asked to wait, or do not reply, take no place of these.
    """

    def __init__(
        self, hosts: HostWaits, room: ScraperRoom, *, limit: int, tor_limit: int
    ) -> None:
        self.places = Places()
        self._hosts = hosts
        self._room = room
        self._limit = limit or inf
        self._tor_limit = tor_limit
        self._in_tor = 0

    def take(self, key: str) -> None:
        """Count a request that starts."""
        is_suspect = self._hosts.is_failing(key)
        is_watched = not is_tor(key)  # a circuit may take a minute
        self._in_tor += not is_watched
        self.places.take(key, monotonic(), is_suspect=is_suspect, is_watched=is_watched)

    def leave(self, key: str) -> None:
        """Count a request no longer."""
        self._in_tor -= is_tor(key)
        self.places.leave(key)

    def are_over(self) -> bool:
        """Return whether no more requests may start."""
        places = self.places
        if places.total < self._limit:
            return False
        places.look(monotonic())
        others = (key for key in self._hosts.waiting if not places.is_silent(key))
        held = places.silent + sum(map(places.number, others))
        return places.total - held >= self._limit

    @property
    def may_differ(self) -> bool:
        """Whether a host may be skipped, or come later."""
        return bool(
            self._hosts.waiting
            or self.places.silent
            or self._room.is_held
            or self._has_many_new
            or self._in_tor >= self._tor_limit
        )

    def skips(self, key: str) -> bool:
        """Return whether a host must not get a request now."""
        if self._room.is_full_for(key) or self.places.is_silent(key):
            return True
        if key in self._hosts.waiting:
            # A host in whose slot nothing waits needs a request to try it with.
            return self._hosts.pause(key) > 0 or self.places.number(key) > 0
        if is_tor(key):
            return self._is_tor_busy
        is_full = self.places.silent >= _SILENT_PLACES * self._limit
        return is_full and not self.places.is_known(key)

    def comes_later(self, key: str) -> bool:
        """Return whether other hosts go first, because this one has not replied yet."""
        return self._has_many_new and not (is_tor(key) or self.places.is_known(key))

    @property
    def _has_many_new(self) -> bool:
        return self.places.new >= _NEW_PLACES * self._limit

    @property
    def _is_tor_busy(self) -> bool:
        if self._in_tor < self._tor_limit:
            return False
        held = sum(map(self.places.number, filter(is_tor, self._hosts.waiting)))
        return self._in_tor - held >= self._tor_limit


def is_tor(key: str) -> bool:
    """Return whether the key of a downloader slot is that of a host behind Tor."""
    return key.startswith(TOR_SLOT)
