"""What the file is, by its first bytes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from scrapy.exceptions import DropItem

from fpcrawler.core.file.formats import image_format

if TYPE_CHECKING:
    from fpcrawler.items import Sample


class NotAnImage(DropItem):
    """The first bytes are those of no image format."""


class FormatPipeline:
    """Names the format; drops what is no image, whatever its name or type says."""

    def process_item(self, item: Sample) -> Sample:
        name = image_format(item.head)
        if name is None:
            raise NotAnImage(f"{item.url} ({item.content_type}) is no image")
        return replace(item, format=name)
