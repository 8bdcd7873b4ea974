"""Write the stats of a crawl to a file, for the process that started it."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import TYPE_CHECKING

from scrapy import signals
from scrapy.exceptions import NotConfigured

from fpcrawler.feeds.whole_file import whole_file

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

logger = logging.getLogger(__name__)

NOT_WRITTEN = "stats_file/not_written"
"""The stat of a file that could not be written."""


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
        text = json.dumps(self.crawler.stats.get_stats(), default=str)
        try:
            self._write(text)
        except OSError as error:
            logger.error("STATS_FILE %s is not written: %s", self.path, error.strerror)  # noqa: TRY400 - one line
            self.crawler.stats.inc_value(NOT_WRITTEN)

    def _write(self, text: str) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        if self.path.exists() and not self.path.is_file():
            self.path.write_text(text, encoding="utf-8")  # a pipe or a device
            return
        with whole_file(self.path) as partial:
            partial.write_text(text, encoding="utf-8")
