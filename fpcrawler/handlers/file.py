"""Read ranges of local files, and return them as a web server does."""

from __future__ import annotations

import asyncio
from email.utils import formatdate
from pathlib import Path
from typing import TYPE_CHECKING

from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Headers, Response
from w3lib.url import file_uri_to_path

from fpcrawler.core.http.ranges import (
    OK,
    PARTIAL_CONTENT,
    RANGE_NOT_SATISFIABLE,
    parse_byte_range,
)
from fpcrawler.crawl.errand import errand_of
from fpcrawler.crawl.requests import count_downloaded

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler


class OutsideFolder(IgnoreRequest):
    """A local page names a file outside its own folder."""


class NotAFile(IgnoreRequest):
    """A folder, pipe or device: reading it may never end."""


class FileDownloadHandler(BaseDownloadHandler):
    """Reads the requested range, or up to DOWNLOAD_MAXSIZE bytes without one.

    The ``folder`` of an errand is the file or folder that the request may read.
    Without it, every file is refused.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self.max_page_size = crawler.settings.getint("DOWNLOAD_MAXSIZE")

    async def download_request(self, request: Request) -> Response:
        path = Path(file_uri_to_path(request.url))
        check_is_below(path, request)
        asked = parse_byte_range((request.headers.get("Range") or b"").decode())
        whole = (0, self.max_page_size - 1 if self.max_page_size else None)
        first, last = asked or whole
        response = await asyncio.to_thread(_read, request.url, path, first, last)
        count_downloaded(request, self.crawler.stats, len(response.body))
        return response


def check_is_below(path: Path, request: Request) -> None:
    """Raise OutsideFolder; symbolic links are resolved before the check."""
    root = errand_of(request).folder
    if root is None or not path.resolve().is_relative_to(Path(root).resolve()):
        raise OutsideFolder(
            f"{request.url} is outside the folder of the page that names it"
        )


def _read(url: str, path: Path, first: int, last: int | None) -> Response:
    if path.exists() and not path.is_file():
        raise NotAFile(f"{url} is not a regular file")
    with path.open("rb") as file:
        file.seek(first)
        body = file.read() if last is None else file.read(last - first + 1)
        stat = path.stat()
    headers = Headers({"Last-Modified": formatdate(stat.st_mtime, usegmt=True)})
    if not body and not first:  # an empty file has no valid range
        return Response(url, status=OK, headers=headers)
    if not body:
        headers["Content-Range"] = f"bytes */{stat.st_size}"
        return Response(url, status=RANGE_NOT_SATISFIABLE, headers=headers)
    last = first + len(body) - 1
    headers["Content-Range"] = f"bytes {first}-{last}/{stat.st_size}"
    return Response(url, status=PARTIAL_CONTENT, headers=headers, body=body)
