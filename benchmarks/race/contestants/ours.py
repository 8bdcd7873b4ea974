"""This crawler with its default settings, but for robots.txt and connections."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from benchmarks.race.heat import PER_HOST

if TYPE_CHECKING:
    from benchmarks.race.heat import Heat

_SCRAPY = [sys.executable, "-m", "scrapy"]
_PROCESSES = 2
_SHARDS_EACH = 8
"""At most, for one process, so that both are busy until the end."""
_SHARD_URLS = 5_000
"""The default of FLEET_SHARD_URLS."""


def json_array(heat: Heat) -> list[str]:
    """Write the default format."""
    return [*_crawl(heat), "-O", "feed.json"]


def json_lines(heat: Heat) -> list[str]:
    """Write JSON Lines."""
    return [*_crawl(heat), "-O", "feed.jsonl"]


def no_feed(heat: Heat) -> list[str]:
    """Write nothing."""
    return [*_crawl(heat), "-s", "FEEDS={}"]


def fleet(heat: Heat) -> list[str]:
    """Crawl in two processes; of one host, only one of them works at a time."""
    run = [*_SCRAPY, "fleet", "run", str(heat.urls_file), "--to", "out"]
    run += ["--local", str(_PROCESSES), *_settings(heat)]
    if heat.hosts == 1:
        return run
    with heat.urls_file.open() as listed:
        length = sum(1 for _ in listed)
    return [*run, "-s", f"FLEET_SHARD_URLS={shard_urls(length)}"]


def shard_urls(length: int) -> int:
    """Return the least URLs of a shard: the default would make one of a short list."""
    return min(_SHARD_URLS, max(1, length // (_PROCESSES * _SHARDS_EACH)))


def _crawl(heat: Heat) -> list[str]:
    listed = ["-a", f"urls_file={heat.urls_file}"]
    return [*_SCRAPY, "crawl", "images", *listed, *_settings(heat)]


def _settings(heat: Heat) -> list[str]:
    if heat.hosts > 1:
        return []
    return [
        *("-s", "ROBOTSTXT_OBEY=False"),
        *("-s", f"CONCURRENT_REQUESTS_PER_DOMAIN={PER_HOST}"),
    ]
