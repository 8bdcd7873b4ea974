"""Look again at likely copies of one crawl, before it ends."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from scrapy import signals
from scrapy.exceptions import DontCloseSpider, NotConfigured
from scrapy.extensions.feedexport import FeedExporter

from fpcrawler.errors import BadInput
from fpcrawler.feeds.storage import LiveFileStorage
from fpcrawler.verify.selection import selected

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from fpcrawler.spiders.images import ImagesSpider

logger = logging.getLogger(__name__)


class VerifyInCrawl:
    """Requests the goals of the crawl's own feed once nothing else is to do.

    Candidates are found in the feed, so nothing is remembered of an image.
    """

    def __init__(self, crawler: Crawler, blocks: int) -> None:
        self.crawler = crawler
        self.blocks = blocks
        self._looking: asyncio.Task[None] | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> VerifyInCrawl:
        settings = crawler.settings
        if not settings.getbool("VERIFY_IN_CRAWL"):
            raise NotConfigured  # without a text: most crawls do not verify
        if getattr(crawler.spider, "verify", ""):
            raise NotConfigured("VERIFY_IN_CRAWL is on, but -a verify= looks again")
        extension = cls(crawler, settings.getint("VERIFY_BLOCKS"))
        crawler.signals.connect(extension.spider_idle, signals.spider_idle)
        return extension

    def spider_idle(self, spider: ImagesSpider) -> None:
        """Begin to look again; keep the crawl open until all of it is requested."""
        if self._looking is None:
            self._looking = asyncio.ensure_future(self._look(spider))
        if not self._looking.done():
            raise DontCloseSpider

    async def _look(self, spider: ImagesSpider) -> None:
        for path in self._feeds():
            try:
                goals = await asyncio.to_thread(selected, path, self.blocks)
            except BadInput as error:
                logger.warning("no image was looked at again: %s", error)
                return
            async for request in spider.second_looks(goals):
                request.dont_filter = True  # the image was requested in this crawl
                self.crawler.engine.crawl(request)

    def _feeds(self) -> list[str]:
        """Return the path of the first feed that can be read while it is written."""
        exporter = self.crawler.get_extension(FeedExporter)
        storages = [slot.storage for slot in exporter.slots] if exporter else []
        return [
            str(storage.path)
            for storage in storages
            if isinstance(storage, LiveFileStorage)
            and storage.has_notes
            and storage.has_content
        ][:1]
