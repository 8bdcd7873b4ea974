"""The metadata, wherever in the file they lie."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from fpcrawler.core.metadata import Metadata, read_metadata
from fpcrawler.core.sparse import UNKNOWN_SIZE
from fpcrawler.fetching import NotFetched, RangeFetcher
from fpcrawler.metadata import MetadataWanted
from fpcrawler.requests import range_request

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from fpcrawler.core.extents import Extent
    from fpcrawler.items import Sample


class MetadataPipeline:
    """Reads, fetches exactly what is missing, and reads again, within a budget."""

    def __init__(self, crawler: Crawler, wanted: MetadataWanted) -> None:
        self.stats = crawler.stats
        self.wanted = wanted
        self.fetcher = RangeFetcher(crawler)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> MetadataPipeline:
        return cls(crawler, MetadataWanted.from_settings(crawler.settings))

    async def process_item(self, item: Sample) -> Sample:
        asked = received = 0
        metadata = read_metadata(item.file, self.wanted.kinds)
        while extents := self._next(item, metadata, asked, received):
            added = await asyncio.gather(*(self._add(item, e) for e in extents))
            asked += len(extents)
            received += sum(cost for _, cost in added)
            metadata = read_metadata(item.file, self.wanted.kinds)
            if not all(is_here for is_here, _ in added):
                break
        self._count(metadata, asked, received)
        return replace(
            item,
            width=metadata.width,
            height=metadata.height,
            exif=metadata.exif,
            exif_complete=metadata.is_complete,
            exif_error=metadata.exif_error,
            user_comment=metadata.user_comment,
            xmp=metadata.xmp,
            iptc=metadata.iptc,
            requests=item.requests | {"metadata": asked},
            bytes_downloaded=item.bytes_downloaded + received,
        )

    def _next(
        self, item: Sample, metadata: Metadata, asked: int, received: int
    ) -> list[Extent]:
        """Return what to fetch now; nothing where there is nothing to ask."""
        if not item.source.has_ranges:
            return []
        # The end of a file of unknown size is at no offset.
        needs = [need for need in metadata.needs if need.end < UNKNOWN_SIZE // 2]
        return self.wanted.affordable(needs, requests=asked, received=received)

    async def _add(self, item: Sample, extent: Extent) -> tuple[bool, int]:
        """Put the bytes into the file; tell whether they came, and what it cost."""
        request = range_request(item.source, extent)
        try:
            item.file.add(extent.first, await self.fetcher.fetch(item, request))
        except NotFetched as reason:
            self.stats.inc_value(f"metadata/failed/{reason}")
            return False, request.meta["cost"].total()
        return True, request.meta["cost"].total()

    def _count(self, metadata: Metadata, asked: int, received: int) -> None:
        stats = self.stats
        stats.inc_value("metadata/requests", asked)
        stats.inc_value("metadata/bytes", received)
        if not metadata.is_complete:
            stats.inc_value("metadata/incomplete")
        if metadata.xmp_error is not None:
            stats.inc_value(f"metadata/xmp_errors/{metadata.xmp_error}")
