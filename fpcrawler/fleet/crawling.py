"""One attempt at one shard: a crawl in a child process, judged and stored."""

from __future__ import annotations

import gzip
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from enum import Enum, auto
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import TYPE_CHECKING, Any, Protocol, Self

from msgspec import structs

from fpcrawler.fleet.judging import OVERDUE, records_in, shortcoming
from fpcrawler.fleet.manifest import Manifest, Result, Shard, feed_name, list_name
from fpcrawler.fleet.places.folder import digest_of
from fpcrawler.fleet.places.place import PlaceUnavailable

if TYPE_CHECKING:
    from fpcrawler.fleet.places.place import Place

_PROJECT = Path(__file__).parents[2]
_POLL = 0.2
"""Seconds between two checks whether a crawl has ended or must end."""
_GRACE = 90.0
"""Seconds in which a stopped crawl may finish its open requests."""
_LOG_CHARS = 4_000
_MIB = 1 << 20


class Interruption(Enum):
    """Why an attempt ended before its crawl did."""

    STOPPED = auto()
    LOST = auto()
    """Another worker has the shard now."""
    OVERDUE = auto()


class Watch(Protocol):
    """Decides whether an attempt may go on."""

    def interruption(self) -> Interruption | None:
        """Return why a running crawl must end; None if it may go on."""

    def may_store(self) -> bool:
        """Return whether this worker still has the shard, so may store its result."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """An attempt that failed: why, and the end of its log."""

    reason: str
    log: str


Outcome = Result | Failed | Interruption


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The limits of one crawl: memory in megabytes, time in seconds."""

    memory: int
    seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One attempt to crawl a shard; the first ``attempt`` is 1."""

    place: Place
    manifest: Manifest
    shard: int
    attempt: int
    worker: str
    limits: Limits
    scratch: Path

    def run(self, watch: Watch) -> Outcome:
        """Crawl the shard; a returned Result is already stored at the place.

        Raises OSError if this machine or the place fails, rather than the crawl.
        """
        name = list_name(self.manifest.id, self.shard)
        listed = self.place.read(name)
        if listed is None:
            raise PlaceUnavailable(
                f"{self.place.uri}/{name} is missing; is the place mounted?"
            )
        if sha256(listed).hexdigest() != self._shard.sha256:
            return Failed(reason=f"{name} is not the list that was submitted", log="")
        with TemporaryDirectory(dir=self.scratch) as made:
            folder = Path(made)
            (folder / "urls.txt").write_bytes(listed)
            started = time.time()
            with _Crawl(self._command(folder), folder / "log") as crawl:
                ended = crawl.ended(watch, self.limits.seconds + _GRACE)
            if ended is Interruption.OVERDUE:
                return Failed(reason=OVERDUE, log=_log(folder))
            if isinstance(ended, Interruption):
                return ended
            return self._judged(folder, ended, started, watch)

    @property
    def _shard(self) -> Shard:
        return self.manifest.shards[self.shard]

    def _judged(
        self, folder: Path, exit_code: int, started: float, watch: Watch
    ) -> Outcome:
        feed, stats, log = folder / "feed.gz", _stats(folder), _log(folder)
        if stats is not None and not (feed.exists() and feed.stat().st_size):
            feed.write_bytes(gzip.compress(b""))  # Scrapy made no empty feed
        records = records_in(feed)
        last_line = log.strip().rpartition("\n")[2]
        reason = shortcoming(exit_code, stats, records, last_line)
        if reason is not None or stats is None:
            return Failed(reason=str(reason), log=log)
        if not (watch.may_store() and self.manifest.is_at(self.place)):
            return Interruption.LOST
        stored = self.place.put(feed_name(self.shard), feed)
        result = Result(
            fleet=self.manifest.id,
            shard=self.shard,
            urls=self._shard.urls,
            records=records,
            size=stored.size,
            sha256=digest_of(feed),
            mark=stored.mark,
            failed=0,
            failed_sha256=None,
            **structs.asdict(self.manifest.program),
            attempt=self.attempt,
            worker=self.worker,
            seconds=round(time.time() - started, 3),
            ended=round(time.time(), 3),
            stats=stats,
        )
        result.save(self.place)
        return result

    def _command(self, folder: Path) -> list[str]:
        feed = {
            "format": "jsonlines",
            "overwrite": True,
            "store_empty": True,
            "postprocessing": ["scrapy.extensions.postprocessing.GzipPlugin"],
            "gzip_compresslevel": 6,
        }
        arguments = {"urls_file": str(folder / "urls.txt"), **self.manifest.arguments}
        settings = {
            **self.manifest.settings,
            "FEEDS": json.dumps({str(folder / "feed.gz"): feed}),
            **dict.fromkeys(("PAGES_FEED", "JOBDIR", "LOG_FILE"), ""),
            "URLS_FILE_ORIGIN": self.manifest.list_origin,
            "STATS_FILE": str(folder / "stats.json"),
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


class _Crawl:
    """A child process in its own process group, with the processes it starts."""

    def __init__(self, command: list[str], log: Path) -> None:
        paths = [str(_PROJECT), *filter(None, [os.environ.get("PYTHONPATH")])]
        with log.open("wb") as stderr:
            self._child = subprocess.Popen(  # noqa: S603 - no shell
                command,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
                stdin=subprocess.PIPE,  # closes when this process ends
                stdout=subprocess.DEVNULL,
                stderr=stderr,
                process_group=0,  # ctrl-C reaches only the worker
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._kill()
        self._child.__exit__(kind, error, trace)

    def ended(self, watch: Watch, seconds: float) -> int | Interruption:
        """Wait for the end; return the exit code, or why it was interrupted."""
        deadline = time.monotonic() + seconds
        while (code := self._poll()) is None:
            match watch.interruption():
                case Interruption.STOPPED:
                    self._child.send_signal(signal.SIGTERM)
                    self._await_end()
                    return Interruption.STOPPED
                case Interruption.LOST:
                    return Interruption.LOST
            if time.monotonic() > deadline:
                return Interruption.OVERDUE
        return code

    def _await_end(self) -> None:
        try:
            self._child.wait(_GRACE)
        except subprocess.TimeoutExpired:
            self._kill()

    def _poll(self) -> int | None:
        try:
            return self._child.wait(_POLL)
        except subprocess.TimeoutExpired:
            return None

    def _kill(self) -> None:
        """Kill the crawl and its child processes, if it still runs."""
        if self._child.poll() is None:
            os.killpg(self._child.pid, signal.SIGKILL)


def _options(flag: str, values: dict[str, str]) -> list[str]:
    return [
        part for name, value in values.items() for part in (flag, f"{name}={value}")
    ]


def _stats(folder: Path) -> dict[str, Any] | None:
    try:
        stats: dict[str, Any] = json.loads((folder / "stats.json").read_bytes())
    except (FileNotFoundError, ValueError):
        return None
    return stats


def _log(folder: Path) -> str:
    return (folder / "log").read_text("utf-8", "replace")[-_LOG_CHARS:]
