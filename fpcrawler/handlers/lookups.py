"""Look names up in threads, in turn for each domain."""

from __future__ import annotations

import threading
from collections import Counter, OrderedDict, deque
from collections.abc import Callable

from fpcrawler.core.web.sites import site_of

_SHARE = 2
"""The names of one domain may use this part of the threads."""


class Lookups:
    """Calls what blocks in at most ``limit`` threads, which cannot be stopped.

    A domain whose name servers do not answer holds each thread for many seconds, so the
    names of one domain wait for each other. The threads do not keep the process from
    ending. All methods belong to the thread of the event loop.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._running: Counter[str] = Counter()
        self._waiting: OrderedDict[str, deque[Callable[[], None]]] = OrderedDict()

    def start(self, name: str, call: Callable[[], None]) -> None:
        """Call in a thread soon; ``ended`` must be called after it, with the name."""
        self._waiting.setdefault(site_of(name), deque()).append(call)
        self._serve()

    def ended(self, name: str) -> None:
        """Let another call use the thread of one that has ended."""
        self._running[site_of(name)] -= 1
        self._running += Counter()  # without those that are 0
        self._serve()

    def _serve(self) -> None:
        most = max(1, self._limit // _SHARE)
        for domain in tuple(self._waiting):
            if self._running.total() >= self._limit:
                return
            if self._running[domain] >= most:
                continue
            calls = self._waiting.pop(domain)
            threading.Thread(target=calls.popleft(), daemon=True).start()
            self._running[domain] += 1
            if calls:
                self._waiting[domain] = calls  # behind the other domains
