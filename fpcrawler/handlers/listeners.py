"""Find out whether the sampling alone listens to what is received."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from pydispatch import dispatcher
from scrapy import signals

from fpcrawler.crawl.sampling import Sampling

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

_RECEIVED = (signals.headers_received, signals.bytes_received)


class Listeners:
    """Looks who listens to the signals for headers and chunks of one crawl.

    A signal takes 30 times as long as a call. A component may start or stop to listen
    at any time, so this looks for each response.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    def only_sampling(self) -> Sampling | None:
        """Return the sampling; None if others listen too, or if it does not listen."""
        own: dict[Any, Any] = dispatcher.connections.get(id(self._crawler), {})
        if own.get(dispatcher.Any) or any(len(own.get(s, ())) != 1 for s in _RECEIVED):
            return None
        # Those who listen to whatever sends a signal.
        to_all: dict[Any, Any] = dispatcher.connections.get(id(dispatcher.Any), {})
        if any(to_all.get(signal) for signal in (*_RECEIVED, dispatcher.Any)):
            return None
        return self._sampling

    @cached_property
    def _sampling(self) -> Sampling | None:
        sampling: Sampling | None = self._crawler.get_extension(Sampling)
        return sampling
