"""When a crawl has done its shard."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import pytest

from fpcrawler.fleet.judging import records_in, shortcoming

FINISHED = {"finish_reason": "finished", "item_scraped_count": 3}
REFUSED = {"finish_reason": "finished", "images/failed/DownloadTimeoutError": 9}


@pytest.mark.parametrize(
    ("exit_code", "stats", "records", "reason"),
    [
        (0, FINISHED, 3, None),
        (0, {"finish_reason": "finished"}, 0, None),
        (None, FINISHED, 3, "it took longer than FLEET_SHARD_TIMEOUT seconds"),
        (-9, FINISHED, 3, "the crawl was killed by signal 9"),
        (1, None, -1, "the crawl did not start (exit code 1): bad"),
        (0, None, 3, "the crawl did not start (exit code 0): bad"),
        (3, {"finish_reason": "shutdown"}, 0, "the crawl ended early (shutdown)"),
        (0, {}, 0, "the crawl ended early (None)"),
        (
            *(0, {"finish_reason": "closespider_timeout"}, 0),
            "it took longer than FLEET_SHARD_TIMEOUT seconds",
        ),
        (
            *(4, {"finish_reason": "memusage_exceeded"}, 0),
            "it took more memory than FLEET_SHARD_MEMORY MB",
        ),
        (0, FINISHED, 2, "the crawl made 3 records, but its feed holds 2 records"),
        (0, FINISHED, 4, "the crawl made 3 records, but its feed holds 4 records"),
        (0, FINISHED, -1, "the crawl made 3 records, but its feed is incomplete"),
        (4, REFUSED, 0, "every request failed (DownloadTimeoutError 9)"),
        (4, FINISHED, 3, "the crawl ended with code 4: bad"),
        (4, {**REFUSED, **FINISHED}, 3, "the crawl ended with code 4: bad"),
        (5, FINISHED, 3, "Tor was not available for an onion"),
        (2, FINISHED, 3, "the crawl ended with code 2: bad"),
    ],
)
def test_a_shard_is_done_when_stats_and_feed_say_so(
    exit_code: int | None,
    stats: dict[str, Any] | None,
    records: int,
    reason: str | None,
) -> None:
    assert shortcoming(exit_code, stats, records, "good\nbad\n") == reason


def test_what_is_retried_may_fail_again_but_must_be_tried() -> None:
    assert shortcoming(4, REFUSED, 0, "bad", may_all_fail=True) is None
    assert shortcoming(4, {**FINISHED}, 3, "bad", may_all_fail=True) is not None


def test_the_records_of_a_whole_feed_are_counted(tmp_path: Path) -> None:
    feed = tmp_path / "feed.gz"
    assert records_in(feed) == -1
    gzipped = gzip.compress(b'{"url": 1}\n' * 5_000)
    for data, records in [
        (gzipped, 5_000),
        (gzip.compress(b""), 0),
        (gzipped[:-1], -1),
        (gzipped[:20], -1),
        (b"", -1),
        (b"not gzipped", -1),
        (gzip.compress(b'{"url": 1}\n{"ur'), -1),
        (gzipped[:15] + b"\xff\xff\xff" + gzipped[18:], -1),
    ]:
        feed.write_bytes(data)
        assert records_in(feed) == records
