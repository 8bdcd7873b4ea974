"""Signals that stop a crawl."""

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

REPEAT_SECONDS = 0.25
"""Seconds: a second signal within this time counts as the first one."""


def merge_repeated_signals(crawler: Crawler, then: Callable[[], None]) -> None:
    """Ignore a second signal that comes within REPEAT_SECONDS.

    A second signal ends the crawl before its feeds are stored. But ``timeout`` of
    GNU coreutils sends its signal to the process and then to the process group; a
    terminal and a parent process may both send one. ``then`` is called, within the
    handler, after the first signal was passed on.
    """

    def install() -> None:
        # Scrapy has installed its handlers by now.
        graceful = signal.getsignal(signal.SIGTERM)
        if callable(graceful):
            install_shutdown_handlers(_FirstSignal(graceful, then))

    crawler.signals.connect(install, signals.engine_started, weak=False)


class _FirstSignal:
    """Handles a signal; ignores the next ones for REPEAT_SECONDS."""

    def __init__(self, graceful: Handler, then: Callable[[], None]) -> None:
        self._pass_on = graceful
        self._then = then
        self._came = float("-inf")

    def __call__(self, number: int, frame: FrameType | None) -> None:
        now = time.monotonic()
        if now - self._came < REPEAT_SECONDS:
            return
        self._came = now
        self._pass_on(number, frame)
        self._then()
        # Scrapy has replaced this handler by its own for a second signal.
        following = signal.getsignal(signal.SIGTERM)
        if callable(following):
            self._pass_on = following
            install_shutdown_handlers(self)
