"""Each odd response gives a record or a named reason, for bounded bytes."""

from __future__ import annotations

import hashlib

import pytest

from fpcrawler.core.file.sparse import SparseFile
from tests.core.readings import picture_of
from tests.crawls import Crawled, run_crawl
from tests.servers.http import Server, serving
from tests.servers.quirks import PHOTO, QUIRKS, SAMPLE, TIMEOUT, Quirk, app

WHOLE = SparseFile(len(PHOTO))
WHOLE.add(0, PHOTO)
PICTURE = picture_of(WHOLE)
CODED_FIRST = PHOTO.index(b"\xff\xda") + 14
"""The header of a scan of three components has 14 bytes with its marker."""
SAMPLE_SHA256 = hashlib.sha256(PHOTO[:SAMPLE]).hexdigest()


@pytest.fixture(scope="module")
def quirky(
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[Server, Crawled]:
    """One crawl of a list that names every row."""
    folder = tmp_path_factory.mktemp("quirks")
    with serving(app) as server:
        urls = [
            f"{server.url}{'/page-of' * quirk.through_page}{quirk.path}"
            for quirk in QUIRKS
        ]
        (folder / "urls.txt").write_text("\n".join(urls))
        crawled = run_crawl(
            folder,
            settings={
                "DOWNLOAD_TIMEOUT": TIMEOUT,
                "CONCURRENT_REQUESTS_PER_DOMAIN": 32,
            },
        )
    return server, crawled


def outcome(crawled: Crawled, url: str) -> str:
    if any(record["url"] == url for record in crawled.records):
        return "record"
    found = {**crawled.dropped, **crawled.failed}
    # A page is neither recorded nor dropped nor failed; it is crawled.
    return found.get(url, "page")


@pytest.mark.parametrize("quirk", QUIRKS, ids=lambda quirk: quirk.path)
def test_a_quirk_gets_its_outcome(quirky: tuple[Server, Crawled], quirk: Quirk) -> None:
    server, crawled = quirky
    url = f"{server.url}{quirk.path}"
    received, sendable = crawled.received.get(url, 0), server.sent[quirk.path]
    print(f"{quirk.path}: received {received}, the server could send {sendable}")

    assert outcome(crawled, url) == quirk.outcome
    assert received <= quirk.received
    if quirk.outcome == "record":
        record = crawled.record(url)
        assert record["image_size"] == quirk.image_size
        assert record["etag"] == quirk.etag
        assert record["sha256_first_10240_bytes"] == SAMPLE_SHA256
        assert record["bytes_downloaded"] == received
        assert record["exif"]["Image Model"] == "Northlight N7"
        assert record["requests"]["sample"] <= 2
        if quirk.contradicts_itself:
            fields = ("image_size", "picture_length", "picture_sha256", "end_sha256")
            assert [record[name] for name in fields] == [None] * 4
            assert not any(record["evidence"].values())
        else:
            assert record["picture_sha256"] == PICTURE.sha256
            to_end = quirk.image_size and quirk.image_size - CODED_FIRST
            # Bytes follow the picture. Where many were read, its end is among them.
            is_end_seen = record["end_sha256"] is not None
            assert record["picture_length"] == (
                PICTURE.length if is_end_seen else to_end
            )
            assert record["evidence"]["is_upper_bound"] is (
                not is_end_seen and to_end is not None
            )


def test_every_quirk_is_accounted_for(quirky: tuple[Server, Crawled]) -> None:
    _, crawled = quirky

    assert crawled.exit_code == 0
    assert "Traceback" not in crawled.stderr
    assert "log_count/ERROR" not in crawled.stats
    assert crawled.unaccounted == {"images": 0, "pages": 0}


def test_pages_found_by_mistake_lead_to_their_images(
    quirky: tuple[Server, Crawled],
) -> None:
    _, crawled = quirky

    # Seven pages and the list name /plain.jpg; it is fetched once.
    assert crawled.stats["images/duplicates"] == 7
