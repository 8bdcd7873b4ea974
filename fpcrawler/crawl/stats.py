"""Count what a crawl does."""

from __future__ import annotations

from scrapy.statscollectors import MemoryStatsCollector


class Stats(MemoryStatsCollector):
    """Scrapy's stats without a check that each call pays for, about 30 for an image.

    Scrapy looks up each method by two names, and whether it was given a spider.
    """

    __getattribute__ = object.__getattribute__
