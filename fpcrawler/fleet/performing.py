"""Perform a shard: one attempt to crawl, judge and store it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, TypeVar
from uuid import uuid4

from fpcrawler.console.text import count_in_words
from fpcrawler.feeds.scratch import scratch
from fpcrawler.fleet.crawling import BEFORE, Crawl, Crawled, Limits
from fpcrawler.fleet.ending import Ending, remove_files
from fpcrawler.fleet.failures import failures_in, list_again
from fpcrawler.fleet.ledger import read_outcome
from fpcrawler.fleet.machine import machine_name
from fpcrawler.fleet.manifest import Manifest, list_name
from fpcrawler.fleet.outcome import RESULTS, Outcome
from fpcrawler.fleet.places.place import PlaceUnavailable
from fpcrawler.fleet.shards import retry_delay
from fpcrawler.fleet.watching import Stopped, wait

if TYPE_CHECKING:
    from pathlib import Path

    from fpcrawler.fleet.places.place import Place
    from fpcrawler.fleet.watching import Watch

_T = TypeVar("_T")
_TEST = bytes(1 << 16)


class PlaceRefuses(PlaceUnavailable):
    """A place does not store what a crawl would make."""


class NotParked(PlaceUnavailable):
    """A place refuses the files of a shard, and also the outcome that says so."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(f"shard {outcome.shard:05}: {outcome.parked}")
        self.outcome = outcome


def check_writable(place: Place) -> None:
    """Store and remove a small file; raises PlaceRefuses, before a request is sent."""
    name = f"{RESULTS}/{uuid4().hex}.test"
    try:
        place.write(name, _TEST)
        place.remove(name)
    except OSError as error:
        raise PlaceRefuses(
            f"{place.uri} refuses files in {RESULTS}/ ({error.strerror or error}), "
            "so nothing is crawled; free space or fix permissions."
        ) from error


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
        or not for this machine. Raises Stopped; NotParked if the place refuses even
        the outcome; OSError if place or machine still fail after all retries.
        """
        try:
            return _Turn(self, place, manifest, shard, watch).perform(attempt)
        except Stopped:
            self.report(f"shard {shard:05}: stopped, to be crawled again")
            raise


class _Turn:
    """One attempt at one shard."""

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
        self._watch.check()
        before = self._persistently(self._outcome)
        if not self._persistently(lambda: self._is_left(before)):
            return None
        listed = self._read(self._list)
        with scratch("fleet") as folder:
            crawled = self._crawled(folder, before, listed)
            if crawled.shortcoming is not None:
                self._say(f"attempt {attempt} failed: {crawled.shortcoming}")
                if attempt <= self._by.retries:
                    delay = retry_delay(attempt, self._by.delay)
                    return Again(attempt=attempt + 1, delay=delay)
            self._store(crawled, before, listed, attempt)
        return None

    def _store(
        self, crawled: Crawled, before: Outcome | None, listed: bytes, attempt: int
    ) -> None:
        """Store how the shard ends; no request is sent again if that fails."""
        base = before or Outcome(
            fleet=self._manifest.id,
            shard=self._shard,
            program=self._manifest.program.sha256,
            urls=self._manifest.shards[self._shard].urls,
        )
        ending = Ending.of(crawled, base, listed, attempt)
        try:
            self._persistently(lambda: self._end(ending, before))
        except OSError as error:
            remove_files(self._place, ending.files.keys() - base.files)
            times = count_in_words(self._by.retries + 1, "attempt")
            reason = f"the place refused the result in {times}: {error}"
            refused = Ending.refused(base, reason, attempt)
            try:
                self._end(refused, before)
            except OSError:
                raise NotParked(refused.outcome) from error

    def _outcome(self) -> Outcome | None:
        """Return the outcome by the manifest's program; None: to be crawled."""
        found = read_outcome(self._place, self._manifest, self._shard, self._place.size)
        is_ours = found is not None and found.program == self._manifest.program.sha256
        return found if is_ours else None

    def _is_left(self, before: Outcome | None) -> bool:
        """Return whether this machine has to crawl the shard."""
        machine = self._manifest.shards[self._shard].machine
        if machine not in (None, machine_name()):
            self._say(f"only {machine} has its files")
            return False
        if before is None or before.again:
            return self._is_at_place()
        if before.parked is not None:
            self._say(f"given up before: {before.parked}; crawl it again with --retry")
        return False

    def _is_at_place(self) -> bool:
        """Return whether the place still has the list; raises PlaceUnavailable."""
        is_there = self._manifest.is_at(self._place)
        if not is_there:
            self._say("the place has another list now")
        return is_there

    @property
    def _list(self) -> str:
        return list_name(self._manifest.id, self._shard)

    def _crawled(self, folder: Path, before: Outcome | None, listed: bytes) -> Crawled:
        """Crawl the list, or what failed before; the files are in ``folder``."""
        if sha256(listed).hexdigest() != self._manifest.shards[self._shard].sha256:
            reason = f"{self._list} is not the list that was submitted"
            return Crawled(shortcoming=reason, feed=folder)
        if before is not None and before.feed is not None:
            (folder / BEFORE).write_bytes(self._read(before.feed))
            failed = self._read(before.failures) if before.failures else b""
            listed = list_again(failures_in(failed), listed)
        (folder / "urls.txt").write_bytes(listed)
        origin = {"URLS_FILE_ORIGIN": self._manifest.list_origin}
        crawl = Crawl(
            folder=folder,
            arguments=self._manifest.arguments,
            settings={**self._manifest.settings, **origin},
            limits=self._by.limits,
        )
        return crawl.run(self._watch)

    def _read(self, name: str) -> bytes:
        def read() -> bytes:
            found = self._place.read(name)
            if found is None:
                uri = f"{self._place.uri}/{name}"
                raise PlaceUnavailable(f"{uri} is missing; is the place mounted?")
            return found

        return self._persistently(read)

    def _end(self, ending: Ending, before: Outcome | None) -> None:
        """Store how the shard ends, unless it has ended otherwise meanwhile."""
        self._watch.check()
        if not self._is_at_place():
            return
        if self._outcome() != before:
            self._say("another worker has crawled it")
            return
        ending.store(self._place)
        if before is not None:
            remove_files(self._place, before.files - ending.outcome.files)
        self._say(ending.in_words)

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
