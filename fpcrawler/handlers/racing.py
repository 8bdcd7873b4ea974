"""Try several addresses of a host, each a little later (happy eyeballs, RFC 8305)."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, zip_longest
from typing import TYPE_CHECKING, Any

from twisted.internet import error
from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from fpcrawler.crawl.failures import OutOfDescriptors

if TYPE_CHECKING:
    from twisted.internet.interfaces import IProtocol

    from fpcrawler.handlers.sockets import Sockets

Connect = Callable[[str], Deferred[Any]]

_ATTEMPT_SECONDS = 0.25
"""RFC 8305 section 5: the recommended delay until the next address is tried too."""

_NO_DESCRIPTORS = (errno.EMFILE, errno.ENFILE)


def alternating(addresses: Iterable[str]) -> Iterator[str]:
    """Yield addresses of both families in turn, the first one's family first.

    RFC 8305 section 4. The system has sorted them by RFC 6724 section 6.
    """
    addresses = list(dict.fromkeys(addresses))
    is_ipv6 = ":" in addresses[0]
    first = [address for address in addresses if (":" in address) is is_ipv6]
    other = [address for address in addresses if (":" in address) is not is_ipv6]
    return (each for each in chain(*zip_longest(first, other)) if each is not None)


class Race:
    """Connects to several addresses, each a little later; the fastest one wins.

    RFC 8305 section 5. A further address is tried at once if one failed, and only
    while there is room for its socket.
    """

    def __init__(
        self, clock: Any, connect: Connect, addresses: Iterator[str], sockets: Sockets
    ) -> None:
        self._clock = clock
        self._connect = connect
        self._addresses = addresses
        self._sockets = sockets
        self._next = next(addresses, None)
        self._pending: set[Deferred[Any]] = set()
        self._failures: list[Failure] = []
        self._timer: Any = None
        self._is_over = False
        self._result: Deferred[Any] = Deferred(lambda _: self._end())

    def start(self) -> Deferred[Any]:
        """Return the protocol of the winner, or fail with the best known reason."""
        self._attempt()
        return self._result

    def _attempt(self) -> None:
        self._timer = None
        if self._next is None:
            return
        if self._pending and not self._sockets.has_room:
            self._try_later()
            return
        address, self._next = self._next, next(self._addresses, None)
        attempt = self._connect(address)
        self._pending.add(attempt)
        attempt.addCallbacks(
            self._won, self._lost, callbackArgs=(attempt,), errbackArgs=(attempt,)
        )
        if self._next is not None and self._timer is None and not self._is_over:
            self._try_later()

    def _try_later(self) -> None:
        self._timer = self._clock.callLater(_ATTEMPT_SECONDS, self._attempt)

    def _won(self, protocol: IProtocol, attempt: Deferred[Any]) -> None:
        self._pending.discard(attempt)
        self._end()
        self._result.callback(protocol)

    def _lost(self, failure: Failure, attempt: Deferred[Any]) -> None:
        self._pending.discard(attempt)
        if self._is_over:
            return
        self._failures.append(failure)
        self._stop_timer()
        self._attempt()
        if not self._pending and self._next is None and not self._is_over:
            self._end()
            self._result.errback(_told(self._failures))

    def _end(self) -> None:
        self._is_over = True
        self._stop_timer()
        for attempt in list(self._pending):
            attempt.cancel()

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


def _told(failures: list[Failure]) -> Failure:
    """Return the failure that says most.

    First, a lack of descriptors; then an address that refuses; then one that does not
    answer. Where IPv6 is missing, its addresses fail at once, whatever the host does.
    """
    for failure in failures:
        reason = failure.value
        if (
            isinstance(reason, error.ConnectBindError)
            and reason.osError in _NO_DESCRIPTORS
        ):
            return Failure(OutOfDescriptors())  # type: ignore[no-untyped-call]
    for kind in (error.ConnectionRefusedError, error.TimeoutError):
        told = [each for each in failures if each.check(kind)]  # type: ignore[no-untyped-call]
        if told:
            return told[0]
    return failures[0]
