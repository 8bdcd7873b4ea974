"""Every pair of a page and an image, for who needs more than the first."""

from __future__ import annotations

import json
from pathlib import Path
from typing import IO, TYPE_CHECKING

from scrapy import signals
from scrapy.exceptions import NotConfigured

from fpcrawler.signals import image_found

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


class PagePairs:
    """Writes a line of JSON to ``path`` for each image that a page names.

    An image is fetched once, and its record names the first page; here each
    page has it. A line is written whole, as soon as the page is read.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: IO[bytes] | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> PagePairs:
        if not crawler.settings["PAGES_FEED"]:
            raise NotConfigured  # silently: most crawls have no use for it
        pairs = cls(Path(crawler.settings["PAGES_FEED"]))
        crawler.signals.connect(pairs.opened, signals.spider_opened)
        crawler.signals.connect(pairs.found, image_found)
        crawler.signals.connect(pairs.closed, signals.spider_closed)
        return pairs

    def opened(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._file = self.path.open("wb", buffering=0)

    def found(self, page_url: str, url: str, found_in: str, alt: str | None) -> None:
        pair = {"page_url": page_url, "url": url, "found_in": found_in, "alt": alt}
        if self._file is not None:
            self._file.write(json.dumps(pair, ensure_ascii=False).encode() + b"\n")

    def closed(self) -> None:
        if self._file is not None:
            self._file.close()
