"""Count what the earlier runs of a JOBDIR have found and done."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import TYPE_CHECKING

from scrapy import signals
from scrapy.exceptions import NotConfigured

from fpcrawler.console.figures import EARLIER_DONE, EARLIER_FOUND, figures_of
from fpcrawler.crawl.failures import ReadingStopped
from fpcrawler.feeds.whole_file import whole_file

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

logger = logging.getLogger(__name__)

_KINDS = ("images", "pages")
_NAME = "outcomes.json"
_MAX_BYTES = 4_096


class EarlierRuns:
    """Keeps the counts of a crawl in its JOBDIR, from one run to the next.

    A run that is killed leaves those of the run before it.
    """

    def __init__(self, crawler: Crawler, folder: Path) -> None:
        self.stats = crawler.stats
        self._path = folder / _NAME
        self.is_first = not self._load()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> EarlierRuns:
        folder = crawler.settings["JOBDIR"]
        if not folder:
            raise NotConfigured  # silently: most crawls have none
        runs = cls(crawler, Path(folder))
        crawler.signals.connect(runs.closed, signals.spider_closed)
        return runs

    def closed(self) -> None:
        """Store the counts; what is still in the queue has no outcome yet."""
        figures = figures_of(self.stats.get_stats())
        counts = {
            kind: {
                "found": of_kind.found,
                "done": of_kind.done_before
                + of_kind.ended
                - of_kind.dropped.get(ReadingStopped.__name__, 0),
            }
            for kind, of_kind in zip(
                _KINDS, (figures.images, figures.pages), strict=True
            )
        }
        try:
            with whole_file(self._path) as partial:
                partial.write_text(json.dumps(counts))
        except OSError as error:
            logger.warning("%s cannot be written (%s).", self._path, error.strerror)

    def _load(self) -> bool:
        """Set the stats of earlier runs; return whether there are any."""
        try:
            with self._path.open("rb") as file:
                counts = json.loads(file.read(_MAX_BYTES))
        except (OSError, ValueError, RecursionError):
            return False
        match counts:
            case {
                "images": {"found": int(images), "done": int(images_done)},
                "pages": {"found": int(pages), "done": int(pages_done)},
            }:
                pairs = ((images, images_done), (pages, pages_done))
            case _:
                return False
        for kind, (found, done) in zip(_KINDS, pairs, strict=True):
            self.stats.set_value(EARLIER_FOUND.format(kind), found)
            self.stats.set_value(EARLIER_DONE.format(kind), done)
        return True
