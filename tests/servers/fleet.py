"""A fleet of real processes, which tests may kill."""

from __future__ import annotations

import gzip
import json
import os
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from tests.commands import SCRAPY, environment, run_scrapy
from tests.servers.s3 import client
from tests.waiting import wait_until

LEASE = 5
"""Seconds until other workers take the shards of a killed worker."""
_COLLECT_EVERY = 30


class Ended(NamedTuple):
    """How a command ended, and what it wrote to stdout and stderr."""

    code: str | int | None
    out: str
    err: str


FleetHere = Callable[..., Ended]
"""Runs ``scrapy fleet ARGUMENT…`` in the process of the tests."""


@dataclass(kw_only=True)
class Fleet:
    """A place, maybe a Redis, and the options of ``scrapy fleet`` for them."""

    home: Path
    to: str
    redis: str | None = None
    env: dict[str, str] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)

    def command(self, *arguments: str) -> list[str]:
        """Return the arguments of ``scrapy`` for ``scrapy fleet ARGUMENT…``."""
        options = {"FLEET_LEASE": LEASE, "FLEET_RETRY_DELAY": 0.5, **self.settings}
        sets = [p for pair in options.items() for p in ("-s", "{}={}".format(*pair))]
        has_redis = self.redis and arguments[0] not in ("run", "plan", "crawl")
        redis = ["--redis", str(self.redis)] if has_redis else []
        to = ["--to", self.to] if self.to and arguments[0] != "work" else []
        return ["fleet", *arguments, *redis, *to, *sets]

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run ``scrapy fleet ARGUMENT…`` to its end."""
        command = self.command(*arguments)
        return run_scrapy(*command, cwd=self.home, env=self.env, timeout=300)

    @contextmanager
    def started(
        self, *arguments: str, prefix: Sequence[str] = ()
    ) -> Iterator[subprocess.Popen[str]]:
        """Run ``scrapy fleet ARGUMENT…`` in the background; stop it at the end."""
        log = (self.home / "fleet.log").open("a")
        with (
            log,
            subprocess.Popen(
                [*prefix, *SCRAPY, *self.command(*arguments)],
                cwd=self.home,
                env={**environment(), **self.env},
                stderr=log,
                text=True,
            ) as process,
        ):
            try:
                yield process
            finally:
                if process.poll() is None:
                    process.terminate()
                    process.wait(timeout=120)

    @property
    def log(self) -> str:
        """The stderr of all processes that :meth:`started` has run."""
        return (self.home / "fleet.log").read_text()

    def status(self) -> dict[str, Any]:
        """Return the output of ``scrapy fleet status --json`` for the place."""
        child = self.run("status", "--json")
        assert child.returncode == 0, child.stderr
        statuses: list[dict[str, Any]] = json.loads(child.stdout)
        return statuses[0]

    def collect_when_complete(self, seconds: float) -> None:
        """Wait for all results, then collect them; raises TimeoutError.

        It also collects from time to time, as a user would, to enqueue lost shards.
        """
        manifest = json.loads(self.files("")["manifest.json"])
        end = time.monotonic() + seconds
        next_collect = time.monotonic() + _COLLECT_EVERY
        while time.monotonic() < end:
            is_complete = self.done() == len(manifest["shards"])
            if is_complete or time.monotonic() > next_collect:
                if self.run("collect").returncode == 0:
                    return
                next_collect = time.monotonic() + _COLLECT_EVERY
            time.sleep(0.3)
        raise TimeoutError(self.log)

    def done(self) -> int:
        """Return how many shards are done."""
        return sum(name.endswith(".json") for name in self.names("results"))

    def names(self, folder: str) -> list[str]:
        """Return the names of the files in a folder of the place."""
        if not self.to.startswith("s3://"):
            root = Path(self.to, folder)
            found = root.iterdir() if root.exists() else ()
            return sorted(path.name for path in found if path.is_file())
        bucket, prefix = self._bucket(folder)
        pages = (
            client(self.env)
            .get_paginator("list_objects_v2")
            .paginate(Bucket=bucket, Prefix=prefix, Delimiter="/")
        )
        keys = [entry["Key"] for page in pages for entry in page.get("Contents", ())]
        return [key.removeprefix(prefix) for key in keys]

    def files(self, folder: str) -> dict[str, bytes]:
        """Return the files in a folder of the place: name to content."""
        if not self.to.startswith("s3://"):
            root = Path(self.to, folder)
            return {name: (root / name).read_bytes() for name in self.names(folder)}
        bucket, prefix = self._bucket(folder)
        s3 = client(self.env)
        return {
            name: s3.get_object(Bucket=bucket, Key=prefix + name)["Body"].read()
            for name in self.names(folder)
        }

    def records(self) -> Counter[str]:
        """Return how often each URL was recorded in all feeds of the place."""
        return Counter(
            json.loads(line)["url"]
            for name, data in self.files("results").items()
            if name.endswith(".jsonl.gz")
            for line in gzip.decompress(data).splitlines()
        )

    def _bucket(self, folder: str) -> tuple[str, str]:
        bucket, _, prefix = self.to.removeprefix("s3://").partition("/")
        return bucket, f"{prefix}/{folder}/" if folder else f"{prefix}/"


def children_of(process: subprocess.Popen[str]) -> list[int]:
    """Return the process IDs of the crawls that a worker waits for."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == process.pid and fields[0] != "Z":
            found.append(int(path.parent.name))
    return found


def wait_for_children(process: subprocess.Popen[str], number: int = 1) -> list[int]:
    """Return the crawls of a worker once there are so many."""

    def has_ended_or_enough() -> bool:
        return process.poll() is not None or len(children_of(process)) >= number

    wait_until(has_ended_or_enough, every=0.02)
    assert process.poll() is None
    return children_of(process)


def kill(pid: int) -> None:
    """``kill -9``."""
    os.kill(pid, signal.SIGKILL)
