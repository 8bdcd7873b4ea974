"""Signals that end a crawl."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from types import FrameType
from typing import TYPE_CHECKING

from scrapy import signals
from scrapy.utils.ossignal import install_shutdown_handlers

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    Handler = Callable[[int, FrameType | None], object]

AT_ONCE = 0.25
"""Seconds in which a second signal is taken for the first."""


def take_two_signals_at_once_for_one(crawler: Crawler) -> None:
    """Let only a later signal end the crawl before its feeds are stored.

    ``timeout`` of GNU coreutils sends its signal to the process and then to the
    group that the process is in; a terminal and a parent may both send theirs.
    """
    crawler.signals.connect(_install, signals.engine_started, weak=False)


def _install() -> None:
    # From here on these are Scrapy's handlers.
    graceful = signal.getsignal(signal.SIGTERM)
    if callable(graceful):
        install_shutdown_handlers(_FirstSignal(graceful))


class _FirstSignal:
    """Passes a signal on; the next ones once some time has gone by."""

    def __init__(self, graceful: Handler) -> None:
        self._pass_on = graceful
        self._came = float("-inf")

    def __call__(self, number: int, frame: FrameType | None) -> None:
        now = time.monotonic()
        if now - self._came < AT_ONCE:
            return
        self._came = now
        self._pass_on(number, frame)
        # Scrapy has put its handler of a second signal in the place of this one.
        following = signal.getsignal(signal.SIGTERM)
        if callable(following):
            self._pass_on = following
            install_shutdown_handlers(self)
