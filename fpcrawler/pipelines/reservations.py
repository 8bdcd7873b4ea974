"""Drop images that their site reserves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from scrapy.exceptions import DropItem, NotConfigured

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from fpcrawler.items import Sample


class Reserved(DropItem):
    """The image or its page has a reservation, and RESPECT_RESERVATIONS is on."""


class ReservationsPipeline:
    """Drops an image with any reservation, before further bytes are requested."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        if not crawler.settings.getbool("RESPECT_RESERVATIONS"):
            raise NotConfigured  # without a text: most crawls only record them
        return cls()

    def process_item(self, item: Sample) -> Sample:
        if item.reservations:
            raise Reserved(", ".join(item.reservations))
        return item
