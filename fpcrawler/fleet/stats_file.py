"""The stats of a crawl in a file, for whoever started it."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

from scrapy import signals
from scrapy.exceptions import NotConfigured

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


class StatsFile:
    """Writes the stats to ``path`` when all is over, feeds included.

    The file appears whole or not at all: without it, the crawl did not end.
    """

    def __init__(self, crawler: Crawler, path: Path) -> None:
        self.crawler = crawler
        self.path = path

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> StatsFile:
        if not crawler.settings["STATS_FILE"]:
            raise NotConfigured  # silently: most crawls have no use for it
        file = cls(crawler, Path(crawler.settings["STATS_FILE"]))
        crawler.signals.connect(file.stopped, signals.engine_stopped)
        return file

    def stopped(self) -> None:
        stats = self.crawler.stats.get_stats()
        self.path.parent.mkdir(parents=True, exist_ok=True)
        partial = self.path.with_name(f".{self.path.name}.{os.getpid()}")
        partial.write_text(json.dumps(stats, default=str), encoding="utf-8")
        partial.replace(self.path)
