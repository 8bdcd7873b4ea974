"""Group the URLs of a list by site, on disk, whatever the list's length."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from operator import itemgetter
from pathlib import Path
from typing import IO

from fpcrawler.fleet.shards import BUCKETS, SITE_LEVELS, bucket_of, site_of

BUCKET_BYTES = 16 << 20
"""A larger bucket is split again instead of read into memory."""


class Grouping:
    """Yields each URL once, with its site; the URLs of a site are consecutive.

    URLs are spread over files by the hash of their site. A file that is too large
    is split again; if it holds a single site, by the hash of the URL. So equal
    URLs always end in the same file, and a site may have any number of URLs.
    """

    def __init__(self, folder: Path, bucket_bytes: int = BUCKET_BYTES) -> None:
        self.folder = folder
        self.bucket_bytes = bucket_bytes
        self.duplicates = 0

    def grouped(self, urls: Iterable[str], level: int = 0) -> Iterator[tuple[str, str]]:
        """Read all ``urls``, then yield pairs of site and URL."""
        folder = self.folder / f"{level:03}"
        folder.mkdir()
        for bucket in _spread(urls, folder, level):
            if bucket.is_one_url:
                yield bucket.first, bucket.first_url
                self.duplicates += bucket.urls - 1
            elif bucket.path.stat().st_size <= self.bucket_bytes:
                yield from self._sorted(bucket)
            else:
                below = max(level + 1, SITE_LEVELS) if bucket.is_one_site else level + 1
                yield from self.grouped(_lines(bucket.path), below)
            bucket.path.unlink()
        folder.rmdir()

    def _sorted(self, bucket: _Bucket) -> list[tuple[str, str]]:
        urls = dict.fromkeys(_lines(bucket.path))
        self.duplicates += bucket.urls - len(urls)
        pairs = ((site_of(url), url) for url in urls)
        return sorted(pairs, key=itemgetter(0))


class _Bucket:
    """A file of URLs, and whether all have one site or are one URL."""

    def __init__(self, path: Path, site: str, url: str) -> None:
        self.path = path
        self.first, self.first_url = site, url
        self.is_one_site = self.is_one_url = True
        self.urls = 0
        self._file: IO[str] = path.open("w", encoding="utf-8", newline="\n")

    def add(self, site: str, url: str) -> None:
        self.urls += 1
        self.is_one_site &= site == self.first
        self.is_one_url &= url == self.first_url
        self._file.write(f"{url}\n")

    def close(self) -> None:
        self._file.close()


def _spread(urls: Iterable[str], folder: Path, level: int) -> list[_Bucket]:
    buckets: list[_Bucket | None] = [None] * BUCKETS
    with ExitStack() as stack:
        for url in urls:
            site = site_of(url)
            number = bucket_of(site, url, level)
            bucket = buckets[number]
            if bucket is None:
                path = folder / f"{number:03}"
                bucket = buckets[number] = _Bucket(path, site, url)
                stack.callback(bucket.close)
            bucket.add(site, url)
    return [bucket for bucket in buckets if bucket is not None]


def _lines(path: Path) -> Iterator[str]:
    with path.open(encoding="utf-8", newline="\n") as lines:
        for line in lines:
            yield line[:-1]
