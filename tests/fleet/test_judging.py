"""When a shard is done, and what follows it."""

from __future__ import annotations

import gzip
import json
import time
from pathlib import Path
from typing import Any

import pytest
from msgspec import to_builtins
from msgspec.structs import asdict, replace

from fpcrawler.fleet.judging import records_in, shortcoming
from fpcrawler.fleet.ledger import Ledger, is_wanted_again, read_ledger, result_of
from fpcrawler.fleet.manifest import Manifest, Parked, Result, Shard, feed_name
from fpcrawler.fleet.places.folder import Folder, digest_of
from fpcrawler.fleet.queue import Running
from fpcrawler.fleet.status import Status, idle_note, speed_of
from tests.fleet.programs import PROGRAM

FINISHED = {"finish_reason": "finished", "item_scraped_count": 3}
REFUSED = {"finish_reason": "finished", "images/failed/DownloadTimeoutError": 9}


@pytest.mark.parametrize(
    ("exit_code", "stats", "records", "reason"),
    [
        (0, FINISHED, 3, None),
        (0, {"finish_reason": "finished"}, 0, None),
        (-9, FINISHED, 3, "the crawl was killed by signal 9"),
        (1, None, -1, "the crawl did not start (exit code 1): bad"),
        (0, None, 3, "the crawl did not start (exit code 0): bad"),
        (3, {"finish_reason": "shutdown"}, 0, "the crawl ended early (shutdown)"),
        (0, {}, 0, "the crawl ended early (None)"),
        (
            *(0, {"finish_reason": "closespider_timeout"}, 0),
            "it took longer than FLEET_SHARD_TIMEOUT seconds",
        ),
        (
            *(4, {"finish_reason": "memusage_exceeded"}, 0),
            "it took more memory than FLEET_SHARD_MEMORY MB",
        ),
        (0, FINISHED, 2, "the crawl made 3 records, but its feed holds 2 records"),
        (0, FINISHED, 4, "the crawl made 3 records, but its feed holds 4 records"),
        (0, FINISHED, -1, "the crawl made 3 records, but its feed is incomplete"),
        (4, REFUSED, 0, "every request failed (DownloadTimeoutError 9)"),
        (4, FINISHED, 3, "the crawl ended with code 4: bad"),
        (4, {**REFUSED, **FINISHED}, 3, "the crawl ended with code 4: bad"),
        (5, FINISHED, 3, "Tor was not available for an onion"),
        (2, FINISHED, 3, "the crawl ended with code 2: bad"),
    ],
)
def test_a_shard_is_done_when_stats_and_feed_say_so(
    exit_code: int, stats: dict[str, Any] | None, records: int, reason: str | None
) -> None:
    assert shortcoming(exit_code, stats, records, "bad") == reason


def test_what_is_retried_may_fail_again_but_must_be_tried() -> None:
    assert shortcoming(4, REFUSED, 0, "bad", may_all_fail=True) is None
    assert shortcoming(4, {**FINISHED}, 3, "bad", may_all_fail=True) is not None


def test_the_records_of_a_whole_feed_are_counted(tmp_path: Path) -> None:
    feed = tmp_path / "feed.gz"
    assert records_in(feed) == -1
    gzipped = gzip.compress(b'{"url": 1}\n' * 5_000)
    for data, records in [
        (gzipped, 5_000),
        (gzip.compress(b""), 0),
        (gzipped[:-1], -1),
        (gzipped[:20], -1),
        (b"", -1),
        (b"not gzipped", -1),
        (gzip.compress(b'{"url": 1}\n{"ur'), -1),
        (gzipped[:15] + b"\xff\xff\xff" + gzipped[18:], -1),
    ]:
        feed.write_bytes(data)
        assert records_in(feed) == records


def result(number: int = 0, **changed: Any) -> Result:
    fields: dict[str, Any] = dict.fromkeys(("sha256", "worker"), "")
    fields |= {"urls": 10, "records": 8, "size": 4, "mark": None, "attempt": 1}
    fields |= {"failed": 0, "failed_sha256": None, "program": PROGRAM}
    fields |= {"seconds": 2.0, "ended": 100.0}
    fields |= {"stats": {"item_dropped_reasons_count/TooSmall": 2}}
    return Result(**{**fields, "fleet": "x", "shard": number, **changed})


def manifest_of(*follows: int | None) -> Manifest:
    return Manifest(
        id="x",
        submitted="",
        urls_file="urls.txt",
        list_origin="",
        list_sha256="",
        program=PROGRAM,
        duplicates=0,
        rejected=0,
        local=0,
        arguments={},
        settings={},
        shards=[Shard(urls=10, sha256="", follows=one is not None) for one in follows],
    )


def parked(number: int, fleet: str = "x") -> Parked:
    return Parked(
        fleet=fleet, shard=number, reason="it broke", attempts=3, worker="", log=""
    )


def test_of_each_chain_the_next_shard_is_crawled_long_chains_first() -> None:
    manifest = manifest_of(None, None, 1, 2, 3, None, None)
    ledger = Ledger(
        manifest=manifest, results={1: result(1), 6: result(6)}, parked={2: parked(2)}
    )

    assert ledger.chains() == [range(3, 5), range(1), range(5, 6)]
    assert ledger.left == [0, 3, 4, 5]


