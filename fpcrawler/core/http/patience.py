"""Decide how long to wait for a host that refuses requests, and when to give it up."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Literal

TOO_MANY_REQUESTS = 429
SERVICE_UNAVAILABLE = 503
REFUSALS = frozenset({TOO_MANY_REQUESTS, SERVICE_UNAVAILABLE})
"""Statuses that ask to wait (RFC 6585 section 4, RFC 9110 section 15.6.4)."""

FIRST_WAIT = 1.0
LONGEST_WAIT = 60.0
"""Seconds of the back-off, for a host that does not say how long to wait."""

MOST_LONE_REFUSALS = 10
"""Refusals of one request, sent alone after a wait, by a host that serves others."""

MOST_UNASKED_REFUSALS = 4
"""The same for a 503 without Retry-After, also if the host serves no others."""

MIN_FAILURES = 10
"""Requests in a row without any response that a host is given up for."""

_SECONDS = re.compile(r"\s*([0-9]{1,10})\s*", re.ASCII)

_CALM = 20
"""Usable replies in a row after which the next back-off is shorter."""

Next = Literal["first", "last", "never"]
"""When a refused request is sent again: before the others of its host, or after."""


class NoReply(Exception):
    """The host was asked and did not reply, or not to the end."""


def asked_wait(retry_after: str, date: str, now: datetime) -> float | None:
    """Return the seconds of a ``Retry-After`` (RFC 9110 section 10.2.3), None if none.

    ``date``: the response's Date, so that the server's clock counts; ``now``, with a
    time zone, counts without one.
    """
    if match := _SECONDS.fullmatch(retry_after):
        return float(match[1])
    until = _as_time(retry_after)
    if until is None:
        return None
    return max(0.0, (until - (_as_time(date) or now)).total_seconds())


def _as_time(value: str) -> datetime | None:
    try:
        time = parsedate_to_datetime(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return time if time.tzinfo else time.replace(tzinfo=UTC)


@dataclass(slots=True, kw_only=True)
class Patience:
    """How a host has replied lately; all times are seconds of one clock.

    After a wait, one request is sent alone. A usable reply to it ends the waiting.
    ``timeout``: seconds without a usable reply after which the host has ended.
    """

    timeout: float
    since: float | None = None  # the first reply that is not usable, after the last one
    resumes: float = 0.0  # nothing is sent before
    served: int = 0  # usable replies, as far as they are watched
    is_waiting: bool = False
    ended: str = ""  # why the host has ended
    _doublings: int = 0
    _failures: int = 0

    @property
    def is_well(self) -> bool:
        """Whether nothing of the host has to be remembered."""
        return self.since is None and not self._doublings and not self.ended

    @property
    def is_failing(self) -> bool:
        """Whether no response has come to the last request."""
        return self._failures > 0

    def was_alone(self, sent: float) -> bool:
        """Return whether a request was the one that is sent after a wait.

        Those on their way when the host asks to wait are refused as well.
        """
        return self.is_waiting and sent >= self.resumes

    def refused(
        self, *, sent: float, now: float, asked: float | None, jitter: float
    ) -> None:
        """Take a refusal of a request sent at ``sent``.

        ``asked``: the seconds to wait that the host names. ``jitter``: 0 to 1.
        """
        self.since = now if self.since is None else self.since
        is_new = not self.is_waiting or self.was_alone(sent)
        wait = max(asked or 0.0, self._back_off(asked) if is_new else 0.0)
        if is_new:
            self._doublings += 1
        self.is_waiting = True
        if wait > self.timeout:
            self.ended = f"the host asks to wait {wait:.0f} s, beyond HOST_TIMEOUT"
        elif now + wait - self.since > self.timeout:
            self._end()
        # A tenth of what was asked for, half of what was not.
        self.resumes = max(self.resumes, now + wait * (1 + jitter * _share(asked)))

    def failed(self, *, now: float) -> None:
        """Take a request to which no response came."""
        self.since = now if self.since is None else self.since
        self._failures += 1
        is_long = now - self.since > self.timeout
        if is_long and (self._failures >= MIN_FAILURES or self.is_waiting):
            self._end()

    def replied(self, *, sent: float) -> None:
        """Take a usable reply; one to an earlier request does not end a wait."""
        self.since, self._failures = None, 0
        self.served += 1
        if self.was_alone(sent):
            self.is_waiting = False
            # A host whose limit is slow is not tried at full speed again at once.
            self._doublings //= 2
        elif self.served % _CALM == 0:
            self._doublings //= 2

    def _back_off(self, asked: float | None) -> float:
        if asked and not self._doublings:
            return 0.0
        return min(FIRST_WAIT * 2.0 ** min(self._doublings, 30), LONGEST_WAIT)

    def _end(self) -> None:
        self.ended = f"no usable reply of the host for {self.timeout:.0f} s"


def _share(asked: float | None) -> float:
    return 0.1 if asked else 0.5


@dataclass(slots=True, kw_only=True)
class Refused:
    """How often one request was refused, since ``host`` refused it first."""

    host: Patience
    retry_times: int
    may_go_without_range: bool = False
    next: Next = "first"
    _served: int = field(init=False)
    _alone: int = 0

    def __post_init__(self) -> None:
        self._served = self.host.served

    def again(self, *, was_alone: bool, asks_to_wait: bool) -> None:
        """Count a refusal and decide when to send the request again.

        ``was_alone``: it was the one request after a wait. ``asks_to_wait``: the
        status is 429, or a Retry-After came. A host that asks all requests to wait
        ends by its patience. One that serves the others refuses this request.
        """
        self._alone += was_alone
        self.next = "last" if was_alone else "first"
        if self._is_hopeless(asks_to_wait=asks_to_wait):
            self.next = "never"

    def _is_hopeless(self, *, asks_to_wait: bool) -> bool:
        serves_others = self.host.served > self._served
        if asks_to_wait:
            return serves_others and self._alone > MOST_LONE_REFUSALS
        # RFC 9110 section 15.6.4: a 503 may also mean that a script has failed, and
        # some servers send it only to requests with a Range.
        if self.may_go_without_range and self._alone:
            return True
        return self._alone > (
            self.retry_times if serves_others else MOST_UNASKED_REFUSALS
        )
