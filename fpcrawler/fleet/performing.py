"""Perform a shard: one attempt to crawl, judge and store it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, TypeVar
from uuid import uuid4

from msgspec.structs import replace

from fpcrawler.console.text import count_in_words
from fpcrawler.feeds.scratch import scratch
from fpcrawler.fleet.crawling import BEFORE, LIST, Crawl, Limits
from fpcrawler.fleet.ending import Files, given_up, refused
from fpcrawler.fleet.failures import failures_in, list_again, visits_again
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
        super().__init__(
            f"shard {outcome.shard:05}: {outcome.parked}. It also refused a note of "
            "this, so the shard is not parked but left: run the same command again to "
            "crawl it again."
        )
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


@dataclass(frozen=True, slots=True)
class _Turn:
    """One attempt at one shard."""

    by: Performer
    place: Place
    manifest: Manifest
    shard: int
    watch: Watch

    def perform(self, attempt: int) -> Again | None:
        self.watch.check()
        before = self._persistently(self._outcome)
        if not self._persistently(lambda: self._is_left(before)):
            return None
        listed = self._read(self._list)
        with scratch("fleet") as folder:
            made = replace(before, attempt=attempt)
            outcome, files = self._crawled(folder, made, listed)
            if outcome.parked is not None:
                self._say(f"attempt {attempt} failed: {outcome.parked}")
                if attempt <= self.by.retries:
                    delay = retry_delay(attempt, self.by.delay)
                    return Again(attempt=attempt + 1, delay=delay)
            self._store(outcome, files, before)
        return None

    def _store(self, outcome: Outcome, files: Files, before: Outcome) -> None:
        """Store how the shard ends; no request is sent again if that fails."""
        try:
            self._persistently(lambda: self._end(outcome, files, before))
        except OSError as error:
            self._remove(files.keys() - before.files)
            times = count_in_words(self.by.retries + 1, "attempt")
            # The whole text names a temporary file, so equal causes would differ.
            cause = error.strerror or error
            reason = f"the place refused the result in {times}: {cause}"
            note = refused(replace(before, attempt=outcome.attempt), reason)
            try:
                self._end(note, {}, before)
            except OSError:
                raise NotParked(note) from error

    def _outcome(self) -> Outcome:
        """Return the outcome of the shard, or one without files if it has none."""
        found = read_outcome(self.place, self.manifest, self.shard, self.place.size)
        program = self.manifest.program.sha256
        if found is not None and found.program == program:
            return found
        urls, fleet = self.manifest.shards[self.shard].urls, self.manifest.id
        return Outcome(
            fleet=fleet, shard=self.shard, program=program, urls=urls, again=True
        )

    def _is_left(self, before: Outcome) -> bool:
        """Return whether this machine has to crawl the shard."""
        machine = self.manifest.shards[self.shard].machine
        if machine not in (None, machine_name()):
            self._say(f"only {machine} has its files")
            return False
        if before.parked is not None:
            self._say(f"given up before: {before.parked}; crawl it again with --retry")
        return before.again and self._is_at_place()

    def _is_at_place(self) -> bool:
        """Return whether the place still has the list; raises PlaceUnavailable."""
        is_there = self.manifest.is_at(self.place)
        if not is_there:
            self._say("the place has another list now")
        return is_there

    @property
    def _list(self) -> str:
        return list_name(self.manifest.id, self.shard)

    def _crawled(
        self, folder: Path, before: Outcome, listed: bytes
    ) -> tuple[Outcome, Files]:
        """Crawl the list, or what failed before; the files are in ``folder``."""
        if sha256(listed).hexdigest() != self.manifest.shards[self.shard].sha256:
            reason = f"{self._list} is not the list that was submitted"
            return given_up(before, reason, listed, [])
        repeats = False
        if before.feed is not None:
            (folder / BEFORE).write_bytes(self._read(before.feed))
            failed = self._read(before.failures) if before.failures else b""
            failures = failures_in(failed)
            listed, repeats = list_again(failures, listed), visits_again(failures)
        (folder / LIST).write_bytes(listed)
        crawl = Crawl(folder, self.manifest, self.by.limits, repeats)
        return crawl.run(before, self.watch)

    def _read(self, name: str) -> bytes:
        def read() -> bytes:
            found = self.place.read(name)
            if found is None:
                uri = f"{self.place.uri}/{name}"
                raise PlaceUnavailable(f"{uri} is missing; is the place mounted?")
            return found

        return self._persistently(read)

    def _end(self, outcome: Outcome, files: Files, before: Outcome) -> None:
        """Store how the shard ends, unless it has ended otherwise meanwhile."""
        self.watch.check()
        if not self._is_at_place():
            return
        if self._outcome() != before:
            self._say("another worker has crawled it")
            return
        for name, content in files.items():
            self.place.write(name, content)
        outcome.save(self.place)
        self._say(outcome.in_words)
        self._remove(before.files - outcome.files)

    def _remove(self, names: Iterable[str]) -> None:
        """Remove files that no outcome names; ``collect`` removes those left."""
        with suppress(OSError):
            for name in names:
                self.place.remove(name)

    def _persistently(self, ask: Callable[[], _T]) -> _T:
        """Return what ``ask`` returns; retry it, with growing delays, on OSError."""
        for number in range(self.by.retries):
            try:
                return ask()
            except OSError as error:
                delay = retry_delay(number + 1, self.by.delay)
                self._say(f"{error}; retried in {delay:,.0f} s")
                wait(self.watch, delay)
        return ask()

    def _say(self, text: str) -> None:
        self.by.report(f"shard {self.shard:05}: {text}")
