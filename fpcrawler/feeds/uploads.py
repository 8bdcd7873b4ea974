"""Feeds that are uploaded from temporary files, which stay if the upload fails."""

from __future__ import annotations

import asyncio
import os
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from contextlib import ExitStack, suppress
from pathlib import Path
from tempfile import mkstemp
from typing import IO, TYPE_CHECKING, cast

from fpcrawler.feeds.live_file import LiveFile
from fpcrawler.feeds.scratch import scratch
from fpcrawler.input.reasons import reason_of

if TYPE_CHECKING:
    from scrapy import Spider
    from scrapy.extensions.feedexport import BlockingFeedStorage, FeedSlot

_AT_ONCE = 4
"""Uploads at the same time; a batch waits for the one before it."""
_MAX_NAME = 50
"""Characters of a key in the name of the file that is kept; a key has up to 1,024."""


class Uploads:
    """The temporary files of feeds, and their uploads.

    ``parent``: where the folder of the files is made, once there is a record; the
    system's own folder if None. A kill leaves it, and a later command removes it.
    """

    def __init__(self, parent: Path | None) -> None:
        self._parent = parent
        self._stack = ExitStack()
        self._folder: Path | None = None
        self._paths: dict[FeedSlot, Path] = {}
        self._futures: dict[FeedSlot, Future[None]] = {}
        self._threads = ThreadPoolExecutor(_AT_ONCE, "feed")

    def open(self, spider: Spider) -> IO[bytes]:  # noqa: ARG002 - Scrapy's protocol
        """Open a new file, as a storage does; raises OSError."""
        if self._folder is None:
            self._folder = self._stack.enter_context(scratch("feeds", self._parent))
        descriptor, name = mkstemp(prefix="feed-", dir=self._folder)
        os.close(descriptor)
        # Whole records also where the disk is full for a while.
        return cast("IO[bytes]", LiveFile(Path(name), append=False))

    def add(self, slot: FeedSlot, file: IO[bytes]) -> None:
        """Take the file of a feed; nothing is written to it any more."""
        file.close()
        self._paths[slot] = Path(file.name)

    async def send(self, slot: FeedSlot) -> None:
        """Upload a feed; raises what its storage raises."""
        storage = cast("BlockingFeedStorage", slot.storage)
        # The thread outlives the event loop, so a stopped crawl does not break it off.
        sent = self._threads.submit(_send, storage, self._paths[slot])
        self._futures[slot] = sent
        await asyncio.wrap_future(sent)

    @property
    def unsettled(self) -> list[FeedSlot]:
        """The feeds whose files are still here."""
        return list(self._paths)

    def error(self, slot: FeedSlot) -> str:
        """Wait for the last upload of a feed; return why it failed, or an empty text.

        Uploads that have not begun are cancelled.
        """
        self._threads.shutdown(wait=False, cancel_futures=True)
        try:
            failure = self._futures[slot].exception()
        except CancelledError:
            return "the crawl was stopped"
        return "" if failure is None else reason_of(failure)

    def settle(self, slot: FeedSlot, *, is_stored: bool) -> Path | None:
        """Remove the file of a feed that is stored; else return where it is kept."""
        path = self._paths.pop(slot, None)
        if path is None:
            return None
        with suppress(OSError):
            if is_stored:
                path.unlink()
                return None
            name = slot.uri.rpartition("/")[2][-_MAX_NAME:]
            return path.rename(path.parent.with_name(f"{path.name}-{name}"))
        return None

    def end(self) -> None:
        """Remove the folder of the files."""
        self._stack.close()


def _send(storage: BlockingFeedStorage, path: Path) -> None:
    with path.open("rb") as file:
        storage._store_in_thread(file)  # noqa: SLF001 - store() needs the event loop
