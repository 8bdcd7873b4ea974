"""Record beside each feed which run of the crawler has written it."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock, Thread
from typing import TYPE_CHECKING

from scrapy import signals
from scrapy.extensions.feedexport import FeedExporter

from fpcrawler import __version__
from fpcrawler.core.web.masking import masked
from fpcrawler.errors import BadInput
from fpcrawler.feeds.files import expanded
from fpcrawler.feeds.run_file import HashedFile, Run, read_runs, run_path, write_runs
from fpcrawler.feeds.storage import LiveFileStorage
from fpcrawler.input.arguments import LIST_ARGUMENTS
from fpcrawler.input.changed import changed_settings, shown_value
from fpcrawler.input.known_names import named_list
from fpcrawler.input.lists import local_path
from fpcrawler.signals import image_recorded

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.extensions.feedexport import FeedSlot
    from scrapy.settings import BaseSettings

    from fpcrawler.console.exit_codes import ExitCode

logger = logging.getLogger(__name__)

_MOST_BYTES = 8_589_934_592
"""Of a list that is hashed: a database of known files may have a hundred times that."""


class RunRecord:
    """Writes ``NAME.run`` when the crawl starts, and again when it has ended.

    So after a kill, the file says that the run has not ended. Further batches get
    theirs when they are closed.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self._files: list[_RunFile] = []
        self._lock = Lock()
        self._is_recorded = False
        self._hashing = Thread(target=self._hash, name="hash", daemon=True)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RunRecord:
        record = cls(crawler)
        crawler.signals.connect(record.opened, signals.spider_opened)
        return record

    def opened(self) -> None:
        """Write that the run has started."""
        exporter = self.crawler.get_extension(FeedExporter)
        for slot in exporter.slots if exporter else ():
            storage = slot.storage
            if isinstance(storage, LiveFileStorage) and storage.is_file:
                self._files.append(_RunFile(storage, self._run()))
        if self._files:
            self._hashing.start()
            self.crawler.signals.connect(self.batch_closed, signals.feed_slot_closed)
        if any(file.is_aside for file in self._files):
            self.crawler.signals.connect(self.recorded, image_recorded)

    def recorded(self) -> None:
        """Replace the record of a feed once the feed itself is replaced."""
        # It stays connected: to disconnect it now would skip the next receiver.
        if not self._is_recorded:
            self._is_recorded = True
            with self._lock:
                for file in self._files:
                    file.take_name()

    def batch_closed(self, slot: FeedSlot) -> None:
        """Write that the run has written a further batch of a feed, once."""
        storage = slot.storage
        is_further = slot.batch_id > 1 and slot.itemcount
        if not (is_further and isinstance(storage, LiveFileStorage)):
            return
        with self._lock:
            if all(file.feed != storage.path for file in self._files):
                run = self._files[0].run.copy()
                self._files.append(_RunFile(storage, run, is_begun=True))

    def ended(self, code: ExitCode) -> None:
        """Write that the run has ended, after the feeds are closed."""
        if not self._files:
            return
        self._hashing.join()
        exporter = self.crawler.get_extension(FeedExporter)
        for slot in exporter.slots if exporter else ():
            self.batch_closed(slot)  # a second signal has closed it
        for file in self._files:
            file.end(code)

    def _run(self) -> Run:
        spider, settings = self.crawler.spider, self.crawler.settings
        arguments = getattr(spider, "arguments", {})
        return {
            "version": __version__,
            "arguments": {n: shown_value(n, text) for n, text in arguments.items()},
            "settings": changed_settings(settings),
            "url_lists": [_unhashed(name) for name in _lists(settings, arguments)],
            "known_lists": [_unhashed(name) for name in _known_lists(settings)],
            "started": _now(),
            "ended": None,
            "exit_code": None,
            "feed_sha256": None,
        }

    def _hash(self) -> None:
        """Add the hashes of what the crawl reads; in a thread, as it may be much."""
        settings = self.crawler.settings
        arguments = getattr(self.crawler.spider, "arguments", {})
        lists = [*_hashed(_lists(settings, arguments))]
        known = [*_hashed(_known_lists(settings))]
        with self._lock:
            for file in self._files:
                file.add(lists, known)


class _RunFile:
    """The record of one run beside one feed, after those of the runs before it."""

    def __init__(
        self, storage: LiveFileStorage, run: Run, *, is_begun: bool = False
    ) -> None:
        self.feed = storage.path
        self.run = run
        is_replaced = not (storage.is_appended or is_begun) and storage.has_content
        is_continued = storage.is_appended and storage.has_content
        path = run_path(storage.path)
        self._earlier = read_runs(path) if is_continued else []
        self._final = path if is_replaced else None
        # An existing record stays as long as the feed that it belongs to.
        self._path = path.with_name(f".{path.name}") if is_replaced else path
        self._write()

    @property
    def is_aside(self) -> bool:
        """Whether the record has a hidden name, until the feed is replaced."""
        return self._final is not None

    def take_name(self) -> None:
        """Replace the record of the feed that was replaced."""
        if self._final is not None:
            with suppress(OSError):  # the next write reports it
                self._path.replace(self._final)
            self._path, self._final = self._final, None

    def add(self, lists: list[HashedFile], known: list[HashedFile]) -> None:
        self.run["url_lists"], self.run["known_lists"] = lists, known
        self._write()

    def end(self, code: ExitCode) -> None:
        """Write the end of the run, unless an earlier feed was kept."""
        if self._final is not None:
            self._path.unlink(missing_ok=True)
            return
        self.run["ended"], self.run["exit_code"] = _now(), int(code)
        self.run["feed_sha256"] = _sha256(self.feed)
        self._write()

    def _write(self) -> None:
        try:
            write_runs(self._path, [*self._earlier, self.run])
        except OSError as error:
            logger.warning("%s cannot be written (%s).", self._path, error.strerror)


def _lists(settings: BaseSettings, arguments: Mapping[str, str]) -> Iterator[str]:
    """Yield the name of the list, unless URLs or a folder take its place."""
    if "urls_file" in arguments:
        yield arguments["urls_file"]
    elif arguments.keys().isdisjoint({*LIST_ARGUMENTS, "verify"}):
        yield str(settings["URLS_FILE"])


def _known_lists(settings: BaseSettings) -> Iterator[str]:
    for name in settings.getlist("KNOWN_LISTS"):
        with suppress(BadInput):  # the crawl has refused it
            yield from map(str, expanded([named_list(str(name).strip())[0]]))


def _unhashed(name: str) -> HashedFile:
    return {"name": masked(name), "sha256": None}


def _hashed(names: Iterator[str]) -> Iterator[HashedFile]:
    for name in names:
        path = local_path(name)
        yield {"name": masked(name), "sha256": _sha256(path, _MOST_BYTES)}


def _sha256(path: Path | None, most: float = float("inf")) -> str | None:
    """Return the hash of a file in hex; None of what is no file, or has more bytes."""
    with suppress(OSError):
        if path is not None and path.is_file() and path.stat().st_size <= most:
            with path.open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest()
    return None


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S")
