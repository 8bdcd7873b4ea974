"""Detect the format by the first bytes; drop files that are not images."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy.exceptions import DropItem

from fpcrawler.core.file.formats import image_format

if TYPE_CHECKING:
    from fpcrawler.items import Sample


class NotAnImage(DropItem):
    """The first bytes match no image format."""


class FormatPipeline:
    """Sets the format by the first bytes alone, not by suffix or Content-Type."""

    def process_item(self, item: Sample) -> Sample:
        name = image_format(item.head)
        if name is None:
            raise NotAnImage(f"{item.url} ({item.content_type}) is not an image")
        return item.but(format=name)
