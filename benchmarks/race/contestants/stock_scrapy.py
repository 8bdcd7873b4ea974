"""Scrapy as it comes, with a spider that gives the first bytes to exifread."""

from __future__ import annotations

import io
import sys
from collections.abc import AsyncIterator, Iterator
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import exifread
from scrapy import Request, Spider

from benchmarks.race.heat import AT_ONCE, HEAD, PER_HOST

if TYPE_CHECKING:
    from scrapy.http import Response

    from benchmarks.race.heat import Heat


def command(heat: Heat) -> list[str]:
    """Return the command; ``SCRAPY_SETTINGS_MODULE`` is not ours here."""
    return [
        *("env", "-u", "SCRAPY_SETTINGS_MODULE"),
        *(sys.executable, "-m", "scrapy", "runspider", __file__, "-O", "feed.json"),
        *("-a", f"urls_file={heat.urls_file}", "-a", f"pages={heat.are_pages:d}"),
        *("-s", f"CONCURRENT_REQUESTS_PER_DOMAIN={PER_HOST}"),
        *("-s", f"CONCURRENT_REQUESTS={AT_ONCE}", "-s", "LOG_LEVEL=WARNING"),
    ]


class ImagesSpider(Spider):
    """Reads the EXIF data and a digest of the first bytes of images."""

    name = "images"
    urls_file: str
    pages: str

    async def start(self) -> AsyncIterator[Any]:
        """Ask for each line of the list."""
        for url in Path(self.urls_file).read_text().split():  # noqa: ASYNC240 - once
            yield Request(url, self.parse) if self.pages == "1" else self._image(url)

    def parse(self, response: Response) -> Iterator[Any]:
        """Ask for the images of a page."""
        for source in response.css("img::attr(src)"):
            yield self._image(response.urljoin(source.get()))

    def parse_image(self, response: Response) -> Iterator[Any]:
        """Yield the record of an image."""
        total = (response.headers["Content-Range"] or b"").rpartition(b"/")[2]
        tags = exifread.process_file(
            io.BytesIO(response.body), details=False, extract_thumbnail=False
        )
        yield {
            "url": response.url,
            "image_size": int(total),
            "exif": {name: str(value) for name, value in tags.items()},
            "sha256_first_10240_bytes": sha256(response.body).hexdigest(),
            "random_128_bytes_sample_start": response.body[-128:].hex(),
        }

    def _image(self, url: str) -> Request:
        return Request(url, self.parse_image, headers={"Range": HEAD})
