"""Free what a failed request has worked with."""

from __future__ import annotations

from contextlib import suppress
from inspect import CO_ASYNC_GENERATOR, CO_COROUTINE, CO_GENERATOR
from traceback import walk_tb
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from twisted.python.failure import Failure

_CAN_BE_SUSPENDED = CO_COROUTINE | CO_GENERATOR | CO_ASYNC_GENERATOR


def forget_frames(error: BaseException | None) -> None:
    """Drop the tracebacks of an error and of its causes.

    A traceback holds its frames, and they hold what they have worked with: connections,
    tasks, and Twisted's failures, which hold the traceback again. So each failed
    request would leave tens of kilobytes until all garbage is collected, and a failure
    that is remembered would never free them.
    """
    cause = error
    while cause is not None and cause.__traceback__ is not None:
        for frame, _ in walk_tb(cause.__traceback__):
            # To clear a coroutine that has caught the error would end it.
            if not frame.f_code.co_flags & _CAN_BE_SUSPENDED:
                with suppress(RuntimeError):  # it still runs
                    frame.clear()
        cause.__traceback__ = None
        cause = cause.__cause__ or cause.__context__


def forget_failure(failure: Failure) -> None:
    """Do the same for a failure of Twisted that nobody will raise again."""
    forget_frames(failure.value)
    failure.cleanFailure()  # type: ignore[no-untyped-call]
