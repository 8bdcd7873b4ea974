"""Write notes beside a feed: what a crawl has done that the feed does not show."""

from __future__ import annotations

import json
import logging
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scrapy import signals
from scrapy.extensions.feedexport import FeedExporter

from fpcrawler.core.progress.done import is_told_by
from fpcrawler.crawl.errand import errand_of
from fpcrawler.crawl.failures import ReadingStopped
from fpcrawler.crawl.requests import request_of
from fpcrawler.feeds.storage import LiveFileStorage
from fpcrawler.signals import image_recorded, image_refused, page_complete

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from fpcrawler.core.progress.completeness import Page
    from fpcrawler.crawl.errand import Errand
    from fpcrawler.items import ImageRecord, Sample

logger = logging.getLogger(__name__)


class ResumeNotes:
    """Writes a line for each dropped image and each complete page.

    A line is written after everything that it describes is on the disk. So after a
    kill at any moment, the next crawl may request a URL twice, but it misses none.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self._files: list[_NotesFile] = []

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> ResumeNotes:
        notes = cls(crawler)
        connect = crawler.signals.connect
        connect(notes.opened, signals.spider_opened)
        connect(notes.recorded, image_recorded)
        connect(notes.dropped, signals.item_dropped)
        connect(notes.refused, image_refused)
        connect(notes.completed, page_complete)
        connect(notes.closed, signals.spider_closed)
        return notes

    def opened(self) -> None:
        """Find the feeds that can be resumed.

        The notes of a feed that this crawl replaces stay until the first record
        replaces the feed.
        """
        exporter = self.crawler.get_extension(FeedExporter)
        for slot in exporter.slots if exporter else ():
            storage = slot.storage
            if isinstance(storage, LiveFileStorage) and storage.has_notes:
                is_replaced = not storage.is_appended and storage.has_content
                is_continued = storage.is_appended and storage.path.exists()
                if not (is_replaced or is_continued):
                    storage.notes_path.unlink(missing_ok=True)
                self._files.append(_NotesFile(storage.notes_path, aside=is_replaced))

    def recorded(self, item: ImageRecord, response: Response) -> None:
        """Note how an image was reached, if its record does not show it."""
        for file in self._files:
            file.take_name()
        request = request_of(response)
        by_tor = errand_of(request).route.is_tor
        redirects = [*request.meta.get("redirect_urls", ())[1:], request.url]
        if redirects == [item.url] and by_tor == is_told_by(item.page_url):
            return
        self._note(
            record=item.url, page_url=item.page_url, tor=by_tor, redirects=redirects
        )

    def dropped(self, item: Sample, response: Response, exception: Exception) -> None:
        if isinstance(exception, ReadingStopped):
            return
        by_tor = errand_of(request_of(response)).route.is_tor
        self._note(dropped=item.url, reason=type(exception).__name__, tor=by_tor)

    def refused(self, errand: Errand, reason: str) -> None:
        """Note an image that the site does not want to be fetched; not as done."""
        url, by_tor = errand.requested_url, errand.route.is_tor
        self._note(refused=url, reason=reason, tor=by_tor)

    def completed(self, page: Page) -> None:
        self._note(page=page.url, depth=page.depth, tor=page.by_tor)

    def closed(self) -> None:
        for file in self._files:
            file.close()

    def _note(self, **line: Any) -> None:
        for file in self._files:
            file.add(json.dumps(line).encode() + b"\n")


class _NotesFile:
    """A file of notes, made with its first line; each line is written at once.

    ``aside``: write under a hidden name until the existing notes may be replaced.
    """

    def __init__(self, path: Path, *, aside: bool = False) -> None:
        self.path = path.with_name(f".{path.name}") if aside else path
        self._final = path if aside else None
        if aside:
            self.path.unlink(missing_ok=True)  # left by a kill
        self._file: int | None = None
        self._is_full = False

    def add(self, line: bytes) -> None:
        """Write a line; after a failed or partial write, write nothing more."""
        if self._is_full:
            return
        try:
            self._is_full = os.write(self._opened(), line) < len(line)
        except OSError as error:
            self._is_full = True
            logger.warning(
                "%s cannot be written (%s), so a crawl that resumes will request "
                "more than necessary.",
                self.path,
                error.strerror,
            )

    def take_name(self) -> None:
        """Replace the existing notes by these lines, if there are any."""
        if self._final is None:
            return
        if self._file is None:
            self._final.unlink(missing_ok=True)
        else:
            self.path.replace(self._final)
        self.path, self._final = self._final, None

    def close(self) -> None:
        if self._final is not None:
            self.path.unlink(missing_ok=True)
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _opened(self) -> int:
        if self._file is None:
            # The first note can precede the first record, which makes the folder.
            self.path.parent.mkdir(parents=True, exist_ok=True)
            flags = os.O_RDWR | os.O_APPEND | os.O_CREAT
            self._file = os.open(self.path, flags, 0o644)
            size = os.fstat(self._file).st_size
            if size and os.pread(self._file, 1, size - 1) != b"\n":
                os.write(self._file, b"\n")  # a kill has cut the last line
        return self._file
