"""Scrapy's feed exporter, with the outcome of each feed: stored, kept or lost."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from contextlib import suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from scrapy import signals
from scrapy.extensions.feedexport import (
    BlockingFeedStorage,
    FeedExporter,
    S3FeedStorage,
)
from scrapy.utils.defer import ensure_awaitable

from fpcrawler.console.exit_codes import is_complete
from fpcrawler.feeds.outcome import Feed
from fpcrawler.feeds.storage import PARTIAL_SUFFIX, LiveFileStorage
from fpcrawler.feeds.uploads import Uploads
from fpcrawler.input.reasons import reason_of
from fpcrawler.signals import image_recorded

if TYPE_CHECKING:
    from scrapy import Spider
    from scrapy.crawler import Crawler
    from scrapy.extensions.feedexport import FeedSlot, FeedStorageProtocol
    from scrapy.http import Response
    from twisted.internet.defer import Deferred

logger = logging.getLogger(__name__)

UNWRITABLE = "feeds_unwritable"
"""The finish reason of a crawl whose feeds cannot be written."""
_STOPPED = "the crawl was stopped"


class TruthfulFeedExporter(FeedExporter):
    """Exports feeds and reports truthfully whether each is complete and stored."""

    def __init__(self, crawler: Crawler) -> None:
        folder = crawler.settings["FEED_TEMPDIR"]
        self._uploads = Uploads(Path(folder) if folder else None)
        super().__init__(crawler)
        self._outcomes: dict[FeedSlot, Feed] = {}
        self._broken: set[str] = set()
        self._ending: asyncio.Future[None] | None = None

    @property
    def outcomes(self) -> list[Feed]:
        """The outcome of each feed that is closed."""
        return list(self._outcomes.values())

    @property
    def ended_slots(self) -> list[FeedSlot]:
        """Each feed that is closed, and each of its batches."""
        return list(self._outcomes)

    def item_scraped(  # type: ignore[override] # Scrapy takes coroutines as well
        self, item: Any, response: Response, spider: Spider
    ) -> Coroutine[Any, Any, None] | None:
        """Write the record to each feed.

        While a batch is being uploaded, the record and the crawl wait. So a kill
        loses one batch at most, and the images in progress.
        """
        if self._pending_close_tasks:
            return self._record_later(item, response, spider)
        self._record(item, response, spider)
        return None

    async def close_spider(  # type: ignore[override] # Scrapy gives the reason as well
        self, spider: Spider, reason: str
    ) -> None:
        """Store the open feeds, as ``.partial`` if the crawl is not complete.

        What could not be uploaded is tried once more: the crawl took its time.
        """
        if not is_complete(reason):
            for slot in self.slots:
                if isinstance(slot.storage, BlockingFeedStorage):
                    slot.uri += PARTIAL_SUFFIX
                    slot.storage = self._get_storage(slot.uri, slot.feed_options)
        await super().close_spider(spider)
        again = self._uploads.unsettled
        failures = await asyncio.gather(
            *map(self._uploads.send, again), return_exceptions=True
        )
        for slot, failure in zip(again, failures, strict=True):
            self._note_outcome(slot, "" if failure is None else reason_of(failure))

    def _get_storage(
        self, uri: str, feed_options: dict[str, Any]
    ) -> FeedStorageProtocol:
        storage = super()._get_storage(uri, feed_options)
        if isinstance(storage, BlockingFeedStorage):
            storage.open = self._uploads.open  # type: ignore[method-assign] # of any kind
        return storage

    def settle(self) -> None:
        """Note the outcome of feeds that were still open when the crawl ended.

        A signal ends the crawl while a feed is being uploaded. The upload thread
        goes on, and the end of the process waits for it anyway.
        """
        for slot in self._uploads.unsettled:
            self._note_outcome(slot, self._uploads.error(slot))
        for slot in self.slots:
            if slot in self._outcomes or (slot.batch_id > 1 and not slot.itemcount):
                continue
            self._note_outcome(slot, self._closed(slot))
        self._uploads.end()

    def _closed(self, slot: FeedSlot) -> str:
        """Close the file of a feed that was not closed; return what went wrong."""
        if slot.file is None:
            return _STOPPED
        if isinstance(slot.storage, LiveFileStorage):
            slot.file.close()
            return ""
        with suppress(OSError):
            slot.finish_exporting()
            if isinstance(slot.storage, BlockingFeedStorage):
                self._uploads.add(slot, self._get_file(slot))
        return _STOPPED

    async def _record_later(
        self, item: Any, response: Response, spider: Spider
    ) -> None:
        while self._pending_close_tasks:
            await asyncio.wait(list(self._pending_close_tasks))  # type: ignore[type-var] # the loop is asyncio's
        self._record(item, response, spider)

    def _record(self, item: Any, response: Response, spider: Spider) -> None:
        slots, counts = self.slots, [slot.itemcount for slot in self.slots]
        self.slots = [
            following for slot in slots for following in self._add(slot, item, spider)
        ]
        if all(slot.itemcount > n for slot, n in zip(slots, counts, strict=True)):
            send = self.crawler.signals.send_catch_log
            send(image_recorded, item=item, response=response)

    def _add(self, slot: FeedSlot, item: Any, spider: Spider) -> list[FeedSlot]:
        """Write the record to one feed; return the feed, or its next batch.

        An error is logged once for each feed. Once no feed can be written, the crawl
        ends: its records would be lost.
        """
        self.slots = [slot]
        try:
            super().item_scraped(item, spider)
        except OSError as error:
            if slot.uri_template not in self._broken:
                self._broken.add(slot.uri_template)
                reason = error.strerror or str(error)
                logger.error("feed %s cannot be written: %s", slot.uri, reason)  # noqa: TRY400 - one line
            if len(self._broken) == len(self.feeds) and self._ending is None:
                close = self.crawler.engine.close_spider_async(reason=UNWRITABLE)
                self._ending = asyncio.ensure_future(close)
        return self.slots

    def _schedule_slot_close(
        self, slot: FeedSlot, spider: Spider
    ) -> asyncio.Task[None] | Deferred[None]:
        """Pause the requests while a feed is being uploaded."""
        closing = super()._schedule_slot_close(slot, spider)
        self.crawler.engine.pause()
        closing.add_done_callback(self._resume)  # type: ignore[union-attr] # the loop is asyncio's
        return closing

    def _resume(self, _: asyncio.Task[None]) -> None:
        engine = self.crawler.engine
        if not self._pending_close_tasks:
            engine.unpause()
            if engine._slot is not None:  # noqa: SLF001 - or the engine idles for seconds
                engine._slot.nextcall.schedule()  # noqa: SLF001

    async def _close_slot(self, slot: FeedSlot, spider: Spider) -> None:  # noqa: ARG002
        """Store a feed; log a failure in one line."""
        if not slot.itemcount and not (slot.store_empty and slot.batch_id == 1):
            return
        if not slot.itemcount and await _has_content(slot.storage):
            self._outcomes[slot] = Feed(uri=slot.uri, records=0, is_unchanged=True)
            return
        error = ""
        try:
            slot.start_exporting()  # a feed without records as well
            slot.finish_exporting()
            await self._store(slot, self._get_file(slot))
        except Exception as failure:  # noqa: BLE001 - each storage raises its own
            error = reason_of(failure)
        if error and slot in self._uploads.unsettled:
            logger.warning("feed %s is tried again at the end: %s", slot.uri, error)
        else:
            self._note_outcome(slot, error)
        await self.crawler.signals.send_catch_log_async(
            signals.feed_slot_closed, slot=slot
        )

    async def _store(self, slot: FeedSlot, file: IO[bytes]) -> None:
        if not isinstance(slot.storage, BlockingFeedStorage):
            await ensure_awaitable(slot.storage.store(file))
            return
        self._uploads.add(slot, file)
        await self._uploads.send(slot)

    def _note_outcome(self, slot: FeedSlot, error: str) -> None:
        """Note the outcome of a feed: count it, and keep its records if it failed."""
        outcome = "failed" if error else "success"
        kind = type(slot.storage).__name__
        self.crawler.stats.inc_value(f"feedexport/{outcome}_count/{kind}")
        kept = self._uploads.settle(slot, is_stored=not error)
        if error:
            logger.error("feed %s is not stored: %s", slot.uri, error.rstrip("."))
        self._outcomes[slot] = Feed(
            uri=slot.uri,
            records=slot.itemcount,
            is_stored=not error,
            kept=str(kept) if kept else None,
        )


async def _has_content(storage: FeedStorageProtocol) -> bool:
    """Return whether a feed without records would replace an earlier feed."""
    if isinstance(storage, LiveFileStorage):
        return storage.has_content
    if isinstance(storage, S3FeedStorage):
        return await asyncio.to_thread(_is_on_s3, storage)
    return False


def _is_on_s3(storage: S3FeedStorage) -> bool:
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - few crawls write to S3

    place = {"Bucket": storage.bucketname, "Key": storage.keyname}
    # The upload reports these errors.
    with suppress(BotoCoreError, ClientError):
        return bool(storage.s3_client.head_object(**place)["ContentLength"])
    return False
