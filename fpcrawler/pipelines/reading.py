"""Read the metadata and fingerprint the picture, wherever they are in the file."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

from fpcrawler.crawl.budget import PURPOSES, ReadOptions
from fpcrawler.crawl.errand import errand_of
from fpcrawler.crawl.fetching import (
    NotFetched,
    RangeFetcher,
    is_closing,
    leave_to_resume,
)
from fpcrawler.crawl.reading import Reading, read_received
from fpcrawler.crawl.requests import range_request
from fpcrawler.verify.plan import kinds_to_find

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from fpcrawler.core.file.extents import Extent
    from fpcrawler.crawl.budget import Purpose, Spending
    from fpcrawler.items import Sample


_COUNTED = ("incomplete", "damaged")


class ReadingPipeline:
    """Reads, fetches exactly the missing bytes, and reads again, within a budget."""

    def __init__(self, crawler: Crawler, options: ReadOptions) -> None:
        self.crawler = crawler
        self.stats = crawler.stats
        self.options = options
        self.fetcher = RangeFetcher(crawler)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> ReadingPipeline:
        return cls(crawler, ReadOptions.from_settings(crawler.settings))

    async def process_item(self, item: Sample) -> Sample:
        errand = errand_of(item.source.request)
        spending, budgets = errand.spending, self.options.budgets
        # A second look leaves the metadata to the old record.
        goal = errand.goal
        kinds = kinds_to_find(goal.record.format) if goal else self.options.kinds
        has_picture = self.options.has_picture and not item.is_contradictory
        read = partial(read_received, item.file, kinds, has_picture=has_picture)
        reading = read()
        while planned := spending.plan(_needs(item, reading), budgets):
            added = await asyncio.gather(
                *(self._add(item, spending, *place) for place in planned)
            )
            # Drop the image if the crawl is ending, whatever the reason: a crawl
            # that resumes can read it again, but an incomplete record would stay.
            if not all(added) and is_closing(self.crawler):
                leave_to_resume(self.crawler, item)
            reading = read(earlier=reading)
            if not all(added):
                break
        self._count(spending, reading)
        return item.but(
            **reading.fields,
            requests=item.requests | {p: spending.requests[p] for p in PURPOSES},
            bytes_downloaded=item.bytes_downloaded
            + sum(spending.received[p] for p in PURPOSES),
        )

    async def _add(
        self, item: Sample, spending: Spending, purpose: Purpose, extent: Extent
    ) -> bool:
        """Fetch an extent into the file; return whether that succeeded."""
        request = range_request(item.source, purpose, extent)
        try:
            item.file.add(extent.first, await self.fetcher.fetch(item, request, extent))
        except NotFetched as reason:
            if not is_closing(self.crawler):  # a resumed crawl may succeed
                self.stats.inc_value(f"{purpose}/failed/{reason.name}")
            return False
        finally:
            spending.requests[purpose] += 1
        return True

    def _count(self, spending: Spending, reading: Reading) -> None:
        status = reading.metadata.status
        stats = self.stats
        for purpose in PURPOSES:
            stats.inc_value(f"{purpose}/requests", spending.requests[purpose])
            stats.inc_value(f"{purpose}/bytes", spending.received[purpose])
        for kind, word in status.items():
            if word in _COUNTED:
                stats.inc_value(f"metadata/{kind}/{word}")
        if "incomplete" in status.values():
            stats.inc_value("metadata/incomplete")
        if reading.picture.needs:
            stats.inc_value("picture/incomplete")


def _needs(item: Sample, reading: Reading) -> dict[Purpose, tuple[Extent, ...]]:
    """Return the missing bytes by purpose; none if the server has no ranges."""
    return reading.needs if item.has_ranges else {}
