"""The spider of a crawl, for images that the user names."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import TYPE_CHECKING

from fpcrawler.input.sources import ListEntry
from fpcrawler.spiders.images import ImagesSpider

if TYPE_CHECKING:
    from scrapy import Request


class NamedImages(ImagesSpider):
    """Requests each listed URL as an image, whatever its suffix, and follows nothing.

    A page is then dropped as what it is: not an image.
    """

    async def start(self) -> AsyncIterator[Request]:
        for entry in self.sources.entries():
            if isinstance(entry, ListEntry):
                for errand in self.frontier.listed(entry):
                    image = replace(errand, kind="image", is_listed=False)
                    yield self.request(image)
