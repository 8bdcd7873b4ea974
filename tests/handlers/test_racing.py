from __future__ import annotations

import errno
from typing import Any

import pytest
from twisted.internet import error
from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.task import Clock

from fpcrawler.crawl.failures import OutOfDescriptors
from fpcrawler.handlers.racing import Race, alternating
from fpcrawler.handlers.sockets import Sockets

Refused: Any = error.ConnectionRefusedError
Failed: Any = error.ConnectError
Late: Any = error.TimeoutError
Unbound: Any = error.ConnectBindError
A, B, C, D = "192.0.2.1", "192.0.2.2", "2001:db8::1", "2001:db8::2"


class Running:
    """A race whose connections end as the test says."""

    def __init__(self, *addresses: str, limit: int = 9) -> None:
        self.clock = Clock()
        self.attempts: dict[str, Deferred[Any]] = {}
        sockets = Sockets(self.clock, limit)
        race = Race(self.clock, self.connect, iter(addresses), sockets)
        self.ends: list[Any] = []
        self.result = race.start()
        self.result.addBoth(self.ends.append)

    def connect(self, address: str) -> Deferred[Any]:
        return self.attempts.setdefault(address, Deferred())


@pytest.mark.parametrize(
    ("addresses", "order"),
    [
        ([A], [A]),
        ([A, B, A], [A, B]),
        ([A, B, C, D], [A, C, B, D]),
        ([C, D, A], [C, A, D]),
    ],
)
def test_the_families_take_turns(addresses: list[str], order: list[str]) -> None:
    assert list(alternating(addresses)) == order


def test_the_next_address_is_tried_after_a_quarter_second() -> None:
    running = Running(A, B)
    running.clock.advance(0.2)
    assert list(running.attempts) == [A]

    running.clock.advance(0.05)
    running.attempts[B].callback("second")

    assert running.ends == ["second"]
    assert running.attempts[A].called
    assert not running.clock.getDelayedCalls()


def test_the_next_address_is_tried_at_once_after_a_failure() -> None:
    running = Running(A, B)
    running.attempts[A].errback(Refused())

    assert list(running.attempts) == [A, B]


def test_no_second_socket_is_opened_without_room() -> None:
    running = Running(A, B, limit=0)
    running.clock.advance(1)
    assert list(running.attempts) == [A]

    running.attempts[A].errback(Refused())
    assert list(running.attempts) == [A, B]


@pytest.mark.parametrize(
    ("errors", "told"),
    [
        ([Failed(), Refused()], Refused),
        ([Refused(), Failed()], Refused),
        ([Failed(errno.ENETUNREACH), Failed()], Failed),
        ([Failed(errno.ENETUNREACH), Late()], Late),
        ([Refused(), Unbound(errno.EMFILE)], OutOfDescriptors),
    ],
)
def test_the_failure_that_says_most_is_told(
    errors: list[Exception], told: type[Exception]
) -> None:
    running = Running(A, B)
    for attempt, reason in zip((A, B), errors, strict=True):
        running.attempts[attempt].errback(reason)

    assert [failure.type for failure in running.ends] == [told]


def test_a_race_that_is_no_longer_wanted_ends_all_attempts() -> None:
    running = Running(A, B)
    running.clock.advance(0.25)
    running.result.cancel()

    assert [failure.type for failure in running.ends] == [CancelledError]
    assert all(attempt.called for attempt in running.attempts.values())
