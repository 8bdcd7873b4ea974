"""Keep the sockets of a crawl below the limit of descriptors."""

from __future__ import annotations

import asyncio
import resource
from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

from twisted.internet.defer import Deferred, succeed

if TYPE_CHECKING:
    from collections.abc import Callable

    from fpcrawler.handlers.protocol import WebProtocol

MAX_IDLE = 256
"""Idle connections to all hosts; the one that was idle longest is closed."""

MAX_IDLE_SECONDS = 240.0

_RESERVE = 256
"""Descriptors for all else: files, name servers, feeds, proxies of Tor, a browser."""

_RELIEF_SECONDS = 1.0

_Result = TypeVar("_Result")


def raise_descriptor_limit() -> int:
    """Raise the soft limit of descriptors to the hard limit; return the limit.

    The usual soft limit is for programs that use select(2).
    """
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(ValueError, OSError):  # macOS has a lower limit than it states
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return 2**20 if soft == resource.RLIM_INFINITY else soft


def socket_limit(descriptors: int) -> int:
    """Return how many of the descriptors may be sockets of web connections."""
    return max(descriptors - _RESERVE, descriptors // 2, 1)


class Sockets:
    """Counts sockets that connect, are open or idle; one that is too much waits.

    ``admission``: a request enters it before its time starts to run, so that one
    that waits for a socket does not fail. Each request needs one socket.
    """

    def __init__(self, clock: Any, limit: int, *, max_idle: int = MAX_IDLE) -> None:
        self.admission = asyncio.Semaphore(limit)
        self._clock = clock
        self._limit = limit
        self._max_idle = max_idle
        self._connecting = 0
        self._open: set[WebProtocol] = set()
        # In the order of their last use: since when, and how to leave the pool.
        self._idle: dict[WebProtocol, tuple[float, Callable[[], None]]] = {}
        self._waiting: deque[Deferred[None]] = deque()
        self._is_relieving = False

    @property
    def has_room(self) -> bool:
        """Whether one more socket may be opened at once."""
        return self._connecting + len(self._open) < self._limit

    def take(self) -> Deferred[None]:
        """Return when a socket may be opened; ``give_back`` when it is, or failed."""
        if self.has_room and not self._waiting:
            self._connecting += 1
            return succeed(None)
        waiting: Deferred[None] = Deferred(self._waiting.remove)
        self._waiting.append(waiting)
        self._make_room()
        if not self._is_relieving:
            self._is_relieving = True
            self._clock.callLater(_RELIEF_SECONDS, self._relieve)
        return waiting

    def give_back(self, result: _Result) -> _Result:
        """Count a socket no longer as one that connects."""
        self._connecting -= 1
        self._serve()
        return result

    def opened(self, protocol: WebProtocol) -> None:
        """Count a connection until it is closed."""
        self._open.add(protocol)

    def closed(self, protocol: WebProtocol) -> None:
        """Forget a connection, and let the next one open."""
        self._open.discard(protocol)
        if protocol in self._idle:
            self._leave(protocol)
        self._serve()

    def rest(self, protocol: WebProtocol, leave: Callable[[], None]) -> None:
        """Keep an idle connection; ``leave`` removes it from its pool."""
        now = self._clock.seconds()
        self._idle[protocol] = (now, leave)
        oldest, (since, _) = next(iter(self._idle.items()))
        if len(self._idle) > self._max_idle or now - since > MAX_IDLE_SECONDS:
            self._leave(oldest)
            oldest.transport.loseConnection()
        if self._waiting:
            self._make_room()

    def wake(self, protocol: WebProtocol) -> bool:
        """Use an idle connection again; return whether it is young enough."""
        since, _ = self._idle.pop(protocol)
        return bool(self._clock.seconds() - since <= MAX_IDLE_SECONDS)

    def _leave(self, protocol: WebProtocol) -> None:
        _, leave = self._idle.pop(protocol)
        leave()

    def _serve(self) -> None:
        while self._waiting and self.has_room:
            self._connecting += 1
            self._waiting.popleft().callback(None)

    def _relieve(self) -> None:
        """Look again for a socket to close: no event says that one lingers."""
        self._is_relieving = bool(self._waiting)
        if self._is_relieving:
            self._make_room()
            self._clock.callLater(_RELIEF_SECONDS, self._relieve)

    def _make_room(self) -> None:
        """Close the longest idle connection, or one whose server does not close it.

        A closing TLS connection waits for the server's close_notify (RFC 8446
        section 6.1), which may never come.
        """
        if self._idle:
            protocol = next(iter(self._idle))
            self._leave(protocol)
            protocol.transport.abortConnection()
            return
        closing = (each for each in self._open if each.transport.disconnecting)
        lingering = next(closing, None)
        if lingering is not None:
            lingering.transport.abortConnection()
