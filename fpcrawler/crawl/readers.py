"""Share the processes that read documents among the sites of a crawl."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

from fpcrawler.core.web.sites import site_of
from fpcrawler.crawl.failures import DocumentTooSlow
from fpcrawler.crawl.reader_process import ReaderProcess
from fpcrawler.crawl.threads import in_daemon

_SHORT = 0.5
"""Seconds of CPU time; the usual page of 1 MB takes less.

With 0.1, a tag of 20,000 attributes took 1.04 s of CPU in all instead of 1.34, but a
usual page of 1 MB 0.57 instead of 0.25, since it was read twice.
"""

_SHORT_PROCESSES = 2
_LONG_PROCESSES = 1
_NICENESS = 10
_MAX_SITES = 10_000

_Result = TypeVar("_Result")


class Readers:
    """Reads each document within a short limit first, and only then within a long one.

    What needs long waits for what needs long, in a process of its own that yields the
    CPU to the others. So the slow documents of many hosts hardly delay a quick one.
    ``seconds`` of CPU time are for each document, ``memory`` bytes for each process.
    """

    def __init__(self, seconds: float, memory: int) -> None:
        self._seconds = seconds
        self._memory = memory
        self._idle: list[ReaderProcess] = []
        self._slow = _SlowSites()
        self._short_turns = _Turns(_SHORT_PROCESSES, self._slow)
        self._long_turns = _Turns(_LONG_PROCESSES, self._slow)

    async def read(
        self,
        host: str,
        read: Callable[..., _Result],
        arguments: Callable[[], tuple[object, ...]] = tuple,
    ) -> _Result:
        """Return what ``read`` makes of a document of a host, or raise what it raises.

        ``host`` may have a port. ``arguments`` of ``read`` are made in a thread when
        its turn has come. Raises DocumentTooSlow or DocumentTooLarge if it exceeds a
        limit.
        """
        site = site_of(host)
        try:
            async with self._short_turns.turn(site):
                return await self._read_in_short(read, arguments)
        except DocumentTooSlow:
            self._slow.add(site)
            if self._seconds <= _SHORT:
                raise
        async with self._long_turns.turn(site):
            child = ReaderProcess(self._memory, _NICENESS)
            try:
                return await in_daemon(
                    lambda: child.call(self._seconds, read, *arguments())
                )
            finally:
                child.kill()

    def close(self) -> None:
        """End the processes that wait for a document."""
        while self._idle:
            self._idle.pop().kill()

    async def _read_in_short(
        self,
        read: Callable[..., _Result],
        arguments: Callable[[], tuple[object, ...]],
    ) -> _Result:
        child = self._idle.pop() if self._idle else ReaderProcess(self._memory)
        seconds = min(_SHORT, self._seconds)
        try:
            result = await in_daemon(lambda: child.call(seconds, read, *arguments()))
        except BaseException:
            child.kill()
            raise
        self._idle.append(child)
        return result


class _SlowSites:
    """Counts the slow documents of each site."""

    def __init__(self) -> None:
        self._documents: OrderedDict[str, int] = OrderedDict()

    def add(self, site: str) -> None:
        self._documents[site] = self[site] + 1
        self._documents.move_to_end(site)
        if len(self._documents) > _MAX_SITES:
            self._documents.popitem(last=False)

    def __getitem__(self, site: str) -> int:
        return self._documents.get(site, 0)


class _Turns:
    """Lets a number of documents be read at a time; those of slow sites wait longest.

    Among equals, the first comes first.
    """

    def __init__(self, number: int, slow: _SlowSites) -> None:
        self._free = number
        self._slow = slow
        self._waiting: dict[asyncio.Future[None], str] = {}

    @asynccontextmanager
    async def turn(self, site: str) -> AsyncIterator[None]:
        await self._wait(site)
        try:
            yield
        finally:
            self._pass_on()

    async def _wait(self, site: str) -> None:
        if self._free:
            self._free -= 1
            return
        mine = asyncio.get_running_loop().create_future()
        self._waiting[mine] = site
        try:
            await mine
        except asyncio.CancelledError:
            if not mine.cancelled():  # the turn came at the same moment
                self._pass_on()
            raise
        finally:
            self._waiting.pop(mine, None)

    def _pass_on(self) -> None:
        left = [future for future in self._waiting if not future.done()]
        if not left:
            self._free += 1
            return
        first = min(left, key=lambda future: self._slow[self._waiting[future]])
        del self._waiting[first]
        first.set_result(None)
