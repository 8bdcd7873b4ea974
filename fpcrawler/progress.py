"""One line on a terminal that says how far the crawl is."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from scrapy import signals
from scrapy.exceptions import NotConfigured
from tqdm import tqdm

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


class Progress:
    """Counts the images that are done, where a person looks on."""

    def __init__(self) -> None:
        self.bar: tqdm[Any] | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Progress:
        if not sys.stderr.isatty():
            raise NotConfigured  # silently: a log file has no use for it
        progress = cls()
        connect = crawler.signals.connect
        connect(progress.opened, signals.spider_opened)
        for signal in (signals.item_scraped, signals.item_dropped, signals.item_error):
            connect(progress.advanced, signal)
        connect(progress.closed, signals.spider_closed)
        return progress

    def opened(self) -> None:
        self.bar = tqdm(unit=" images", leave=False, dynamic_ncols=True)

    def advanced(self) -> None:
        if self.bar is not None:
            self.bar.update()

    def closed(self) -> None:
        if self.bar is not None:
            self.bar.close()
