"""Fleets of real processes, which are killed at critical moments."""

from __future__ import annotations

import json
import random
import signal
import time
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from subprocess import Popen
from typing import TYPE_CHECKING, Any

import pytest

from fpcrawler.fleet.client import connect
from fpcrawler.fleet.queue import Queue, Ticket
from tests.servers.fleet import Fleet, children_of, kill, wait_for_children
from tests.servers.namespaces import has_namespaces, local_network, machine
from tests.servers.nginx import free_port
from tests.servers.pictures import hosts
from tests.servers.redis import redis_server
from tests.waiting import wait_until

if TYPE_CHECKING:
    from tests.servers.redis import RedisServer

IMAGES = 40
A_STOP = 150
"""Seconds; a stopped crawl has 90 of them to finish its open requests."""
SLOW = {"DOWNLOAD_DELAY": 0.1, "RANDOMIZE_DOWNLOAD_DELAY": False}
"""Settings of the crawls: a shard takes a second or more."""
PACED = {"DOWNLOAD_DELAY": 0.3, "RANDOMIZE_DOWNLOAD_DELAY": False}
"""Settings of crawls that outlast several kills: a shard takes three seconds."""


def write_list(
    home: Path, port: int, names: list[str], images: int = IMAGES
) -> set[str]:
    """Write a list of images of the hosts; the first host has half of them."""
    of = [names[0] if n % 2 else names[n // 2 % len(names)] for n in range(images)]
    urls = [f"http://{host}:{port}/{number}.jpg" for number, host in enumerate(of)]
    (home / "urls.txt").write_text("\n".join(urls))
    return set(urls)


def options(settings: dict[str, Any]) -> list[str]:
    return [part for pair in settings.items() for part in ("-s", "{}={}".format(*pair))]


def wait_for_end(pid: int) -> None:
    wait_until(lambda: not Path(f"/proc/{pid}").exists())


def enqueue_again(fleet: Fleet, *shards: int) -> None:
    """Enqueue shards out of turn, as a redelivery would."""
    assert fleet.redis is not None
    queue = Queue(connect(fleet.redis), lease=60)
    manifest = json.loads(fleet.files("")["manifest.json"])
    for shard in shards:
        queue.put(Ticket(place=fleet.to, fleet=manifest["id"], shard=shard))


def results_of(fleet: Fleet) -> dict[int, dict[str, Any]]:
    texts = [d for name, d in fleet.files("results").items() if name.endswith(".json")]
    return {result["shard"]: result for result in map(json.loads, texts)}


def assert_each_once(fleet: Fleet, urls: set[str]) -> None:
    """Check that every image was recorded once and that collected.json is right."""
    files, results = fleet.files("results"), results_of(fleet)
    collected = json.loads(fleet.files("")["collected.json"])

    assert fleet.records() == dict.fromkeys(urls, 1)
    assert collected["records"] == collected["urls"] == len(urls)
    assert [shard["sha256"] for shard in collected["shards"]] == [
        results[number]["sha256"] for number in sorted(results)
    ]
    assert len(files) == 2 * len(results)


def assert_chains_in_turn(fleet: Fleet) -> None:
    """Check that each shard of a chain started after the previous one had ended."""
    results = results_of(fleet)
    shards = json.loads(fleet.files("")["manifest.json"])["shards"]
    pairs = pairwise(range(len(shards)))
    chained = [pair for pair in pairs if shards[pair[1]]["follows"]]
    assert chained
    for before, after in chained:
        started = results[after]["ended"] - results[after]["seconds"]
        assert results[before]["ended"] <= started


@pytest.mark.untraced
def test_kills_lose_nothing_and_repeat_nothing(
    tmp_path: Path, redis: RedisServer, port: int
) -> None:
    fleet = Fleet(
        home=tmp_path,
        to=str(tmp_path / "out"),
        redis=redis.url,
        settings={"FLEET_SHARD_URLS": 10},
    )
    urls = write_list(tmp_path, port, hosts(3))
    submitted = fleet.run("submit", "urls.txt", *options(SLOW))
    assert "40 URLs in 3 shards submitted; 2 chains enqueued" in submitted.stderr
    work = ("work", "--processes", "2")

    with fleet.started(*work) as worker:
        first, second = wait_for_children(worker, 2)
        kill(first)
        worker.kill()
        worker.wait()
        wait_for_end(second)  # it ends with its worker
    with fleet.started(*work) as worker:
        wait_for_children(worker)
        worker.terminate()
        assert worker.wait(timeout=A_STOP) == 3
    assert "stopped, to be crawled again" in fleet.log
    redis.kill()
    for file in (redis.home / "appendonlydir").iterdir():
        file.unlink()
    redis.start()
    missing = fleet.run("collect")
    assert missing.returncode == 4
    assert "2 missing chains enqueued" in missing.stderr
    enqueue_again(fleet, 0, 1, 2)
    with fleet.started(*work) as worker:
        wait_for_children(worker)
        redis.kill()
        time.sleep(0.5)
        redis.start()
        fleet.collect_when_complete(120)

    assert_each_once(fleet, urls)
    assert_chains_in_turn(fleet)
    again = fleet.run("submit", "urls.txt", *options(SLOW))
    assert "40 URLs in 3 shards already submitted; 0 chains enqueued" in again.stderr


@dataclass(slots=True)
class Drivers:
    """Processes that drive one fleet; ended ones are started again, as by a service."""

    fleet: Fleet
    stack: ExitStack
    moments: random.Random
    running: dict[tuple[str, ...], Popen[str]]

    def start(self, *command: str) -> None:
        process = self.stack.enter_context(self.fleet.started(*command))
        self.running[command] = process

    def restart_ended(self) -> None:
        for command, process in [*self.running.items()]:
            if process.poll() not in (None, 0):
                self.start(*command)

    def kill_one(self) -> None:
        """Kill a process with a crawl, or its crawl, at a random moment."""
        wait_until(self._busy, every=0.02)
        time.sleep(self.moments.uniform(0, 1))
        process = self.moments.choice(self._busy() or [*self.running.values()])
        children = children_of(process)
        is_child = bool(children) and self.moments.random() < 0.4
        pid = self.moments.choice(children) if is_child else process.pid
        with suppress(ProcessLookupError):
            kill(pid)
        if not is_child:
            process.wait()

    def _busy(self) -> list[Popen[str]]:
        self.restart_ended()
        assert any(p.poll() is None for p in self.running.values()), "no kill is left"
        return [p for p in self.running.values() if p.poll() is None and children_of(p)]

    def has_ended(self) -> bool:
        self.restart_ended()
        return all(process.poll() == 0 for process in self.running.values())


def drive(drivers: Drivers, driver: str) -> None:
    """Start the processes of a driver; those before it may have left work."""
    fleet = drivers.fleet
    if driver == "run":
        drivers.start("run", "urls.txt", "--local", "2", *options(PACED))
    elif driver == "work":
        fleet.run("submit", "urls.txt", *options(PACED)).check_returncode()
        for number in "12":
            drivers.start("work", "--processes", number)
    else:
        planned = fleet.run("plan", "urls.txt", *options(PACED))
        for chain in range(int(planned.stdout)):
            drivers.start("crawl", "--chain", str(chain))


@pytest.mark.untraced
@pytest.mark.parametrize("kind", ["folder", "s3"])
def test_whatever_drives_a_fleet_twenty_kills_lose_and_repeat_nothing(
    kind: str, tmp_path: Path, redis: RedisServer, s3: dict[str, str], port: int
) -> None:
    to = str(tmp_path / "out") if kind == "folder" else f"s3://fleet/{tmp_path.name}"
    settings = {"FLEET_SHARD_URLS": 10, "FLEET_LEASE": 3}
    fleet = Fleet(home=tmp_path, to=to, redis=redis.url, env=s3, settings=settings)
    urls = [f"http://{host}:{port}/{n}.jpg" for host in hosts(2) for n in range(40)]
    (tmp_path / "urls.txt").write_text("\n".join(urls))
    moments = random.Random(kind)
    for driver, kills in (("run", 4), ("work", 3), ("crawl", 3)):  # 10 at each place
        with ExitStack() as stack:
            drivers = Drivers(fleet, stack, moments, {})
            drive(drivers, driver)
            for _ in range(kills):
                drivers.kill_one()
            if driver == "crawl":
                wait_until(drivers.has_ended, seconds=120, every=0.1)

    assert fleet.run("collect").returncode == 0
    assert_each_once(fleet, set(urls))
    assert_chains_in_turn(fleet)


@pytest.mark.untraced
def test_a_run_that_was_stopped_continues_and_is_alone(
    tmp_path: Path, port: int
) -> None:
    fleet = Fleet(
        home=tmp_path,
        to=str(tmp_path / "out"),
        settings={"FLEET_SHARD_URLS": 10, **SLOW},
    )
    urls = write_list(tmp_path, port, hosts(3))
    run = ("run", "urls.txt", "--local", "2")
    with fleet.started(*run) as running:
        wait_for_children(running)
        second = fleet.run(*run)
        running.send_signal(signal.SIGINT)
        assert running.wait(timeout=A_STOP) == 3
    done = fleet.done()
    resumed = fleet.run(*run)

    assert second.returncode == 1
    assert "is being crawled by another process" in second.stderr
    assert resumed.returncode == 0
    assert f"40 URLs in 3 shards; shards left: {3 - done}\n" in resumed.stderr
    assert_each_once(fleet, urls)


def test_a_shard_that_fails_is_parked_with_its_reason_and_tried_again(
    tmp_path: Path,
) -> None:
    (tmp_path / "urls.txt").write_text(f"http://127.0.0.1:{free_port()}/a.jpg\n")
    settings = {"FLEET_RETRY_TIMES": 1, "RETRY_TIMES": 0}
    fleet = Fleet(home=tmp_path, to=str(tmp_path / "out"), settings=settings)
    run = ("run", "urls.txt", "--local", "1")
    failed = fleet.run(*run)
    fleet.settings |= {"FLEET_RETRY_TIMES": 0}
    accepted = fleet.run(*run, "--retry", "--without-failed")
    collected = json.loads((tmp_path / "out" / "collected.json").read_bytes())
    reason = "every request failed (DownloadConnectionRefusedError 1)"

    assert failed.returncode == 4
    assert f"parked   00000 after 2 attempts: {reason}" in failed.stderr
    assert accepted.returncode == 0
    assert accepted.stderr.count("attempt 1 failed") == 1
    assert collected["parked"] == [
        {"shard": 0, "urls": 1, "reason": reason, "attempts": 1}
    ]
    assert collected["failed"] == {"DownloadConnectionRefusedError": 1}
    assert fleet.names("parked") == []
    assert list((tmp_path / "out" / ".unfinished").iterdir()) == []
    untrue = fleet.run(*run)
    assert untrue.returncode == 4
    assert not (tmp_path / "out" / "collected.json").exists()


def test_two_machines_share_the_work(tmp_path: Path, port: int) -> None:
    if not has_namespaces():
        pytest.skip("no network namespaces")
    urls = write_list(tmp_path, port, [f"10.78.0.{number}" for number in range(1, 3)])
    with (
        machine(1) as one,
        machine(2) as other,
        local_network("10.78.0.0/24"),
        redis_server(tmp_path / "redis", "10.77.1.1") as redis,
    ):
        fleet = Fleet(
            home=tmp_path,
            to=str(tmp_path / "out"),
            redis=redis.url,
            settings={"FLEET_SHARD_URLS": 20},
        )
        fleet.run("submit", "urls.txt", *options(SLOW))
        work = ("work", "--processes", "1")
        with (
            fleet.started(*work, prefix=one.command()) as first,
            fleet.started(*work, prefix=other.command()) as second,
        ):
            wait_for_children(first)
            wait_for_children(second)
            fleet.collect_when_complete(120)

    assert_each_once(fleet, urls)
    assert len({result["worker"] for result in results_of(fleet).values()}) == 2
