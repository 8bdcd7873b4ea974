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
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from fpcrawler.fleet.ending import finished, given_up
from fpcrawler.fleet.failures import failures_in
from fpcrawler.fleet.judging import records_in, shortcoming
from fpcrawler.fleet.watching import Stopped

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fpcrawler.fleet.ending import Files
    from fpcrawler.fleet.manifest import Manifest
    from fpcrawler.fleet.outcome import Outcome
    from fpcrawler.fleet.watching import Watch

_PROJECT = Path(__file__).parents[2]
_POLL = 0.2
"""Seconds between two checks whether a crawl has ended or must end."""
_GRACE = 90.0
"""Seconds in which a stopped crawl may finish its open requests."""
_LOG_CHARS = 4_000
_FEED, _FAILURES, _STATS, _LOG = "feed.jsonl.gz", "failed.jsonl.gz", "stats", "log"
LIST = "urls.txt"
BEFORE = "before.jsonl.gz"
"""The feed of the crawl that a retry continues."""
_MIB = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The limits of one crawl: memory in megabytes, time in seconds."""

    memory: int
    seconds: int


@dataclass(frozen=True, slots=True)
class Crawl:
    """A crawl of the list ``LIST`` in ``folder``, which gets its files.

    If the folder has the feed of an earlier crawl (``BEFORE``), images in it are not
    requested again, records are added to it, and all URLs may fail again.
    ``repeats``: it reaches images again that did not fail.
    """

    folder: Path
    manifest: Manifest
    limits: Limits
    repeats: bool = False

    def run(self, before: Outcome, watch: Watch) -> tuple[Outcome, Files]:
        """Crawl; return how that ends the shard, parked if the crawl has not finished.

        Raises Stopped, and OSError if this machine fails.
        """
        started = time.time()
        feed = self.folder / _FEED
        with _child(self._command(), self.folder / _LOG) as child:
            code = _ended(child, watch, self.limits.seconds + _GRACE)
        before = replace(before, seconds=round(time.time() - started, 3))
        log = self._read(_LOG).decode(errors="replace")[-_LOG_CHARS:]
        stats: dict[str, Any] | None = None
        with suppress(ValueError):  # it wrote none
            stats = json.loads(self._read(_STATS))
        if stats is not None and not (feed.exists() and feed.stat().st_size):
            feed.write_bytes(gzip.compress(b""))  # Scrapy made no empty feed
        records, failures = records_in(feed), failures_in(self._read(_FAILURES))
        is_retry = (self.folder / BEFORE).exists()
        reason = shortcoming(code, stats, records, log, may_all_fail=is_retry)
        if reason is None and failures is None:
            reason = "its list of what failed is incomplete"
        if reason is not None or stats is None:
            listed = self._read(LIST)
            return given_up(before, str(reason), listed, failures or [], log)
        if is_retry:
            self._add_before()
        return finished(before, feed, failures or [], stats, repeats=self.repeats)

    def _read(self, name: str) -> bytes:
        path = self.folder / name
        return path.read_bytes() if path.exists() else b""

    def _add_before(self) -> None:
        """Put the records of the crawl that this one continues before its own."""
        before = self.folder / BEFORE
        with before.open("ab") as whole, (self.folder / _FEED).open("rb") as feed:
            shutil.copyfileobj(feed, whole)  # a gzip file may have several members
        before.replace(self.folder / _FEED)

    def _command(self) -> list[str]:
        feed = {
            "format": "jsonlines",
            "overwrite": True,
            "store_empty": True,
            "postprocessing": ["scrapy.extensions.postprocessing.GzipPlugin"],
            "gzip_compresslevel": 6,
        }
        arguments = {"urls_file": str(self.folder / LIST)}
        arguments |= self.manifest.arguments
        if (self.folder / BEFORE).exists():
            arguments["resume"] = str(self.folder / BEFORE)
        settings = {
            **self.manifest.settings,
            "URLS_FILE_ORIGIN": self.manifest.list_origin,
            "FEEDS": json.dumps({str(self.folder / _FEED): feed}),
            **dict.fromkeys(("PAGES_FEED", "JOBDIR", "LOG_FILE"), ""),
            "STATS_FILE": str(self.folder / _STATS),
            "FAILED_FILE": str(self.folder / _FAILURES),
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
    while child.poll() is None and time.monotonic() < deadline:
        try:
            watch.check()
        except Stopped:
            child.send_signal(signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                child.wait(_GRACE)
            raise
        with suppress(subprocess.TimeoutExpired):
            child.wait(_POLL)
    return child.returncode


def _options(flag: str, values: Mapping[str, str]) -> list[str]:
    return [
        part for name, value in values.items() for part in (flag, f"{name}={value}")
    ]
