"""Read local files whole, for the digests that LOCAL_DIGESTS asks for."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Collection, Iterator
from email.utils import formatdate
from pathlib import Path
from typing import TYPE_CHECKING, Self

from scrapy.exceptions import NotConfigured
from w3lib.url import file_uri_to_path

from fpcrawler.core.fingerprint.known import DigestKind
from fpcrawler.core.fingerprint.whole import digests_of
from fpcrawler.crawl.fetching import FileChanged, Stopped, is_closing, leave_to_resume
from fpcrawler.handlers.file import OutsideFolder, check_is_below

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from fpcrawler.core.fingerprint.digests import FileDigests
    from fpcrawler.items import Sample

PIECE_BYTES = 1 << 20
_READERS = 2
"""Files that are read at the same time: more would only move the head of the disk."""


class LocalDigestsPipeline:
    """Adds digests of whole local files; those from the web stay as they are."""

    def __init__(self, crawler: Crawler, kinds: Collection[DigestKind]) -> None:
        self.crawler = crawler
        self.stats = crawler.stats
        self.kinds = kinds
        self._gate = asyncio.Semaphore(_READERS)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        named = crawler.settings.getlist("LOCAL_DIGESTS")
        if not named:
            raise NotConfigured  # without a text: most crawls do not need it
        return cls(crawler, [DigestKind(kind.strip()) for kind in named])

    async def process_item(self, item: Sample) -> Sample:
        request = item.source.request
        if not request.url.startswith("file:"):
            return item
        path = Path(file_uri_to_path(request.url))
        try:
            # A link may lead elsewhere than when the sample was read.
            check_is_below(path, request)
            async with self._gate:
                digests = await asyncio.to_thread(self._digests, path, item)
        except Stopped:
            leave_to_resume(self.crawler, item)
        except (FileChanged, OutsideFolder, OSError) as reason:
            self.stats.inc_value(f"local_digests/failed/{type(reason).__name__}")
            return item
        self.stats.inc_value("local_digests/files")
        asked = {kind: getattr(digests, kind) for kind in self.kinds}
        return item.but(file_digests=item.file_digests | asked)

    def _digests(self, path: Path, item: Sample) -> FileDigests:
        pieces = read_unchanged(path, item, lambda: is_closing(self.crawler))
        return digests_of(pieces, self.kinds)


def read_unchanged(
    path: Path, item: Sample, is_stopped: Callable[[], bool]
) -> Iterator[bytes]:
    """Yield the pieces of a file, then raise FileChanged if it is not the sample's.

    Raises OSError if it cannot be read, and Stopped if the crawl is ending.
    """
    if not path.is_file():  # reading a pipe may never end
        raise FileChanged
    with path.open("rb") as file:
        before = os.fstat(file.fileno())
        modified = formatdate(before.st_mtime, usegmt=True)
        if (before.st_size, modified) != (item.image_size, item.last_modified):
            raise FileChanged
        read = 0
        # At most one byte more than the file had: it may grow faster than it is read.
        while piece := file.read(min(PIECE_BYTES, before.st_size + 1 - read)):
            if is_stopped():
                raise Stopped
            if not read and not piece.startswith(item.head[: len(piece)]):
                raise FileChanged
            read += len(piece)
            yield piece
        after = os.fstat(file.fileno())
    if read != before.st_size or _version(after) != _version(before):
        raise FileChanged


def _version(stat: os.stat_result) -> tuple[int, int, int]:
    return stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns
