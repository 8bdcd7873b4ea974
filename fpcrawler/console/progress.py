"""One line on the terminal with the progress of the crawl."""

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
    """Counts finished images on the terminal."""

    def __init__(self, bar: tqdm[Any]) -> None:
        self.bar = bar

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Progress:
        if not sys.stderr.isatty():
            raise NotConfigured  # silently: a log file needs no progress
        progress = cls(tqdm(unit=" images", leave=False, dynamic_ncols=True))
        connect = crawler.signals.connect
        connect(progress.opened, signals.spider_opened)
        for signal in (signals.item_scraped, signals.item_dropped, signals.item_error):
            connect(progress.advanced, signal)
        connect(progress.closed, signals.spider_closed)
        return progress

    def opened(self) -> None:
        """Clear the progress line before each log line, so that they do not mix."""
        for handler in logging.root.handlers:
            handler.addFilter(self._clear)

    def advanced(self) -> None:
        self.bar.update()

    def closed(self) -> None:
        self.bar.close()

    def _clear(self, _: logging.LogRecord) -> bool:
        self.bar.clear()
        return True
