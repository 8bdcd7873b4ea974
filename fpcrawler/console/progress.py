"""The progress of the crawl: one line on a terminal, else a line each minute."""

from __future__ import annotations

import logging
import os
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from scrapy import signals
from scrapy.exceptions import NotConfigured
from scrapy.utils.asyncio import create_looping_call
from tqdm import tqdm

from fpcrawler.console.figures import figures_of
from fpcrawler.console.progress_text import Rate, goal_of, progress_text
from fpcrawler.console.streams import say

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

_REPAINT = 0.5
"""Seconds between two states of the line on a terminal."""
_COLUMNS = 80
"""Of a terminal that does not say how wide it is."""


class Progress:
    """Shows how far the crawl is, on stderr.

    ``bar`` is None where stderr is not a terminal. ``interval``: seconds between two
    lines, or two states of the line.
    """

    def __init__(
        self, crawler: Crawler, bar: tqdm[Any] | None, interval: float
    ) -> None:
        self.crawler = crawler
        self.bar = bar
        self._rate = Rate(time.monotonic())
        self._showing = create_looping_call(self.show)
        self._interval = interval

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Progress:
        interval = crawler.settings.getfloat("PROGRESS_INTERVAL")
        bar = None
        if sys.stderr.isatty():
            bar = tqdm(bar_format="{desc}", leave=False)
            interval = _REPAINT
        elif not interval:
            raise NotConfigured  # silently: it is the user's wish
        progress = cls(crawler, bar, interval)
        connect = crawler.signals.connect
        connect(progress.opened, signals.spider_opened)
        connect(progress.closed, signals.spider_closed)
        return progress

    def opened(self) -> None:
        self._showing.start(self._interval, now=self.bar is not None)
        if self.bar is None:
            return
        # Clear the line before each log line, so that they do not mix.
        for handler in logging.root.handlers:
            handler.addFilter(self._clear)

    def closed(self) -> None:
        if self._showing.running:
            self._showing.stop()
        if self.bar is not None:
            self.bar.close()

    def show(self) -> None:
        """Show the progress now."""
        stats = self.crawler.stats.get_stats()
        figures = figures_of(stats)
        goal = goal_of(figures.images, figures.pages, stats)
        rate = self._rate.now(time.monotonic(), figures.images.ended)
        if self.bar is None:
            say(f"progress {progress_text(figures, goal, rate)}\n")
        else:
            text = progress_text(figures, goal, rate, width=_columns() - 1)
            self.bar.set_description_str(text)

    def clear(self) -> None:
        """Clear the line on the terminal; it is shown again soon."""
        if self.bar is not None:
            self.bar.clear()

    def _clear(self, _: logging.LogRecord) -> bool:
        self.clear()
        return True


def _columns() -> int:
    with suppress(OSError, ValueError):
        return os.get_terminal_size(sys.stderr.fileno()).columns or _COLUMNS
    return _COLUMNS
