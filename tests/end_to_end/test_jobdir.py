"""Scrapy's own method to resume: a queue on the disk (JOBDIR)."""

from __future__ import annotations

import json
import os
import re
import signal
from collections import Counter
from pathlib import Path

import pytest

from fpcrawler.core.fingerprint.head import SAMPLE_BYTES
from fpcrawler.settings import EXTENSIONS
from tests.commands import run_scrapy
from tests.servers.http import serving
from tests.servers.socks import socks
from tests.servers.website import Website
from tests.waiting import wait_until

ONION = "2gzyxa5ihm7nsggfxnu52rck2vv4rvmdlkiu3zzui5du4xyclen53wid.onion"
OBSERVER = json.dumps({**EXTENSIONS, "tests.observer.Observer": 900})


def stopped_at(
    folder: Path, records: int | None, feed: str, proxy: str
) -> dict[str, int]:
    """Crawl to the end or until the feed has ``records`` records; return the stats."""
    path = folder / feed

    def has_enough() -> bool:
        found = path.read_bytes().count(b'"url"') if path.exists() else 0
        return found >= (records or 0)

    def stop(crawl: int) -> None:
        wait_until(has_enough)
        os.kill(crawl, signal.SIGTERM)

    child = run_scrapy(
        *("crawl", "images", "-a", "urls_file=urls.txt", "-a", "depth=9"),
        *("-O", feed, "-s", "JOBDIR=job", "-s", "OBSERVER_FILE=observed.json"),
        *("-s", f"EXTENSIONS={OBSERVER}", "-s", "CONCURRENT_REQUESTS_PER_DOMAIN=8"),
        *("-s", "METADATA_MAX_REQUESTS=0", "-s", "PICTURE_FINGERPRINT=False"),
        *("-s", f"TOR_PROXIES={proxy}"),
        cwd=folder,
        meanwhile=None if records is None else stop,
    )
    assert child.returncode == (0 if records is None else 3)
    stats: dict[str, int] = json.loads((folder / "observed.json").read_text())["stats"]
    return stats


@pytest.mark.parametrize(
    ("onion", "stops"), [(None, (10, 60, None)), (ONION, (10, None))]
)
def test_a_crawl_that_was_stopped_in_order_loses_and_doubles_nothing(
    tmp_path: Path, onion: str | None, stops: tuple[int | None, ...]
) -> None:
    site = Website(delay=0.02)
    with serving(site.app) as server, socks(server.port) as proxy:
        origin = f"http://{onion}" if onion else server.url
        urls = [url.replace(server.url, origin) for url in site.urls(server)]
        images = {url.replace(server.url, origin) for url in site.images(server)}
        (tmp_path / "urls.txt").write_text("\n".join(urls))
        runs = [
            stopped_at(tmp_path, records, f"{run}.json", proxy)
            for run, records in enumerate(stops)
        ]
    records = [
        record
        for path in tmp_path.glob("[0-9].json")
        for record in json.loads(path.read_text())
    ]
    recorded = Counter(record["url"] for record in records)

    assert set(recorded) == images
    assert set(recorded.values()) == {1}
    # What a request is for comes back from the disk with it.
    for record in records:
        name = record["url"].rpartition("/")[2]
        is_listed = name.startswith("listed")
        assert record["tor"] is (onion is not None)
        assert record["found_in"] == (None if is_listed else "img")
        assert (record["page_url"] is None) is is_listed
        if own := re.fullmatch(r"(\d+)-\d\.jpg", name):
            assert record["page_url"].endswith(f"/page/{own[1]}")
        assert record["requests"]["sample"] == 1
        assert record["bytes_downloaded"] == SAMPLE_BYTES
    assert all("scheduler/enqueued/memory" not in stats for stats in runs)
    assert all("scheduler/unserializable" not in stats for stats in runs)
