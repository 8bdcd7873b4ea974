from __future__ import annotations

import resource
import subprocess
import sys
from functools import partial

import pytest
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport

from fpcrawler.handlers.protocol import WebProtocol
from fpcrawler.handlers.sockets import MAX_IDLE_SECONDS, Sockets, socket_limit


class Connections:
    """Connections whose pool is a list."""

    def __init__(self, *, limit: int, max_idle: int = 256) -> None:
        self.clock = Clock()
        self.sockets = Sockets(self.clock, limit, max_idle=max_idle)
        self.resting: list[WebProtocol] = []

    def open(self) -> WebProtocol:
        took = self.sockets.take()
        assert took.called
        protocol = WebProtocol(lambda _: None, self.sockets)
        protocol.makeConnection(StringTransport())  # type: ignore[no-untyped-call]
        self.sockets.give_back(None)
        return protocol

    def rest(self, protocol: WebProtocol) -> None:
        self.resting.append(protocol)
        self.sockets.rest(protocol, partial(self.resting.remove, protocol))


def closed(protocol: WebProtocol) -> bool:
    return bool(protocol.transport.disconnecting)


@pytest.mark.parametrize(
    ("descriptors", "sockets"), [(1_024, 768), (4_096, 3_840), (256, 128), (1, 1)]
)
def test_some_descriptors_stay_for_all_else(descriptors: int, sockets: int) -> None:
    assert socket_limit(descriptors) == sockets


def test_the_limit_of_descriptors_is_raised() -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    code = (
        "from fpcrawler.handlers.sockets import raise_descriptor_limit\n"
        "import resource\n"
        f"resource.setrlimit(resource.RLIMIT_NOFILE, (128, {hard}))\n"
        "print(raise_descriptor_limit())"
    )
    child = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert int(child.stdout) == hard


def test_the_connection_that_was_idle_longest_is_closed() -> None:
    connections = Connections(limit=9, max_idle=2)
    first, second, third = (connections.open() for _ in range(3))
    for protocol in (first, second, third):
        connections.rest(protocol)

    assert [closed(each) for each in (first, second, third)] == [True, False, False]
    assert connections.resting == [second, third]


def test_a_connection_that_is_idle_too_long_is_closed() -> None:
    connections = Connections(limit=9)
    old, young = connections.open(), connections.open()
    connections.rest(old)
    connections.clock.advance(MAX_IDLE_SECONDS + 1)
    connections.rest(young)

    assert connections.resting == [young]
    assert closed(old)


def test_a_socket_too_many_waits_until_an_idle_one_is_closed() -> None:
    connections = Connections(limit=2)
    idle, _busy = connections.open(), connections.open()
    connections.rest(idle)

    waiting = connections.sockets.take()
    assert closed(idle)
    assert not waiting.called

    idle.connectionLost(None)  # type: ignore[arg-type]
    assert waiting.called


def test_a_connection_that_its_server_does_not_close_makes_room() -> None:
    connections = Connections(limit=1)
    lingering = connections.open()
    waiting = connections.sockets.take()
    lingering.transport.disconnecting = True
    connections.clock.advance(1)

    assert lingering.transport.disconnected
    assert not waiting.called


def test_a_request_that_ends_while_it_waits_takes_no_socket() -> None:
    connections = Connections(limit=1)
    busy = connections.open()
    waiting = connections.sockets.take()
    waiting.addErrback(lambda _: None)
    waiting.cancel()
    busy.connectionLost(None)  # type: ignore[arg-type]

    assert connections.sockets.has_room
