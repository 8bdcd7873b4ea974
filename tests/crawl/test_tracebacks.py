"""An error that is over holds nothing of what was at work when it was raised."""

from __future__ import annotations

import weakref
from collections.abc import Coroutine, Iterator
from types import coroutine

import pytest
from twisted.python.failure import Failure

from fpcrawler.crawl.tracebacks import forget_failure, forget_frames
from tests.references import Connection, without_collections


def broken(kept: list[weakref.ref[Connection]]) -> None:
    """Raise as Twisted does: the frame refers to what holds the frame."""
    connection = Connection()
    kept.append(weakref.ref(connection))
    try:
        int("no number")
    except ValueError:
        failure = Failure()  # type: ignore[no-untyped-call]
        failure.raiseException()


def failed(kept: list[weakref.ref[Connection]]) -> Exception:
    """Return an error with a cause; their frames hold what is in ``kept``."""
    try:
        try:
            broken(kept)
        except ValueError as cause:
            connection = Connection()
            kept.append(weakref.ref(connection))
            raise LookupError from cause
    except LookupError as error:
        return error
    raise AssertionError


@without_collections()
def test_an_error_and_its_cause_hold_no_frames() -> None:
    kept: list[weakref.ref[Connection]] = []
    error = failed(kept)
    assert all(reference() for reference in kept)

    forget_frames(error)

    assert [reference() for reference in kept] == [None, None]
    assert isinstance(error.__cause__, ValueError)


@without_collections()
def test_a_failure_of_twisted_holds_no_frames() -> None:
    kept: list[weakref.ref[Connection]] = []
    failure = Failure(failed(kept))  # type: ignore[no-untyped-call]

    forget_failure(failure)

    assert [reference() for reference in kept] == [None, None]


@coroutine
def pause() -> Iterator[None]:
    yield


async def goes_on(error: Exception) -> str:
    try:
        raise error
    except OSError:
        await pause()
        return "has gone on"


@without_collections()
def test_a_coroutine_that_has_caught_the_error_goes_on() -> None:
    error = OSError()
    at_work: Coroutine[None, None, str] = goes_on(error)
    at_work.send(None)

    forget_frames(error)

    with pytest.raises(StopIteration, match="has gone on"):
        at_work.send(None)
