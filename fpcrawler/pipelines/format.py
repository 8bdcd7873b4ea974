"""Detect the format by the first bytes; drop files that are not images."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy.exceptions import DropItem

from fpcrawler.core.file.formats import image_format
from fpcrawler.crawl.errand import errand_of

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.statscollectors import StatsCollector

    from fpcrawler.items import Sample


class NotAnImage(DropItem):
    """The first bytes match no image format."""


class FormatPipeline:
    """Sets the format by the first bytes alone, not by suffix or Content-Type.

    Counts here the bytes of images and of other files: before, nobody knows which.
    """

    def __init__(self, stats: StatsCollector) -> None:
        self.stats = stats

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> FormatPipeline:
        return cls(crawler.stats)

    def process_item(self, item: Sample) -> Sample:
        name = image_format(item.head)
        if name is None:
            spending = errand_of(item.source.request).spending
            self.stats.inc_value("others/bytes_downloaded", spending.received.total())
            raise NotAnImage(f"{item.url} ({item.content_type}) is not an image")
        self.stats.inc_value("images/bytes_total", item.image_size or 0)
        return item.but(format=name)
