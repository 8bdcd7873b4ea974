"""Write what failed in a crawl to a file, for the process that started it."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import TYPE_CHECKING

from scrapy import signals
from scrapy.exceptions import NotConfigured

from fpcrawler.crawl.failures import failure_name
from fpcrawler.crawl.frontier import RESERVED
from fpcrawler.signals import errand_failed, image_refused

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from fpcrawler.crawl.errand import Errand

_KINDS = ("image", "page")


class FailedFile:
    """Writes a line of gzipped JSON for each image and page that failed.

    ``url`` as it was requested first, ``reason`` as in the stats, ``page`` that names
    the URL; null: the list does. Without a failure there is no file.
    """

    def __init__(self, crawler: Crawler, path: Path) -> None:
        self.path = path
        self._file: gzip.GzipFile | None = None
        connect = crawler.signals.connect
        connect(self.failed, errand_failed)
        connect(self.refused, image_refused)
        connect(self.closed, signals.engine_stopped)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> FailedFile:
        if not crawler.settings["FAILED_FILE"]:
            raise NotConfigured  # without a message: most crawls do not need it
        return cls(crawler, Path(crawler.settings["FAILED_FILE"]))

    def failed(self, errand: Errand, error: BaseException | None) -> None:
        if errand.kind in _KINDS:
            self._add(errand, failure_name(error))

    def refused(self, errand: Errand, reason: str) -> None:
        """Add an image that was not requested; other refusals are failures, too."""
        if reason == RESERVED:
            self._add(errand, reason)

    def closed(self) -> None:
        if self._file is not None:
            self._file.close()

    def _add(self, errand: Errand, reason: str) -> None:
        if self._file is None:
            self._file = gzip.GzipFile(self.path, "wb")
        url, page = errand.requested_url, errand.page_url
        line = json.dumps({"url": url, "reason": reason, "page": page})
        self._file.write(f"{line}\n".encode())
