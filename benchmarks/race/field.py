"""The field: each contestant returns the command that reads the images of a heat."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from benchmarks.race.contestants import (
    aiohttp_loop,
    curl,
    image_dataset,
    ours,
    script,
    stock_scrapy,
)

if TYPE_CHECKING:
    from benchmarks.race.heat import Heat

CONTESTANTS: Mapping[str, Callable[[Heat], list[str] | None]] = {
    "fpcrawler .json": ours.json_array,
    "fpcrawler .jsonl": ours.json_lines,
    "fpcrawler no feed": ours.no_feed,
    "fpcrawler fleet": ours.fleet,
    "Scrapy + exifread": stock_scrapy.command,
    "script": script.command,
    "aiohttp loop": aiohttp_loop.command,
    "img2dataset": image_dataset.command,
    "curl": curl.command,
}
"""By name. None instead of a command: it cannot take part in this heat."""
