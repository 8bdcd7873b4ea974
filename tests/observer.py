"""Components that tests add to a crawl, to observe or disturb it."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scrapy import signals

from fpcrawler.crawl.errand import errand_of
from fpcrawler.crawl.sampling import Sampling
from fpcrawler.signals import image_recorded

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from fpcrawler.items import ImageRecord, Sample


class ObservedSampling(Sampling):
    """Counts the received bytes of each URL. A listener would change their route."""

    def bytes_received(self, data: bytes, request: Request) -> None:
        errand = errand_of(request)
        if errand.kind != "other":
            received: Counter[str] = vars(self).setdefault("received", Counter())
            received[errand.requested_url] += len(data)
        super().bytes_received(data, request)


class Listener:
    """Listens to the headers and chunks that arrive; writes their number."""

    def __init__(self, crawler: Crawler) -> None:
        self.stats = crawler.stats
        crawler.signals.connect(self.headers_received, signals.headers_received)
        crawler.signals.connect(self.bytes_received, signals.bytes_received)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Listener:
        return cls(crawler)

    def headers_received(self) -> None:
        self.stats.inc_value("listener/headers")

    def bytes_received(self, data: bytes) -> None:
        self.stats.inc_value("listener/bytes", len(data))


class Observer:
    """Writes stats, drops and received bytes to OBSERVER_FILE at the end."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.dropped: dict[str, str] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Observer:
        observer = cls(crawler)
        connect = crawler.signals.connect
        connect(observer.item_dropped, signals.item_dropped)
        connect(observer.engine_stopped, signals.engine_stopped)
        return observer

    def item_dropped(self, item: Sample, exception: Exception) -> None:
        self.dropped[item.url] = type(exception).__name__

    def engine_stopped(self) -> None:
        sampling = self.crawler.get_extension(Sampling)
        seen: dict[str, Any] = {
            "received": getattr(sampling, "received", {}),
            "dropped": self.dropped,
            "stats": self.crawler.stats.get_stats(),
        }
        path = Path(self.crawler.settings["OBSERVER_FILE"])
        path.write_text(json.dumps(seen, default=str))


class Descriptors:
    """Keeps the peak of open descriptors in the stat ``test/descriptors``."""

    def __init__(self, crawler: Crawler) -> None:
        self.stats = crawler.stats
        for signal in (signals.request_reached_downloader, signals.response_received):
            crawler.signals.connect(self.count, signal)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Descriptors:
        return cls(crawler)

    def count(self) -> None:
        now_open = sum(1 for _ in Path("/proc/self/fd").iterdir())
        self.stats.max_value("test/descriptors", now_open)


class Notes:
    """Notes each item in NOTES_FILE after the feed has it; survives a kill."""

    def __init__(self, path: str) -> None:
        self.file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Notes:
        notes = cls(crawler.settings["NOTES_FILE"])
        crawler.signals.connect(notes.item_scraped, signals.item_scraped)
        return notes

    def item_scraped(self, item: ImageRecord) -> None:
        os.write(self.file, item.url.encode() + b"\n")


class RecordedNotes(Notes):
    """Notes an item once every feed has its record, which may be later."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RecordedNotes:
        notes = cls(crawler.settings["NOTES_FILE"])
        crawler.signals.connect(notes.item_scraped, image_recorded)
        return notes


class Raising:
    """A spider middleware and a pipeline that raise for URLs named ``broken``."""

    async def process_spider_output(
        self, response: Response, result: AsyncIterator[Any]
    ) -> AsyncIterator[Any]:
        if response.url.endswith("broken"):
            raise LookupError(response.url)
        async for output in result:
            yield output

    def process_item(self, item: Sample) -> Sample:
        if item.url.endswith("broken.jpg"):
            raise ArithmeticError(item.url)
        return item


class LongTexts:
    """An item pipeline that makes every second record 100 KB long."""

    def __init__(self) -> None:
        self.records = 0

    def process_item(self, item: ImageRecord) -> ImageRecord:
        self.records += 1
        if self.records % 2:
            item.exif["Image ImageDescription"] = "x" * 100_000
        return item
