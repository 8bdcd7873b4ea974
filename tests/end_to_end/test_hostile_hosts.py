"""A host that holds what it is asked for stops itself only, and no signal."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import pytest

from tests.servers.hostile import GOOD, SILENT, SLOW, network
from tests.waiting import wait_until

if TYPE_CHECKING:
    from pathlib import Path

    from tests.crawls import Crawl

pytestmark = pytest.mark.untraced

GOOD_HOSTS, GOOD_IMAGES = 12, 4
HELD = 60
"""Seconds that a bad host holds a request: beyond the time that a crawl gets here."""
SETTINGS = {
    "CONCURRENT_REQUESTS": 8,
    "SCRAPER_SLOT_MAX_ACTIVE_SIZE": 50_000,
    "URLS_AHEAD": 50,
    "DOWNLOAD_TIMEOUT": HELD,
    "RETRY_TIMES": 0,
}


@pytest.mark.parametrize(
    "kind",
    [
        pytest.param(SLOW, id="hosts that hold further ranges"),
        pytest.param(SILENT, id="hosts that hold all requests"),
    ],
)
def test_bad_hosts_hold_no_good_one(crawl: Crawl, tmp_path: Path, kind: int) -> None:
    """The bad hosts stand first, and go on when all good images were sent."""
    with network(holds=HELD, good=GOOD_HOSTS * GOOD_IMAGES) as loopback:
        one = loopback.urls(kind, hosts=1, images=70)
        many = loopback.urls(kind, hosts=50, images=2)
        bad = [*one, *many[2:]]
        good = loopback.urls(GOOD, hosts=GOOD_HOSTS, images=GOOD_IMAGES)
        (tmp_path / "urls.txt").write_text("\n".join([*bad, *good]))
        crawled = crawl(settings=SETTINGS, timeout=HELD - 10)

    assert {record["url"] for record in crawled.records} == {*good, *bad}
    assert crawled.unaccounted == {"images": 0, "pages": 0}


def test_a_signal_ends_what_hosts_hold(crawl: Crawl, tmp_path: Path) -> None:
    with network(holds=HELD) as loopback:
        silent = loopback.urls(SILENT, hosts=4, images=5)
        urls = silent + loopback.urls(SLOW, hosts=4, images=5)
        (tmp_path / "urls.txt").write_text("\n".join(urls))

        def stop(pid: int) -> None:
            wait_until(lambda: loopback.held >= 8)
            os.kill(pid, signal.SIGTERM)

        resumed = ("-s", "JOBDIR=job")
        crawled = crawl(*resumed, settings=SETTINGS, meanwhile=stop, timeout=HELD - 10)
        loopback.release()
        again = crawl(*resumed, settings=SETTINGS)

    assert crawled.exit_code == 3
    assert crawled.records == []
    assert "Traceback" not in crawled.stderr
    assert "log_count/ERROR" not in crawled.stats
    assert {record["url"] for record in again.records} == set(urls)