def stored(place: Folder, path: Path, number: int, data: bytes) -> Result:
    path.write_bytes(data)
    place.put(feed_name(number), path)
    made = result(number, size=len(data), sha256=digest_of(path))
    made.save(place)
    return made


def test_a_result_counts_only_with_its_own_feed(tmp_path: Path) -> None:
    place, path = Folder(tmp_path / "place"), tmp_path / "feed"
    place.make()
    made = [stored(place, path, number, b"whole") for number in range(5)]
    place.remove(feed_name(1))
    path.write_bytes(b"other")
    place.put(feed_name(2), path)
    path.write_bytes(b"longer")
    place.put(feed_name(3), path)
    place.write("results/00004.json", b'{"shard": 4}')
    parked(5).save(place)
    place.write("parked/00006.json", b"nothing")
    manifest = manifest_of(*[None] * 7)
    ledger = read_ledger(place, manifest)

    assert ledger.results == {0: made[0]}
    assert ledger.parked == {5: parked(5)}
    assert ledger.left == [1, 2, 3, 4, 6]
    found = [result_of(place, manifest, number) for number in range(5)]
    assert found == [made[0], *[None] * 4]


@pytest.mark.parametrize(
    "changed",
    [
        {"stats": None},
        {"records": "x"},
        {"records": -1},
        {"records": True},
        {"ended": None},
        {"ended": float("nan")},
        {"mark": 7},
        {"shard": 1},
        {"urls": 11},
        {"fleet": "another"},
        {"more": 1},
    ],
    ids=str,
)
def test_a_damaged_result_or_that_of_another_shard_does_not_count(
    changed: dict[str, Any], tmp_path: Path
) -> None:
    place = Folder(tmp_path)
    made = stored(place, tmp_path / "feed", 0, b"whole")
    damaged = {**to_builtins(made), **changed}
    place.write("results/00000.json", json.dumps(damaged).encode())

    assert read_ledger(place, manifest_of(None, None), trusts_size=True).results == {}


def test_a_result_of_another_version_is_told_apart(tmp_path: Path) -> None:
    place = Folder(tmp_path)
    made = [stored(place, tmp_path / "feed", number, b"whole") for number in range(3)]
    replace(made[1], program=replace(PROGRAM, code_sha256="another")).save(place)
    older = {"fleet": "x", "shard": 2, "urls": 10}  # of a release without versions
    place.write("results/00002.json", json.dumps(older).encode())
    ledger = read_ledger(place, manifest_of(*[None] * 3))

    assert ledger.results == {0: made[0]}
    assert ledger.others == {1, 2}
    assert ledger.left == [1, 2]


def test_a_shard_that_is_wanted_again_is_left_but_keeps_its_result(
    tmp_path: Path,
) -> None:
    place, manifest = Folder(tmp_path), manifest_of(None, None)
    made = [stored(place, tmp_path / "feed", number, b"whole") for number in range(2)]
    place.write("shards/00001-x-1.txt", b"http://a.example/1.jpg\n")
    ledger = read_ledger(place, manifest)
    parked(1).save(place)

    assert [is_wanted_again(place, one) for one in made] == [False, True]
    assert ledger.results == dict(enumerate(made))
    assert (ledger.done, ledger.left, ledger.is_complete) == ([0], [1], False)
    assert read_ledger(place, manifest).parked == {1: parked(1)}
    retried = replace(made[1], generation=1)
    place.put(retried.feed, tmp_path / "feed")
    retried.save(place)
    assert read_ledger(place, manifest).is_complete


def test_what_was_given_up_in_another_fleet_is_not_in_this(tmp_path: Path) -> None:
    place = Folder(tmp_path)
    replace(parked(0), fleet="another").save(place)
    place.write("parked/00001.json", json.dumps(asdict(parked(0))).encode())

    assert read_ledger(place, manifest_of(None, None)).parked == {}


def test_stats_that_are_not_counts_are_not_reasons() -> None:
    stats = {"images/failed/Http404": 2, "images/failed/Odd": "many"}

    assert result(stats=stats).by_reason("images/failed/") == {"Http404": 2}


def test_the_speed_is_that_of_the_last_hour() -> None:
    old = result(0, ended=1_000.0, seconds=100.0)
    new = [result(n, ended=9_000.0 + n, seconds=10.0 + n) for n in range(2)]
    speed = speed_of([old, *new])

    assert speed is not None
    assert speed.images == pytest.approx(20 / 11)
    assert speed.urls == pytest.approx(20 / 11)
    assert speed_of([]) is None


def test_a_status_says_what_is_left_and_how_long_it_takes() -> None:
    manifest = manifest_of(None, None, None, None)
    done = {0: result(0, ended=20.0, seconds=10.0, failed=2)}
    ledger = Ledger(manifest=manifest, results=done, parked={1: parked(1)})
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
    done = {0: result(0, ended=20.0, seconds=10.0)}
    ledger = Ledger(
        manifest=manifest_of(None, None), results=done, parked={}, others=frozenset([1])
    )
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
