from __future__ import annotations

import asyncio
import os
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from email.utils import formatdate
from hashlib import md5, sha1
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from scrapy.exceptions import NotConfigured
from scrapy.utils.test import get_crawler

from fpcrawler.core.fingerprint.digests import FileDigests
from fpcrawler.core.fingerprint.known import DigestKind
from fpcrawler.core.fingerprint.whole import digests_of
from fpcrawler.crawl.fetching import FileChanged, Stopped
from fpcrawler.pipelines.local_digests import (
    PIECE_BYTES,
    LocalDigestsPipeline,
    read_unchanged,
)
from tests.errands import image
from tests.pipelines.test_pipelines import SAMPLE

if TYPE_CHECKING:
    from fpcrawler.items import Sample

DATA = bytes(range(256)) * 10_000


def become_a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def become_a_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


CHANGES: dict[str, Callable[[Path], object]] = {
    "longer": lambda path: path.write_bytes(DATA + b"x"),
    "shorter": lambda path: path.write_bytes(DATA[:-1]),
    "another head": lambda path: path.write_bytes(b"x" + DATA[1:]),
    "later": lambda path: os.utime(path, (1, 1)),
    "a folder": become_a_folder,
    "a pipe": become_a_pipe,
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "a.jpg"
    path.write_bytes(DATA)
    os.utime(path, (1_700_000_000, 1_700_000_000))
    return path


@pytest.fixture
def item(path: Path) -> Sample:
    modified = formatdate(path.stat().st_mtime, usegmt=True)
    size = len(DATA)
    return replace(SAMPLE, head=DATA[:10_241], image_size=size, last_modified=modified)


def never() -> bool:
    return False


def test_a_file_is_read_in_pieces(path: Path, item: Sample) -> None:
    pieces = [*read_unchanged(path, item, never)]

    assert max(map(len, pieces)) == PIECE_BYTES < len(DATA)
    assert digests_of(pieces, [DigestKind.MD5, DigestKind.SHA1]) == FileDigests(
        md5=md5(DATA, usedforsecurity=False).hexdigest(),
        sha1=sha1(DATA, usedforsecurity=False).hexdigest(),
    )


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_another_version_than_that_of_the_sample_is_refused(
    path: Path, item: Sample, change: Callable[[Path], object]
) -> None:
    change(path)
    if path.stat().st_mtime != 1:  # the time alone does not show the others
        os.utime(path, (1_700_000_000, 1_700_000_000))

    with pytest.raises(FileChanged):
        deque(read_unchanged(path, item, never), maxlen=0)


@pytest.mark.parametrize(
    "data", [DATA + b"x" * PIECE_BYTES, DATA[:-1], DATA[:-1] + b"x"]
)
def test_a_file_that_changes_while_it_is_read_is_refused(
    path: Path, item: Sample, data: bytes
) -> None:
    pieces = read_unchanged(path, item, never)
    next(pieces)
    path.write_bytes(data)

    with pytest.raises(FileChanged):
        deque(pieces, maxlen=0)


def test_a_crawl_that_ends_reads_no_further(path: Path, item: Sample) -> None:
    with pytest.raises(Stopped):
        next(read_unchanged(path, item, lambda: True))


def stats_after(item: Sample, **settings: object) -> dict[str, object]:
    """Return the stats of the pipeline after an image that it leaves as it was."""
    crawler = get_crawler(settings_dict={"LOCAL_DIGESTS": "md5", **settings})
    pipeline = LocalDigestsPipeline.from_crawler(crawler)
    assert asyncio.run(pipeline.process_item(item)) is item
    return dict(crawler.stats.get_stats())


@pytest.mark.parametrize(
    ("folder", "reason"), [(".", "FileChanged"), ("other", "OutsideFolder")]
)
def test_a_file_that_is_not_read_is_counted_by_its_reason(
    path: Path, item: Sample, folder: str, reason: str
) -> None:
    request = image(path.as_uri(), folder=str(path.parent / folder))
    source = replace(item.source, request=request)
    path.write_bytes(b"x")

    assert stats_after(replace(item, source=source)) == {
        f"local_digests/failed/{reason}": 1
    }


def test_images_from_the_web_stay_as_they_are() -> None:
    assert stats_after(SAMPLE) == {}


def test_without_a_kind_no_file_is_read() -> None:
    with pytest.raises(NotConfigured):
        LocalDigestsPipeline.from_crawler(get_crawler())
