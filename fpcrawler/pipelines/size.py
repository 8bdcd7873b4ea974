"""Drop small images: most are icons and spacers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy.exceptions import DropItem

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.statscollectors import StatsCollector

    from fpcrawler.items import Sample


class TooSmall(DropItem):
    """The image has MIN_IMAGE_SIZE bytes or fewer."""


class SizePipeline:
    """Drops an image of ``min_image_size`` bytes or fewer (0: drops none)."""

    def __init__(self, min_image_size: int, stats: StatsCollector) -> None:
        self.min_image_size = min_image_size
        self.stats = stats

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> SizePipeline:
        return cls(crawler.settings.getint("MIN_IMAGE_SIZE"), crawler.stats)

    def process_item(self, item: Sample) -> Sample:
        # If the server states no size, the sampling has read past the limit.
        # bytes_seen is None for a part, whose size says nothing about the file.
        size = item.bytes_seen if item.image_size is None else item.image_size
        if size is not None and size <= self.min_image_size:
            if item.page_url is None:  # the user named it, or its folder
                self.stats.inc_value("images/too_small_in_list")
            raise TooSmall(
                f"{item.url} has {size} bytes (MIN_IMAGE_SIZE {self.min_image_size})"
            )
        return item
