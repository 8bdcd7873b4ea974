"""Measure how much hostile hosts slow down the others.

``python -m benchmarks.hostile [GOOD [IMAGES]]`` crawls images of good hosts
alone, then in a list with hosts that never respond, and with one host whose further
ranges are slow. It prints the seconds until the last range of a good host was sent.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.commands import environment
from tests.servers.hostile import GOOD, SILENT, SLOW, network

if TYPE_CHECKING:
    from tests.servers.hostile import Network

HOSTS, IMAGES = 200, 15
SILENT_HOSTS, SLOW_IMAGES = 1_000, 700
OBEYED = 10.0
"""Seconds after a signal until the crawl is killed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """Seconds from the first range of a good host to the last, and to obey a signal."""

    good: float
    obeyed: float
    records: int
    peak: int


def crawl(hosts: Network, urls: list[str], good: int) -> Spent:
    """Crawl until all ``good`` images are recorded; then send a signal."""
    hosts.served.clear()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "urls.txt").write_text("\n".join(urls))
        command = ("-m", "scrapy", "crawl", "images", "-O", "feed.jsonl")
        with (folder / "log").open("w") as log:
            child = subprocess.Popen(
                [sys.executable, *command],
                cwd=folder,
                env=environment(),
                stderr=log,
            )
        feed = folder / "feed.jsonl"
        while child.poll() is None and _good_records(feed) < good:
            time.sleep(0.2)
        stopped = time.monotonic()
        if child.poll() is None:
            child.send_signal(signal.SIGTERM)
        _, _, usage = os.wait4(child.pid, 0)
        obeyed = time.monotonic() - stopped
        child.returncode = 0  # it was waited for
        records = _good_records(feed)
        print((folder / "log").read_text()[-600:], file=sys.stderr)
    times = [at for at, host in hosts.served if host.endswith(f".{GOOD}")]
    return Spent(
        good=times[-1] - times[0],
        obeyed=obeyed,
        records=records,
        peak=usage.ru_maxrss * 1024,
    )


def _good_records(feed: Path) -> int:
    lines = feed.read_bytes().splitlines() if feed.exists() else []
    return sum(f".{GOOD}:".encode() in line[:60] for line in lines)


def mixed(*lists: list[str]) -> list[str]:
    """Return the URLs of all lists, spread over the whole length."""
    placed = [(at / len(urls), url) for urls in lists for at, url in enumerate(urls)]
    return [url for _, url in sorted(placed)]


def main(good: int = HOSTS, images: int = IMAGES) -> None:
    """Print the table."""
    with network() as hosts:
        best = hosts.urls(GOOD, hosts=good, images=images)
        silent = hosts.urls(SILENT, hosts=SILENT_HOSTS, images=1)
        slow = hosts.urls(SLOW, hosts=1, images=SLOW_IMAGES)
        cases = {
            "alone": best,
            "with slow ranges": mixed(best, slow),
            "with slow ranges first": slow + best,
            "with silent hosts": mixed(best, silent),
            "with both": mixed(best, silent, slow),
        }
        alone = 0.0
        print(f"{'good hosts':<24}{'seconds':>9}{'ratio':>7}{'obeyed s':>10}{'MiB':>6}")
        for name, urls in cases.items():
            spent = crawl(hosts, urls, len(best))
            alone = alone or spent.good
            print(
                f"{name:<24}{spent.good:>9.1f}{spent.good / alone:>7.2f}"
                f"{spent.obeyed:>10.1f}{spent.peak / 2**20:>6.0f}"
                f" {spent.records} records",
                flush=True,
            )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
