"""Crawl a list in a child process, within limits of memory and time."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fpcrawler.fleet.failures import Failure, failures_in
from fpcrawler.fleet.judging import OVERDUE, records_in, shortcoming
from fpcrawler.fleet.watching import Stopped

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fpcrawler.fleet.watching import Watch

_PROJECT = Path(__file__).parents[2]
_POLL = 0.2
"""Seconds between two checks whether a crawl has ended or must end."""
_GRACE = 90.0
"""Seconds in which a stopped crawl may finish its open requests."""
_LOG_CHARS = 4_000
BEFORE = "before.jsonl.gz"
"""The feed of the crawl that a retry continues."""
_DROPPED = "item_dropped_reasons_count/"
"""Prefix of the stats that count dropped images by reason."""
_MIB = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The limits of one crawl: memory in megabytes, time in seconds."""

    memory: int
    seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Crawled:
    """A crawl that has ended.

    ``shortcoming``: why its shard is not done, None if it is. ``feed``: a gzipped file
    with ``records`` lines, in the caller's folder. ``log``: its end.
    """

    shortcoming: str | None
    feed: Path
    records: int = 0
    failures: list[Failure] = field(default_factory=list)
    stats: dict[str, Any] = field(default_factory=dict)
    seconds: float = 0.0
    log: str = ""

    @property
    def dropped(self) -> dict[str, int]:
        """How many images were dropped, by reason."""
        return {
            name.removeprefix(_DROPPED): count
            for name, count in self.stats.items()
            if name.startswith(_DROPPED) and isinstance(count, int)
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Crawl:
    """A crawl of the list ``urls.txt`` in ``folder``, which gets its files.

    If the folder has the feed of an earlier crawl (``BEFORE``), images in it are not
    requested again, records are added to it, and all URLs may fail again.
    """

    folder: Path
    arguments: Mapping[str, str]
    settings: Mapping[str, str]
    limits: Limits

    def run(self, watch: Watch) -> Crawled:
        """Crawl; raises Stopped, and OSError if this machine fails."""
        started = time.time()
        with _child(self._command(), self.folder / "log") as child:
            code = _ended(child, watch, self.limits.seconds + _GRACE)
        log = (self.folder / "log").read_text("utf-8", "replace")[-_LOG_CHARS:]
        stats = self._stats()
        if stats is not None and not (
            self._feed.exists() and self._feed.stat().st_size
        ):
            self._feed.write_bytes(gzip.compress(b""))  # Scrapy made no empty feed
        records = records_in(self._feed)
        is_listed = self._failures.exists()
        failures = failures_in(self._failures.read_bytes() if is_listed else b"")
        reason: str | None = OVERDUE
        if code is not None:
            last_line = log.strip().rpartition("\n")[2]
            reason = shortcoming(
                code, stats, records, last_line, may_all_fail=self._is_retry
            )
        if reason is None and failures is None:
            reason = "its list of what failed is incomplete"
        if reason is None and self._is_retry:
            self._add_before()
        return Crawled(
            shortcoming=reason,
            feed=self._feed,
            records=records,
            failures=failures or [],
            stats=stats or {},
            seconds=time.time() - started,
            log=log,
        )

    @property
    def _is_retry(self) -> bool:
        return (self.folder / BEFORE).exists()

    @property
    def _feed(self) -> Path:
        return self.folder / "feed.jsonl.gz"

    @property
    def _failures(self) -> Path:
        return self.folder / "failed.jsonl.gz"

    def _stats(self) -> dict[str, Any] | None:
        try:
            stats: dict[str, Any] = json.loads((self.folder / "stats").read_bytes())
        except (FileNotFoundError, ValueError):
            return None
        return stats

    def _add_before(self) -> None:
        """Put the records of the crawl that this one continues before its own."""
        before = self.folder / BEFORE
        with before.open("ab") as whole, self._feed.open("rb") as feed:
            shutil.copyfileobj(feed, whole)  # a gzip file may have several members
        before.replace(self._feed)

    def _command(self) -> list[str]:
        feed = {
            "format": "jsonlines",
            "overwrite": True,
            "store_empty": True,
            "postprocessing": ["scrapy.extensions.postprocessing.GzipPlugin"],
            "gzip_compresslevel": 6,
        }
        arguments = {"urls_file": str(self.folder / "urls.txt"), **self.arguments}
        if self._is_retry:
            arguments["resume"] = str(self.folder / BEFORE)
        settings = {
            **self.settings,
            "FEEDS": json.dumps({str(self._feed): feed}),
            **dict.fromkeys(("PAGES_FEED", "JOBDIR", "LOG_FILE"), ""),
            "STATS_FILE": str(self.folder / "stats"),
            "FAILED_FILE": str(self._failures),
            "CLOSESPIDER_TIMEOUT": str(self.limits.seconds),
            "MEMUSAGE_LIMIT_MB": str(self.limits.memory),
            "MEMUSAGE_CHECK_INTERVAL_SECONDS": "5",
        }
        return [
            *(sys.executable, "-m", "fpcrawler.fleet.child"),
            # A backstop: the crawl's own limit counts peak memory and acts first.
            *(str(os.getpid()), str(2 * self.limits.memory * _MIB)),
            *("crawl", "images", *_options("-a", arguments), *_options("-s", settings)),
        ]


@contextmanager
def _child(command: list[str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run a child process in its own process group; kill it with all it started."""
    paths = [str(_PROJECT), *filter(None, [os.environ.get("PYTHONPATH")])]
    with (
        log.open("wb") as stderr,
        subprocess.Popen(  # noqa: S603 - no shell
            command,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
            stdin=subprocess.PIPE,  # closes when this process ends
            stdout=subprocess.DEVNULL,
            stderr=stderr,
            process_group=0,  # ctrl-C reaches only the worker
        ) as child,
    ):
        try:
            yield child
        finally:
            if child.poll() is None:
                os.killpg(child.pid, signal.SIGKILL)


def _ended(child: subprocess.Popen[bytes], watch: Watch, seconds: float) -> int | None:
    """Wait for the end; return the exit code, None if it takes too long."""
    deadline = time.monotonic() + seconds
    while (code := _waited(child, _POLL)) is None:
        try:
            watch.check()
        except Stopped:
            child.send_signal(signal.SIGTERM)
            _waited(child, _GRACE)
            raise
        if time.monotonic() > deadline:
            return None
    return code


def _waited(child: subprocess.Popen[bytes], seconds: float) -> int | None:
    try:
        return child.wait(seconds)
    except subprocess.TimeoutExpired:
        return None


def _options(flag: str, values: Mapping[str, str]) -> list[str]:
    return [
        part for name, value in values.items() for part in (flag, f"{name}={value}")
    ]
