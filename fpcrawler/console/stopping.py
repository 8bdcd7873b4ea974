"""Signals that stop a crawl."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from functools import partial
from types import FrameType
from typing import TYPE_CHECKING

from scrapy import signals
from scrapy.utils.ossignal import install_shutdown_handlers

from fpcrawler.console.progress import Progress
from fpcrawler.console.streams import say
from fpcrawler.console.text import count_in_words

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    Handler = Callable[[int, FrameType | None], object]

REPEAT_SECONDS = 0.25
"""Seconds: a second signal within this time counts as the first one."""


def merge_repeated_signals(crawler: Crawler, then: Callable[[], None]) -> None:
    """Say what a signal does; ignore a second one within REPEAT_SECONDS.

    A second signal ends the crawl before its feeds are stored. But ``timeout`` of
    GNU coreutils sends its signal to the process and then to the process group; a
    terminal and a parent process may both send one. ``then`` is called, within the
    handler, after the first signal was passed on.
    """

    def install() -> None:
        # Scrapy has installed its handlers by now.
        graceful = signal.getsignal(signal.SIGTERM)
        if callable(graceful):
            announce = partial(_announce, crawler)
            install_shutdown_handlers(_FirstSignal(graceful, announce, then))

    crawler.signals.connect(install, signals.engine_started, weak=False)


class _FirstSignal:
    """Handles a signal; ignores the next ones for REPEAT_SECONDS."""

    def __init__(
        self,
        graceful: Handler,
        announce: Callable[[bool], None],
        then: Callable[[], None],
    ) -> None:
        self._pass_on = graceful
        self._announce = announce
        self._then = then
        self._came = float("-inf")

    def __call__(self, number: int, frame: FrameType | None) -> None:
        now = time.monotonic()
        if now - self._came < REPEAT_SECONDS:
            return
        is_first, self._came = self._came == float("-inf"), now
        self._announce(is_first)
        self._pass_on(number, frame)
        self._then()
        # Scrapy has replaced this handler by its own for a second signal.
        following = signal.getsignal(signal.SIGTERM)
        if callable(following):
            self._pass_on = following
            install_shutdown_handlers(self)


def _announce(crawler: Crawler, is_first: bool) -> None:  # noqa: FBT001 - called here only
    """Say how the crawl ends; called in a signal handler.

    What the handler has interrupted may be writing to stderr, so the event loop says
    it: at once, as a signal wakes it.
    """
    from twisted.internet import reactor  # noqa: PLC0415 - Scrapy has installed it

    text = "stopping now"
    if is_first:
        text = f"stopping: {_in_progress(crawler)}; once more stops now"
    reactor.callFromThread(_say, crawler, text)


def _in_progress(crawler: Crawler) -> str:
    engine = crawler.engine
    slots = engine.downloader.slots.values() if engine is not None else ()
    requests = sum(len(slot.transferring) for slot in slots)
    ends = "ends" if requests == 1 else "end"
    text = f"{count_in_words(requests, 'request')} {ends}"
    images = images_in_progress(crawler)
    are = "is" if images == 1 else "are"
    half_read = f", {count_in_words(images, 'image')} {are} half read"
    return text + half_read * bool(images)


def images_in_progress(crawler: Crawler) -> int:
    """Return how many images have come, but wait for more of their bytes."""
    engine = crawler.engine
    slot = engine.scraper.slot if engine is not None else None
    return slot.itemproc_size if slot is not None else 0


def _say(crawler: Crawler, text: str) -> None:
    if progress := crawler.get_extension(Progress):
        progress.clear()
    say(f"{text}\n")
