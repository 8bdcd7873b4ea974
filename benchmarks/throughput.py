"""Measure images per second of one process, and CPU time per image.

``python -m benchmarks.throughput [IMAGES]`` crawls lists of pictures on one
loopback nginx, which supports ranges. It prints the cost of all but the first 200
images, so that the start of the process does not count. On a busy machine the
images per second are too low; the CPU time is right.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

from tests.commands import ROOT, environment
from tests.servers.nginx import nginx

GALLERY = ROOT / "examples" / "gallery"
PICTURES = ("harbour.jpg", "night.png")
BASE, IMAGES = 200, 4_000
SETTINGS = ("CONCURRENT_REQUESTS_PER_DOMAIN=16", "ROBOTSTXT_OBEY=False")


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """The cost of a crawl: wall-clock and CPU seconds, bytes of peak memory."""

    wall: float
    cpu: float
    peak: int


def crawl(urls: list[str], folder: Path) -> Spent:
    """Crawl a list to ``feed.jsonl`` in ``folder``; exit if a record is missing."""
    (folder / "urls.txt").write_text("\n".join(urls))
    sets = [part for setting in SETTINGS for part in ("-s", setting)]
    started = time.monotonic()
    child = subprocess.Popen(
        [sys.executable, "-m", "scrapy", "crawl", "images", "-O", "feed.jsonl", *sets],
        cwd=folder,
        env=environment(),
        stderr=subprocess.DEVNULL,
    )
    _, status, usage = os.wait4(child.pid, 0)
    wall = time.monotonic() - started
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode or len(records(folder)) != len(urls):
        raise SystemExit(f"{len(records(folder))} records of {len(urls)} URLs")
    cpu = usage.ru_utime + usage.ru_stime
    return Spent(wall=wall, cpu=cpu, peak=usage.ru_maxrss * 1024)


def records(folder: Path) -> list[bytes]:
    """Return the lines of the last crawl's feed."""
    return (folder / "feed.jsonl").read_bytes().splitlines()


def measure(picture: str, images: int, folder: Path) -> None:
    """Print a line for one picture under many names."""
    root = folder / "root"
    root.mkdir()
    for number in range(images):
        (root / f"{number}{Path(picture).suffix}").symlink_to(GALLERY / picture)
    names = sorted(path.name for path in root.iterdir())
    with nginx(folder / "nginx", root) as url:
        urls = [f"{url}/{name}" for name in names]
        base, full = crawl(urls[:BASE], folder), crawl(urls, folder)
    made = [json.loads(line) for line in records(folder)]
    requests = mean(sum(record["requests"].values()) for record in made)
    kilobytes = mean(record["bytes_downloaded"] for record in made) / 1_000
    more = images - BASE
    cpu = (full.cpu - base.cpu) / more
    print(
        f"{picture:<14}{images:>7,}{requests:>10.2f}{kilobytes:>8.1f}"
        f"{more / (full.wall - base.wall):>10.0f}{1_000 * cpu:>10.2f}{1 / cpu:>12.0f}"
        f"{base.cpu:>9.1f}{full.peak / 2**20:>9.0f}"
    )


def main(images: int) -> None:
    """Print the table."""
    print(
        f"{'picture':<14}{'images':>7}{'requests':>10}{'KB':>8}{'images/s':>10}"
        f"{'CPU ms':>10}{'images/CPU s':>12}{'start s':>9}{'MiB':>9}"
    )
    for picture in PICTURES:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            folder.chmod(0o755)  # nginx's workers must read it
            measure(picture, images, folder)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else IMAGES)
