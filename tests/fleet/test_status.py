"""What the status of a fleet says."""

from __future__ import annotations

import time

import pytest

from fpcrawler.fleet.ledger import Ledger
from fpcrawler.fleet.queue import Running
from fpcrawler.fleet.status import Status, idle_note, speed_of
from tests.fleet.outcomes import manifest_of, outcome, parked


def test_the_speed_is_that_of_the_last_hour() -> None:
    old = outcome(0, ended=1_000.0, seconds=100.0)
    new = [outcome(n, ended=9_000.0 + n, seconds=10.0 + n) for n in range(2)]
    speed = speed_of([old, *new])

    assert speed is not None
    assert speed.images == pytest.approx(20 / 11)
    assert speed.urls == pytest.approx(20 / 11)
    assert speed_of([]) is None


def test_a_shard_that_was_crawled_again_says_nothing_about_the_speed() -> None:
    again = outcome(1, ended=9_000.0, seconds=0.5, crawls=2)
    once = outcome(0, ended=8_000.0, seconds=10.0)

    assert speed_of([once, again]) == (1.0, 1.0, 8_000.0)
    assert speed_of([again]) is None


def test_of_a_shard_with_records_only_what_failed_is_parked_or_left() -> None:
    failed = {"failed": {"Http404": 3}, "parked": "it broke", "crawls": 2}
    found = {
        0: outcome(0, ended=20.0, seconds=10.0),
        1: outcome(1, **failed),
        2: outcome(2, again=True, failed={"Http404": 2}),
    }
    ledger = Ledger(manifest=manifest_of(*[None] * 4), outcomes=found)
    one = Running(shard=2, attempt=1, worker="a:1", since=time.time())
    status = Status(place="here", ledger=ledger, running=[one])

    assert "1 parked (3 URLs)" in status.lines()[1]
    assert [each["urls"] for each in status.as_json()["parked"]] == [3]
    assert ledger.urls_left == 12


def test_a_status_says_what_is_left_and_how_long_it_takes() -> None:
    manifest = manifest_of(None, None, None, None)
    done = {0: outcome(0, ended=20.0, seconds=10.0, failed={"Http404": 2})}
    ledger = Ledger(manifest=manifest, outcomes={**done, 1: parked(1)})
    one = Running(shard=2, attempt=1, worker="a:1", since=time.time() - 3)
    status = Status(place="here", ledger=ledger, running=[one], queued=1)

    assert status.lines() == [
        "here  40 URLs of urls.txt",
        "shards   1 done, 1 running, 1 parked (10 URLs), 1 left",
        "images   12 done: 8 kept, 2 failed; 1.2 a second, 0:00:20 left",
        "running  00002 on a:1 for 3 s, attempt 1",
        "parked   00001 after 3 attempts: it broke",
    ]
    assert status.as_json()["seconds_left"] == 20
    assert status.as_json()["chains_to_retry"] == [0, 1]


def test_where_nothing_runs_no_end_is_promised() -> None:
    done = {0: outcome(0, ended=20.0, seconds=10.0)}
    manifest = manifest_of(None, None)
    ledger = Ledger(manifest=manifest, outcomes=done, others=frozenset([1]))
    status = Status(place="here", ledger=ledger, running=[], queued=0)

    assert status.lines()[2:] == [
        "images   10 done: 8 kept; 1.0 a second",
        "version  results of another version do not count: 00001",
        (
            "queue    Redis has none of the shards left; enqueue them: "
            "scrapy fleet collect --to here"
        ),
    ]
    assert Status(place="here", ledger=ledger, running=None).seconds_left is None


@pytest.mark.parametrize(
    ("chains", "processes", "start"),
    [(1, 4, "1 chain of shards left, so 1 of 4"), (2, 2, None), (0, 2, None)],
)
def test_processes_without_a_chain_are_announced(
    chains: int, processes: int, start: str | None
) -> None:
    note = idle_note(chains, processes)

    assert (note and note.partition(" processes")[0]) == start
