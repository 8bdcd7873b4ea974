"""Perform a shard: one attempt to crawl, judge and store it."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, TypeVar

from fpcrawler.console.text import count_in_words
from fpcrawler.feeds.scratch import scratch
from fpcrawler.fleet.crawling import BEFORE, Crawl, Failed, Finished, Limits
from fpcrawler.fleet.ledger import is_wanted_again, parked_of, result_of
from fpcrawler.fleet.machine import machine_name, worker_name
from fpcrawler.fleet.manifest import Manifest, Parked, Result, list_name
from fpcrawler.fleet.parking import given_up_name, list_given_up
from fpcrawler.fleet.places.place import PlaceUnavailable
from fpcrawler.fleet.retrying import list_again
from fpcrawler.fleet.shards import retry_delay
from fpcrawler.fleet.storing import ShardFiles
from fpcrawler.fleet.watching import Stopped, wait

if TYPE_CHECKING:
    from pathlib import Path

    from fpcrawler.fleet.places.place import Place
    from fpcrawler.fleet.watching import Watch

_T = TypeVar("_T")


class NotParked(PlaceUnavailable):
    """A place refuses a result, and also the note that says so."""

    def __init__(self, parked: Parked) -> None:
        super().__init__(f"shard {parked.shard:05}: {parked.reason}")
        self.parked = parked


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """A crawl failed: make the next ``attempt`` in ``delay`` seconds or later."""

    attempt: int
    delay: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Performer:
    """How this process performs shards; ``report`` is called with each outcome.

    ``retries``: their number; ``delay``: seconds before the first, doubled each time.
    """

    limits: Limits
    retries: int
    delay: float
    report: Callable[[str], None]

    def perform(
        self, place: Place, manifest: Manifest, shard: int, attempt: int, watch: Watch
    ) -> Again | None:
        """Make one attempt to crawl and store a shard, unless it has ended.

        ``attempt``: from 1 on. Returns None if the shard has ended: it is done, parked,
        or not for this machine. Raises Stopped; NotParked if the place refuses both
        result and note; OSError if place or machine still fail after all retries.
        """
        try:
            return _Turn(self, place, manifest, shard, watch).perform(attempt)
        except Stopped:
            self.report(f"shard {shard:05}: stopped, to be crawled again")
            raise


class _Turn:
    """The turn of one shard: one attempt to crawl and store it."""

    def __init__(
        self,
        performer: Performer,
        place: Place,
        manifest: Manifest,
        shard: int,
        watch: Watch,
    ) -> None:
        self._by = performer
        self._place = place
        self._manifest = manifest
        self._shard = shard
        self._watch = watch

    def perform(self, attempt: int) -> Again | None:
        """Crawl and store the shard, unless it has ended."""
        self._watch.check()
        before = self._persistently(self._result)
        if not self._persistently(lambda: self._is_left(before)):
            return None
        with scratch("fleet") as folder:
            made = self._crawled(folder, before)
            if isinstance(made, Finished):
                self._store(made, before, attempt)
                return None
        self._say(f"attempt {attempt} failed: {made.reason}")
        if attempt <= self._by.retries:
            return Again(
                attempt=attempt + 1, delay=retry_delay(attempt, self._by.delay)
            )
        if before is None:
            self._list(made)
        self._park(made.reason, attempt, made.log)
        return None

    def _is_left(self, before: Result | None) -> bool:
        """Return whether this machine has to crawl the shard."""
        machine = self._manifest.shards[self._shard].machine
        if machine not in (None, machine_name()):
            self._say(f"only {machine} has its files")
            return False
        if not self._is_ours():
            return False
        if before is not None and not is_wanted_again(self._place, before):
            return False
        if why := parked_of(self._place, self._manifest, self._shard):
            self._say(f"given up before: {why.reason}; crawl it again with --retry")
        return why is None

    def _is_ours(self) -> bool:
        """Return whether the place still has the manifest; raises PlaceUnavailable."""
        is_ours = self._manifest.is_at(self._place)
        if not is_ours:
            self._say("the place has another list now")
        return is_ours

    def _result(self) -> Result | None:
        return result_of(self._place, self._manifest, self._shard)

    def _crawled(self, folder: Path, before: Result | None) -> Finished | Failed:
        """Crawl the list, or what failed before; the files are in ``folder``."""
        name = list_name(self._manifest.id, self._shard)
        listed = self._persistently(lambda: self._read(name))
        if sha256(listed).hexdigest() != self._manifest.shards[self._shard].sha256:
            return Failed(reason=f"{name} is not the list that was submitted", log="")
        if before is not None:
            listed = self._prepared(folder, before, listed)
        (folder / "urls.txt").write_bytes(listed)
        crawl = Crawl(
            folder=folder,
            arguments=self._manifest.arguments,
            settings={
                **self._manifest.settings,
                "URLS_FILE_ORIGIN": self._manifest.list_origin,
            },
            limits=self._by.limits,
            is_retry=before is not None,
        )
        return crawl.run(self._watch)

    def _prepared(self, folder: Path, before: Result, listed: bytes) -> bytes:
        """Put the earlier feed into ``folder``; return the list that retries it."""
        feed = self._persistently(lambda: self._read(before.feed))
        (folder / BEFORE).write_bytes(feed)
        failures = self._persistently(lambda: self._read(before.failures))
        if sha256(failures).hexdigest() != before.failed_sha256:
            return listed
        return list_again(failures, listed)

    def _read(self, name: str) -> bytes:
        found = self._place.read(name)
        if found is None:
            uri = f"{self._place.uri}/{name}"
            raise PlaceUnavailable(f"{uri} is missing; is the place mounted?")
        return found

    def _store(self, made: Finished, before: Result | None, attempt: int) -> None:
        """Store the files of a crawl; no request is sent again if that fails."""
        ended = time.time()
        files = ShardFiles(self._place, self._manifest, self._shard, before)
        if before is not None:
            made.add_before()

        def stored() -> Result | None:
            self._watch.check()
            if not self._is_ours():
                return None
            if self._result() != before:
                self._say("another worker has crawled it")
                return None
            return files.store(made, attempt, worker_name(), ended)

        try:
            result = self._persistently(stored)
        except OSError as error:
            files.take_back()
            times = count_in_words(self._by.retries + 1, "attempt")
            reason = f"the place refused the result in {times}: {error}"
            self._park(reason, attempt, "", refused=True)
            return
        if result is None:
            return
        files.remove_before()
        failed = f"; failed: {made.failed:,}" if made.failed else ""
        self._say(
            f"{count_in_words(made.records, 'record')} from "
            f"{count_in_words(result.urls, 'URL')} in {result.seconds:,.0f} s{failed}"
        )

    def _list(self, made: Failed) -> None:
        """List what is given up; if that fails, ``collect`` still counts it."""
        with suppress(OSError):
            if self._manifest.is_at(self._place):
                listed = self._read(list_name(self._manifest.id, self._shard))
                lines = list_given_up(listed, made.failures, made.reason)
                self._place.write(given_up_name(self._shard), lines)

    def _park(
        self, reason: str, attempts: int, log: str, *, refused: bool = False
    ) -> None:
        parked = Parked(
            fleet=self._manifest.id,
            shard=self._shard,
            reason=reason,
            attempts=attempts,
            worker=worker_name(),
            log=log,
            refused=refused,
        )
        try:
            if not self._is_ours():
                return
            parked.save(self._place)
        except OSError as error:
            raise NotParked(parked) from error
        self._say(f"given up: {reason}")

    def _persistently(self, ask: Callable[[], _T]) -> _T:
        """Return what ``ask`` returns; retry it, with growing delays, on OSError."""
        for number in range(self._by.retries):
            try:
                return ask()
            except OSError as error:
                delay = retry_delay(number + 1, self._by.delay)
                self._say(f"{error}; retried in {delay:,.0f} s")
                wait(self._watch, delay)
        return ask()

    def _say(self, text: str) -> None:
        self._by.report(f"shard {self._shard:05}: {text}")
