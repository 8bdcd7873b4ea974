"""Check that a fleet loses nothing when workers, crawls and Redis are killed.

``python -m benchmarks.fleet [kills|s3|namespaces …]``, all by default:

- kills: 3 workers, 20,000 images on 50 hosts; ``kill -9`` of a worker or a crawl at
  10 random moments, and once of Redis. Prints how often each image was recorded.
  Runs twice.
- s3: the same, with a bucket as the place. Runs twice.
- namespaces: workers on two machines that share only Redis and a bucket.
"""

from __future__ import annotations

import json
import logging
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from tests.commands import ROOT
from tests.servers.fleet import Fleet, children_of, kill
from tests.servers.namespaces import local_network, machine
from tests.servers.pictures import hosts, pictures
from tests.servers.redis import RedisServer, redis_server
from tests.servers.s3 import s3_server

PHOTO = ROOT / "examples" / "gallery" / "meadow-400.jpg"
IMAGES, HOSTS, WORKERS, KILLS = 20_000, 50, 3, 10
LARGE = 5_000
"""Images of the first host, which so has its own chain of shards."""
KILL_SETTINGS = {"FLEET_SHARD_URLS": 400, "FLEET_LEASE": 15}


def urls_of(port: int, images: int = IMAGES, large: int = LARGE) -> list[str]:
    """Return the list: the first host has ``large`` images, the others the rest."""
    first, *rest = hosts(HOSTS)
    urls = [f"http://{first}:{port}/{number}.jpg" for number in range(large)]
    urls += [
        f"http://{rest[number % len(rest)]}:{port}/{number}.jpg"
        for number in range(large, images)
    ]
    random.Random(7).shuffle(urls)
    return urls


@dataclass(slots=True)
class Workers:
    """Worker processes, which are restarted when killed, as a supervisor does."""

    fleet: Fleet
    stack: ExitStack
    running: list[subprocess.Popen[str]]
    moments: random.Random

    def start(self) -> None:
        """Start one more worker."""
        started = self.fleet.started("work", "--processes", "1")
        self.running.append(self.stack.enter_context(started))

    def revive(self) -> None:
        """Restart workers that have ended: a worker does not start without Redis."""
        ended = [worker for worker in self.running if worker.poll() is not None]
        for worker in ended:
            self.running.remove(worker)
            self.start()

    def kill_one(self, shards: int) -> str:
        """``kill -9`` a busy worker or its crawl; return which."""
        while not (busy := [one for one in self.running if children_of(one)]):
            self.revive()
            if self.fleet.done() == shards:
                sys.exit("the fleet ended before the last kill, so this proves nothing")
            time.sleep(0.1)
        worker = self.moments.choice(busy)
        if self.moments.random() < 0.5:
            kill(self.moments.choice(children_of(worker)))
            return "a crawl"
        worker.kill()
        worker.wait()
        self.revive()
        return "a worker with its crawl"


def survive(fleet: Fleet, redis: RedisServer, urls: list[str], seed: int) -> None:
    """Crawl ``urls`` while processes are killed; print what was recorded."""
    started = time.monotonic()
    (fleet.home / "urls.txt").write_text("".join(f"{url}\n" for url in urls))
    submitted = fleet.run("submit", "urls.txt")
    print(submitted.stderr.strip())
    submitted.check_returncode()
    shards = len(json.loads(fleet.files("")["manifest.json"])["shards"])
    with ExitStack() as stack:
        workers = Workers(fleet, stack, [], random.Random(seed))
        for _ in range(WORKERS):
            workers.start()
        while not fleet.done():  # so that all workers are busy
            time.sleep(0.2)
        for number in range(KILLS):
            # Spread the kills over the crawl, not only over its longest chain.
            while fleet.done() < shards * number // (KILLS + 2):
                workers.revive()
                time.sleep(0.1)
            time.sleep(workers.moments.uniform(0, 3))
            killed = workers.kill_one(shards)
            print(f"  {fleet.done():3} of {shards} done: killed {killed}")
            if number == KILLS // 2:
                redis.kill()
                time.sleep(workers.moments.uniform(0.1, 3))
                redis.start()
                print(f"  {fleet.done():3} of {shards} done: killed Redis")
        workers.revive()
        fleet.collect_when_complete(1_800)
    report(fleet, urls, time.monotonic() - started)


