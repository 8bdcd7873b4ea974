"""One line on a terminal that says how far the crawl is."""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING, Any

from scrapy import signals
from scrapy.exceptions import NotConfigured
from tqdm import tqdm

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


class Progress:
    """Counts the images that are done, where a person looks on."""

    def __init__(self, bar: tqdm[Any]) -> None:
        self.bar = bar

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Progress:
        if not sys.stderr.isatty():
            raise NotConfigured  # silently: a log file has no use for it
        progress = cls(tqdm(unit=" images", leave=False, dynamic_ncols=True))
        connect = crawler.signals.connect
        connect(progress.opened, signals.spider_opened)
        for signal in (signals.item_scraped, signals.item_dropped, signals.item_error):
            connect(progress.advanced, signal)
        connect(progress.closed, signals.spider_closed)
        return progress

    def opened(self) -> None:
        """Make the log's lines take the place of the progress, not its end."""
        for handler in logging.root.handlers:
            handler.addFilter(self._make_way)

    def advanced(self) -> None:
        self.bar.update()

    def closed(self) -> None:
        self.bar.close()

    def _make_way(self, _: logging.LogRecord) -> bool:
        self.bar.clear()
        return True
