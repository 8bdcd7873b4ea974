"""Run one crawl with the default settings, and return what it cost."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.commands import environment


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What a crawl cost: seconds, bytes of peak memory; and what came of it."""

    images: int
    wall: float
    cpu: float
    peak: int
    stats: dict[str, Any]


def crawl(urls: Iterable[str], folder: Path, **settings: object) -> Cost:
    """Crawl a list to a JSON array; the array is removed afterwards.

    ``settings`` differ from the defaults. An image counts if it has a record.
    """
    folder.mkdir()
    with (folder / "urls.txt").open("w") as listed:
        listed.writelines(f"{url}\n" for url in urls)
    chosen = {"STATS_FILE": "stats.json", "LOG_LEVEL": "ERROR", **settings}
    sets = [part for name, v in chosen.items() for part in ("-s", f"{name}={v}")]
    measured = [sys.executable, "-m", "benchmarks.race.measured"]
    command = [sys.executable, "-m", "scrapy", "crawl", "images", "-O", "feed.json"]
    run = subprocess.run(
        [*measured, *command, *sets],
        cwd=folder,
        env=environment(),
        stdout=subprocess.PIPE,
        check=True,
    )
    cost = json.loads(run.stdout)
    stats = json.loads((folder / "stats.json").read_text())
    shutil.rmtree(folder)
    return Cost(
        images=stats.get("item_scraped_count", 0),
        wall=cost["wall"],
        cpu=cost["cpu"],
        peak=cost["peak"],
        stats=stats,
    )