def report(fleet: Fleet, urls: list[str], seconds: float) -> None:
    """Print how often each image was recorded; exit unless it was once."""
    recorded = fleet.records()
    collected = json.loads(fleet.files("")["collected.json"])
    results = [
        json.loads(data)
        for name, data in fleet.files("results").items()
        if name.endswith(".json")
    ]
    again = sum(result["attempt"] > 1 for result in results)
    print(
        f"{fleet.to}: {len(urls)} URLs, {recorded.total()} records of {len(recorded)} "
        f"images, {collected['records']} collected; {again} of {len(results)} shards "
        f"took more than one attempt; {overlaps(fleet, results)} overlaps in chains; "
        f"{seconds:.0f} s"
    )
    once = recorded.keys() == set(urls) and set(recorded.values()) == {1}
    if not once or collected["records"] != len(urls):
        sys.exit("not every image was recorded once")


def overlaps(fleet: Fleet, results: list[dict[str, float]]) -> int:
    """Count shards that started before the previous one of their chain ended."""
    shards = json.loads(fleet.files("")["manifest.json"])["shards"]
    of = {int(result["shard"]): result for result in results}
    return sum(
        of[after]["ended"] - of[after]["seconds"] < of[before]["ended"]
        for before, after in pairwise(range(len(shards)))
        if shards[after]["follows"]
    )


def kills() -> None:
    """Kill processes of a fleet whose place is a folder."""
    for seed in (1, 2):
        with world() as (home, redis, port):
            fleet = Fleet(
                home=home,
                to=str(home / "out"),
                redis=redis.url,
                settings=KILL_SETTINGS,
            )
            survive(fleet, redis, urls_of(port), seed)


def s3() -> None:
    """Kill processes of a fleet whose place is a bucket."""
    for seed in (3, 4):
        with world() as (home, redis, port), s3_server("fleet") as env:
            fleet = Fleet(
                home=home,
                to=f"s3://fleet/{seed}",  # all servers share one store
                redis=redis.url,
                env=env,
                settings=KILL_SETTINGS,
            )
            survive(fleet, redis, urls_of(port), seed)


def namespaces() -> None:
    """Run workers on two machines that share only Redis and a bucket."""
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        home = Path(name)
        machines = [stack.enter_context(machine(number)) for number in (1, 2)]
        stack.enter_context(local_network("10.78.0.0/24"))
        redis = stack.enter_context(redis_server(home / "redis", "10.77.1.1"))
        port = stack.enter_context(pictures(home / "nginx", PHOTO))
        env = stack.enter_context(s3_server("fleet", "10.77.1.1"))
        fleet = Fleet(
            home=home,
            to="s3://fleet/images",
            redis=redis.url,
            env=env,
            settings=KILL_SETTINGS,
        )
        urls = [f"http://10.78.0.{n % 50 + 1}:{port}/{n}.jpg" for n in range(4_000)]
        (home / "urls.txt").write_text("".join(f"{url}\n" for url in urls))
        started = time.monotonic()
        print(fleet.run("submit", "urls.txt").stderr.strip())
        for one in machines:
            prefix = one.command("unshare", "--uts", "sh", "-c")
            script = f'hostname machine-{one.pid} && exec "$@"'
            prefix = [*prefix, script, "sh"]
            worker = fleet.started("work", "--processes", "1", prefix=prefix)
            stack.enter_context(worker)
        fleet.collect_when_complete(1_800)
        report(fleet, urls, time.monotonic() - started)
        results = (
            json.loads(d) for d in fleet.files("results").values() if d[:1] == b"{"
        )
        print("shards by machine:", dict(Counter(r["worker"] for r in results)))


@contextmanager
def world() -> Iterator[tuple[Path, RedisServer, int]]:
    """Run Redis and a picture server; yields a folder, the Redis, the port."""
    with (
        tempfile.TemporaryDirectory() as name,
        redis_server(Path(name, "redis")) as redis,
        pictures(Path(name, "nginx"), PHOTO) as port,
    ):
        yield Path(name), redis, port


PARTS: dict[str, Callable[[], None]] = {
    "kills": kills,
    "s3": s3,
    "namespaces": namespaces,
}

if __name__ == "__main__":
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)  # stops all servers
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}")
    for part in sys.argv[1:] or PARTS:
        PARTS[part]()
