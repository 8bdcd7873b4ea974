from __future__ import annotations

from typing import Any

import pytest
from twisted.internet.address import IPv4Address
from twisted.internet.defer import succeed
from twisted.internet.testing import MemoryReactorClock, StringTransport
from twisted.web.client import Agent, HTTPConnectionPool
from twisted.web.http_headers import Headers

from fpcrawler.handlers.agent import DirectAgent
from fpcrawler.handlers.connecting import EndpointFactory
from fpcrawler.handlers.protocol import WebProtocol
from fpcrawler.handlers.sockets import Sockets


class OneConnection(HTTPConnectionPool):
    """Gives the same connection to whoever asks, and keeps what it was asked for."""

    def __init__(self, reactor: Any) -> None:
        super().__init__(reactor)  # type: ignore[no-untyped-call]
        peer = IPv4Address("TCP", "192.0.2.1", 1)
        self.transport: Any = StringTransport(peerAddress=peer)  # type: ignore[no-untyped-call]
        self.keys: list[Any] = []
        self._protocol = WebProtocol(lambda _: None, Sockets(reactor, 9))
        self._protocol.makeConnection(self.transport)  # type: ignore[no-untyped-call]

    def getConnection(self, key: Any, endpoint: Any) -> Any:  # noqa: ARG002, N802 - Twisted's
        self.keys.append(key)
        return succeed(self._protocol)


def direct(reactor: Any, pool: Any) -> DirectAgent:
    endpoints = EndpointFactory(
        reactor=reactor,
        sockets=Sockets(reactor, 9),
        policy=None,
        judges=True,
        timeout=1.0,
        bind_address=None,
    )
    return DirectAgent(pool, endpoints)


def asked(url: bytes, headers: dict[bytes, list[bytes]], *, ours: bool) -> Any:
    """Return what is sent, and the key of the connection."""
    reactor = MemoryReactorClock()  # type: ignore[no-untyped-call]
    pool = OneConnection(reactor)
    agent: Any = direct(reactor, pool) if ours else Agent(reactor, pool=pool)  # type: ignore[no-untyped-call]
    agent.request(b"GET", url, Headers(headers))
    return pool.transport.value(), pool.keys[0][:3]


@pytest.mark.parametrize(
    "url",
    [
        b"http://a.example/1.jpg",
        b"http://a.example/",
        b"http://a.example",
        b"https://a.example/a/b.jpg?c=d/e?f",
        b"https://a.example:443/1.jpg",
        b"http://a.example:443/1.jpg",
        b"http://127.0.0.1:8080/1.jpg;v=1",
        b"http://[::1]/1.jpg",
        b"http://[::1]:8080/1.jpg",
        b"HTTP://a.example/1.jpg",
        b"http://me:secret@a.example/1.jpg",
    ],
)
@pytest.mark.parametrize("headers", [{b"Range": [b"bytes=0-9"]}, {b"Host": [b"b"]}])
def test_it_sends_what_twisteds_agent_sends(
    url: bytes, headers: dict[bytes, list[bytes]]
) -> None:
    assert asked(url, headers, ours=True) == asked(url, headers, ours=False)


def test_a_query_without_a_path_has_a_path() -> None:
    sent, _ = asked(b"http://a.example?b=c", {}, ours=True)

    assert sent.startswith(b"GET /?b=c HTTP/1.1\r\nHost: a.example\r\n")


@pytest.mark.parametrize(
    "url", [b"1.jpg", b"http:///1.jpg", b"http://a.example/\r\n", b"http://a b/1.jpg"]
)
def test_what_is_not_a_url_is_refused(url: bytes) -> None:
    with pytest.raises(ValueError, match="Invalid URI"):
        asked(url, {}, ours=True)
