"""How a crawl ends its shard."""

from __future__ import annotations

import gzip
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest

from fpcrawler.fleet.ending import finished, given_up, refused
from fpcrawler.fleet.failures import Failure, failures_in
from tests.fleet.outcomes import FEED, outcome

if TYPE_CHECKING:
    from pathlib import Path

LISTED = b"http://a.example/1.jpg\nhttp://a.example/2.jpg\n"
MISSING = Failure(url="http://a.example/1.jpg", reason="Http404")
BLANK = outcome(feed=None, size=0, records=0, dropped={}, again=True, urls=2)
RETRIED = outcome(failed={"TimeoutError": 2}, again=True)


@pytest.fixture
def feed(tmp_path: Path) -> Path:
    path = tmp_path / "feed"
    path.write_bytes(gzip.compress(b"{}\n{}\n"))
    return path


def test_a_crawl_adds_its_records_to_those_before(feed: Path) -> None:
    stats = {"item_dropped_reasons_count/TooSmall": 3, "item_scraped_count": 2}
    ended, files = finished(RETRIED, feed, [MISSING], stats)

    assert ended.is_done
    assert (ended.records, ended.dropped) == (10, {"TooSmall": 5})
    assert (ended.crawls, finished(BLANK, feed, [], {})[0].crawls) == (2, 1)
    assert ended.failed == {"Http404": 1}
    assert ended.sha256 == sha256(feed.read_bytes()).hexdigest()
    assert files.keys() == ended.files
    assert files[str(ended.feed)] == feed


@pytest.mark.parametrize(
    ("before", "now", "dropped"), [(2, 3, 3), (3, 2, 3), (0, 3, 3), (2, 0, 2)]
)
def test_images_of_pages_that_are_visited_again_are_dropped_once(
    before: int, now: int, dropped: int, feed: Path
) -> None:
    earlier = outcome(again=True, dropped={"TooSmall": before})
    stats = {"item_dropped_reasons_count/TooSmall": now}
    ended, _ = finished(earlier, feed, [], stats, repeats=True)

    assert ended.dropped == {"TooSmall": dropped}


def test_a_shard_without_failures_has_no_list_of_them(feed: Path) -> None:
    ended, files = finished(BLANK, feed, [], {})

    assert (ended.failures, ended.failed) == (None, {})
    assert files == {ended.feed: feed}


def test_all_urls_of_a_shard_that_is_given_up_failed() -> None:
    ended, files = given_up(BLANK, "it broke", LISTED, [MISSING], "x")
    (content,) = files.values()
    assert isinstance(content, bytes)

    assert (ended.parked, ended.feed, ended.log) == ("it broke", None, "x")
    assert ended.failed == {"Http404": 1, "it broke": 1}
    assert failures_in(content) == [
        MISSING,
        Failure(url="http://a.example/2.jpg", reason="it broke"),
    ]


def test_a_retry_that_is_given_up_leaves_what_was_crawled() -> None:
    ended, files = given_up(RETRIED, "it broke", LISTED, [MISSING])

    assert (ended.parked, ended.again) == ("it broke", False)
    assert (ended.feed, ended.records, ended.failed) == (FEED, 8, RETRIED.failed)
    assert files == {}


def test_all_urls_failed_where_a_place_refused_the_first_result() -> None:
    assert refused(BLANK, "full").failed == {"full": 2}
    assert refused(RETRIED, "full").failed == RETRIED.failed
    assert refused(RETRIED, "full").files == {FEED}
