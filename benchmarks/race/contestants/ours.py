"""This crawler with its default settings, but for robots.txt and connections."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from benchmarks.race.heat import PER_HOST

if TYPE_CHECKING:
    from benchmarks.race.heat import Heat

_SCRAPY = [sys.executable, "-m", "scrapy"]
_PROCESSES = 2


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
    """Crawl in two processes."""
    run = [*_SCRAPY, "fleet", "run", str(heat.urls_file), "--to", "out"]
    return [*run, "--local", str(_PROCESSES), *_settings(heat)]


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
