from __future__ import annotations

from datetime import UTC, datetime, tzinfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fpcrawler.core.http.patience import (
    LONGEST_WAIT,
    MIN_FAILURES,
    MOST_LONE_REFUSALS,
    MOST_UNASKED_REFUSALS,
    Patience,
    Refused,
    asked_wait,
)

NOW = datetime(2026, 11, 29, 12, 0, 0, tzinfo=UTC)
AT_NOON = "Sun, 29 Nov 2026 12:00:00 GMT"


@pytest.mark.parametrize(
    ("retry_after", "date", "seconds"),
    [
        pytest.param("120", "", 120.0, id="RFC 9110 10.2.3 delay-seconds"),
        pytest.param(" 0 ", "", 0.0, id="at once"),
        pytest.param("9999999999", "", 9_999_999_999.0, id="too long"),
        pytest.param("99999999999", "", None, id="no number that is meant"),
        pytest.param("Sun, 29 Nov 2026 12:01:30 GMT", "", 90.0, id="a date"),
        pytest.param("Sunday, 29-Nov-26 12:01:30 GMT", "", 90.0, id="RFC 850 date"),
        pytest.param("Sun Nov 29 12:01:30 2026", "", 90.0, id="asctime date"),
        pytest.param(
            "Sun, 29 Nov 2026 13:00:30 GMT",
            "Sun, 29 Nov 2026 13:00:00 GMT",
            30.0,
            id="the server's clock is an hour fast",
        ),
        pytest.param("Sun, 29 Nov 2026 11:00:00 GMT", "", 0.0, id="a date of the past"),
        pytest.param("soon", AT_NOON, None, id="a word"),
        pytest.param("1.5", "", None, id="not a whole number"),
        pytest.param("-5", "", None, id="negative"),
        pytest.param("", "", None, id="none"),
        pytest.param("Sun, 99 Nov 2026 12:00:00 GMT", "", None, id="no such day"),
    ],
)
def test_a_retry_after_names_seconds_or_a_date(
    retry_after: str, date: str, seconds: float | None
) -> None:
    assert asked_wait(retry_after, date, NOW) == seconds


@given(st.text(), st.text(), st.timezones())
def test_any_text_is_read_or_none(retry_after: str, date: str, zone: tzinfo) -> None:
    seconds = asked_wait(retry_after, date, datetime(2026, 1, 1, tzinfo=zone))

    assert seconds is None or seconds >= 0


def refuse_again(host: Patience, times: int, asked: float | None) -> list[float]:
    """Refuse the first request after each wait; return the waits."""
    waits, now = [], 0.0
    for _ in range(times):
        host.refused(sent=now, now=now, asked=asked, jitter=0.0)
        waits.append(host.resumes - now)
        now = host.resumes
    return waits


@pytest.mark.parametrize(
    ("asked", "waits"),
    [
        pytest.param(None, [1, 2, 4, 8, 16, 32, 60, 60], id="a back-off, bounded"),
        pytest.param(0.0, [1, 2, 4], id="RFC 9110 10.2.3 asks for no wait"),
        pytest.param(5.0, [5, 5, 5, 8, 16], id="longer only if that is not enough"),
    ],
)
def test_a_host_that_goes_on_to_refuse_is_waited_for_longer(
    asked: float | None, waits: list[float]
) -> None:
    assert refuse_again(Patience(timeout=600), len(waits), asked) == waits


def test_requests_on_their_way_are_no_further_refusals() -> None:
    host = Patience(timeout=600)
    for sent in (0.1, 0.2, 0.3, 1.01):  # the last one starts as the first one returns
        host.refused(sent=sent, now=1.0, asked=1.0, jitter=0.0)

    assert host.resumes == 2.0
    assert refuse_again(host, 1, 1.0) == [2.0]


def test_a_late_reply_does_not_end_a_wait() -> None:
    host = Patience(timeout=600)
    host.refused(sent=0.0, now=1.0, asked=5.0, jitter=0.0)

    host.replied(sent=0.5)
    assert host.is_waiting

    host.replied(sent=6.0)
    assert not host.is_waiting
    assert host.is_well


@given(st.floats(0, 1), st.none() | st.floats(0, 600))
def test_chance_only_makes_a_wait_longer(jitter: float, asked: float | None) -> None:
    host = Patience(timeout=600)
    host.refused(sent=0.0, now=0.0, asked=asked, jitter=jitter)

    assert (asked or 1.0) <= host.resumes <= (asked or 1.0) * 1.5


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        (601.0, "the host asks to wait 601 s, beyond HOST_TIMEOUT"),
        (600.0, ""),
    ],
)
def test_a_host_that_asks_for_a_longer_wait_has_ended(
    asked: float, reason: str
) -> None:
    host = Patience(timeout=600)
    host.refused(sent=0.0, now=0.0, asked=asked, jitter=1.0)

    assert host.ended == reason


def test_a_host_that_only_refuses_has_ended_after_its_time() -> None:
    host = Patience(timeout=600)
    refuse_again(host, 6, None)
    assert not host.ended

    now = host.resumes
    while not host.ended:
        host.refused(sent=now, now=now, asked=None, jitter=0.0)
        now = host.resumes
    assert 600 < now <= 600 + LONGEST_WAIT
    assert host.ended == "no usable reply of the host for 600 s"


@pytest.mark.parametrize(
    ("failures", "has_ended"), [(MIN_FAILURES - 1, False), (MIN_FAILURES, True)]
)
def test_a_host_without_replies_has_ended(failures: int, *, has_ended: bool) -> None:
    host = Patience(timeout=600)
    for number in range(failures):
        host.failed(now=100.0 * number)

    assert bool(host.ended) is has_ended


def test_a_reply_between_failures_starts_the_time_anew() -> None:
    host = Patience(timeout=600)
    for number in range(3 * MIN_FAILURES):
        host.failed(now=100.0 * number)
        if number % 5 == 0:
            host.replied(sent=100.0 * number)

    assert not host.ended


@pytest.mark.parametrize(
    ("serves_others", "asks_to_wait", "is_sample", "refusals"),
    [
        pytest.param(True, False, False, 3, id="RETRY_TIMES 2, of a script that fails"),
        pytest.param(True, True, False, MOST_LONE_REFUSALS + 1, id="it asks to wait"),
        pytest.param(False, True, False, None, id="the host asks all to wait"),
        pytest.param(
            False, False, False, MOST_UNASKED_REFUSALS + 1, id="the host serves none"
        ),
        pytest.param(False, False, True, 1, id="it may go without Range"),
        pytest.param(False, True, True, None, id="not while the host asks to wait"),
    ],
)
def test_a_request_is_given_up_if_it_alone_is_refused(
    refusals: int | None, *, serves_others: bool, asks_to_wait: bool, is_sample: bool
) -> None:
    host = Patience(timeout=600)
    request = Refused(host=host, retry_times=2, may_go_without_range=is_sample)
    nexts: list[str] = []
    for number in range(50):
        request.again(was_alone=number > 0, asks_to_wait=asks_to_wait)
        nexts.append(request.next)
        host.served += serves_others

    assert nexts[0] == "first"
    given_up = nexts.index("never") if "never" in nexts else None
    assert given_up == refusals
    assert set(nexts[1:given_up]) <= {"last"}
