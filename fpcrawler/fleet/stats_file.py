"""Write the stats of a crawl to a file, for the process that started it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from scrapy import signals
from scrapy.exceptions import NotConfigured

from fpcrawler.feeds.whole_file import whole_file

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


class StatsFile:
    """Writes the stats to ``path`` as JSON after the feeds are closed.

    The file appears complete or not at all: without it, the crawl did not end.
    """

    def __init__(self, crawler: Crawler, path: Path) -> None:
        self.crawler = crawler
        self.path = path

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> StatsFile:
        if not crawler.settings["STATS_FILE"]:
            raise NotConfigured  # without a message: most crawls do not need it
        file = cls(crawler, Path(crawler.settings["STATS_FILE"]))
        crawler.signals.connect(file.stopped, signals.engine_stopped)
        return file

    def stopped(self) -> None:
        stats = self.crawler.stats.get_stats()
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(self.path) as partial:
            partial.write_text(json.dumps(stats, default=str), encoding="utf-8")
