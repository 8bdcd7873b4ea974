"""What a feed does not tell of a crawl, noted in a file beside it."""

from __future__ import annotations

import json
import logging
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scrapy import signals
from scrapy.extensions.feedexport import FeedExporter

from fpcrawler.core.progress.done import is_told_by
from fpcrawler.crawl.failures import ReadingStopped
from fpcrawler.crawl.requests import request_of
from fpcrawler.feeds.storage import LiveFileStorage
from fpcrawler.signals import image_recorded, page_complete
from fpcrawler.tor.route import is_led_by_onion

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from fpcrawler.core.progress.completeness import Page
    from fpcrawler.items import ImageRecord, Sample

logger = logging.getLogger(__name__)


class ResumeNotes:
    """Writes a line for each image dropped and each page complete.

    A line tells of what is on the disk already, so a kill at any moment makes
    the next crawl ask for something twice, and never leave it out.
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
        connect(notes.completed, page_complete)
        connect(notes.closed, signals.spider_closed)
        return notes

    def opened(self) -> None:
        """Find the feeds that can be resumed.

        Notes of a replaced one go when it does: with the first record.
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
        """Note how an image was reached, where its record does not tell."""
        for file in self._files:
            file.take_name()
        request = request_of(response)
        by_tor = is_led_by_onion(request)
        redirects = [*request.meta.get("redirect_urls", ())[1:], request.url]
        if redirects == [item.url] and by_tor == is_told_by(item.page_url):
            return
        self._note(
            record=item.url, page_url=item.page_url, tor=by_tor, redirects=redirects
        )

    def dropped(self, item: Sample, response: Response, exception: Exception) -> None:
        if isinstance(exception, ReadingStopped):
            return
        by_tor = is_led_by_onion(request_of(response))
        self._note(dropped=item.url, reason=type(exception).__name__, tor=by_tor)

    def completed(self, page: Page) -> None:
        self._note(page=page.url, depth=page.depth, tor=page.by_tor)

    def closed(self) -> None:
        for file in self._files:
            file.close()

    def _note(self, **line: Any) -> None:
        for file in self._files:
            file.add(json.dumps(line).encode() + b"\n")


class _NotesFile:
    """Lines that are on their way to the disk at once; there is none without any.

    ``aside``: under a hidden name, until the notes that are there may go.
    """

    def __init__(self, path: Path, *, aside: bool = False) -> None:
        self.path = path.with_name(f".{path.name}") if aside else path
        self._taken = path if aside else None
        if aside:
            self.path.unlink(missing_ok=True)  # left by a kill
        self._file: int | None = None
        self._is_full = False

    def add(self, line: bytes) -> None:
        """Write a whole line, or nothing more at all."""
        if self._is_full:
            return
        try:
            self._is_full = os.write(self._opened(), line) < len(line)
        except OSError as error:
            self._is_full = True
            logger.warning(
                "%s cannot be written (%s), so a crawl that resumes will ask "
                "for more than it has to.",
                self.path,
                error.strerror,
            )

    def take_name(self) -> None:
        """Have these lines, if there are any, in the place of the earlier ones."""
        if self._taken is None:
            return
        if self._file is None:
            self._taken.unlink(missing_ok=True)
        else:
            self.path.replace(self._taken)
        self.path, self._taken = self._taken, None

    def close(self) -> None:
        if self._taken is not None:
            self.path.unlink(missing_ok=True)
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _opened(self) -> int:
        if self._file is None:
            # The first note can come before the first record makes the folder.
            self.path.parent.mkdir(parents=True, exist_ok=True)
            flags = os.O_RDWR | os.O_APPEND | os.O_CREAT
            self._file = os.open(self.path, flags, 0o644)
            size = os.fstat(self._file).st_size
            if size and os.pread(self._file, 1, size - 1) != b"\n":
                os.write(self._file, b"\n")  # a kill has cut the last line
        return self._file
