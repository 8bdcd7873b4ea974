"""Keep idle connections for the next request to the same server."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from twisted.internet.defer import Deferred, gatherResults, succeed
from twisted.web.client import HTTPConnectionPool

from fpcrawler.crawl.borrowed import RetryingProtocol
from fpcrawler.handlers.protocol import WebFactory, WebProtocol

if TYPE_CHECKING:
    from collections.abc import Hashable

    from fpcrawler.handlers.sockets import Sockets


class ConnectionPool(HTTPConnectionPool):
    """Twisted's pool; its bound for all hosts is that of ``sockets``.

    Twisted's own has none, and starts and cancels a timer for each request.
    """

    def __init__(self, reactor: Any, sockets: Sockets, *, max_per_host: int) -> None:
        super().__init__(reactor, persistent=True)  # type: ignore[no-untyped-call]
        self._sockets = sockets
        self._max_per_host = max_per_host
        self._resting: dict[Hashable, list[WebProtocol]] = {}

    def getConnection(  # noqa: N802 - Twisted's name
        self, key: Hashable, endpoint: Any
    ) -> Deferred[Any]:
        """Return the connection that was used last, or a new one."""
        while key in self._resting:
            connection = self._resting[key][-1]
            is_young = self._sockets.wake(connection)
            self._remove(key, connection)
            if is_young and connection.state == "QUIESCENT":
                anew = partial(self._newConnection, key, endpoint)
                return succeed(RetryingProtocol(connection, anew))  # type: ignore[no-untyped-call]
            connection.transport.loseConnection()
        return self._newConnection(key, endpoint)

    def closeCachedConnections(self) -> Deferred[None]:  # noqa: N802 - Twisted's name
        """Close the idle connections; the result fires when they are closed."""
        resting = [each for group in self._resting.values() for each in group]
        closed = gatherResults([connection.abort() for connection in resting])  # type: ignore[no-untyped-call]
        return closed.addCallback(lambda _: None)

    def _newConnection(  # noqa: N802 - Twisted's name
        self, key: Hashable, endpoint: Any
    ) -> Deferred[Any]:
        factory = WebFactory(partial(self._putConnection, key), self._sockets)
        connected: Deferred[Any] = endpoint.connect(factory)
        return connected

    def _putConnection(self, key: Hashable, connection: WebProtocol) -> None:  # noqa: N802 - Twisted's name
        resting = self._resting.setdefault(key, [])
        if len(resting) >= self._max_per_host:
            connection.transport.loseConnection()
            return
        resting.append(connection)
        self._sockets.rest(connection, partial(self._remove, key, connection))

    def _remove(self, key: Hashable, connection: WebProtocol) -> None:
        self._resting[key].remove(connection)
        if not self._resting[key]:
            del self._resting[key]
