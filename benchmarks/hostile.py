"""Measure how much hostile hosts slow down the others.

``python -m benchmarks.hostile [GOOD [IMAGES]]`` crawls images of good hosts alone, then
in lists with hosts that never respond, with one host whose further ranges are slow, and
with the odd responses and costly documents of the tests. It prints the seconds between
the first range of a good host and the last one, the seconds until a signal is obeyed,
and the peaks of memory: of the crawl, and with the processes that read documents. It
also sends signals at ten moments. At last it lets a crawl of all of them end by itself.
"""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from tests.commands import environment
from tests.end_to_end.test_hostile_documents import ROWS, site
from tests.servers.fleet import children_of
from tests.servers.hostile import GOOD, SILENT, SLOW, network
from tests.servers.http import serving
from tests.servers.quirks import QUIRKS
from tests.servers.quirks import app as quirks

if TYPE_CHECKING:
    from tests.servers.hostile import Network

COMMAND = (sys.executable, "-m", "scrapy", "crawl", "images", "-O", "feed.jsonl")
HOSTS, IMAGES = 200, 16
SILENT_HOSTS, SLOW_IMAGES = 1_000, 700
MOMENTS = 10
SHORT = ("DOWNLOAD_TIMEOUT=5", "RETRY_TIMES=1")
"""Settings of the crawl that ends by itself; its slow host takes 0.2 s a range."""


@dataclass(slots=True)
class Memory:
    """Peaks of a crawl in KiB: its own, and the resident memory with its readers.

    What getrusage() says of a child includes the peak of the process that started it.
    """

    crawl: int = 0
    together: int = 0

    def look(self, crawl: subprocess.Popen[str]) -> None:
        """Look at a crawl and its children."""
        readers = [pid for pid in children_of(crawl) if is_reader(pid)]
        self.crawl = max(self.crawl, kilobytes_of(crawl.pid, "VmHWM"))
        together = sum(kilobytes_of(pid, "VmRSS") for pid in (crawl.pid, *readers))
        self.together = max(self.together, together)

    def __str__(self) -> str:
        """Return both in MiB."""
        together = max(self.crawl, self.together)
        return f"{self.crawl / 1024:.0f} MiB, with readers {together / 1024:.0f}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """Seconds from the first range of a good host to the last, and to obey a signal."""

    good: float
    obeyed: float
    records: int
    memory: Memory


def crawl(
    hosts: Network, urls: list[str], is_over: Callable[[Path], bool], *settings: str
) -> Spent:
    """Crawl until it ends by itself, or ``is_over`` of its feed; then send a signal."""
    hosts.served.clear()
    sets = [part for setting in settings for part in ("-s", setting)]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "urls.txt").write_text("\n".join(urls))
        with (folder / "log").open("w") as log:
            child = subprocess.Popen(
                [*COMMAND, *sets], cwd=folder, env=environment(), stderr=log, text=True
            )
        feed, memory = folder / "feed.jsonl", Memory()
        has_ended = False
        while not (has_ended := child.poll() is not None) and not is_over(feed):
            memory.look(child)
            time.sleep(0.1)
        stopped = time.monotonic()
        if not has_ended:
            child.send_signal(signal.SIGTERM)
        child.wait()
        obeyed = time.monotonic() - stopped
        records = good_records(feed)
        if has_ended and child.returncode:
            raise SystemExit((folder / "log").read_text())
    times = [at for at, host in hosts.served if host.endswith(f".{GOOD}")] or [0.0]
    good = times[-1] - times[0]
    return Spent(good=good, obeyed=obeyed, records=records, memory=memory)


def kilobytes_of(pid: int, name: str) -> int:
    """Return a number of ``/proc/PID/status`` (proc(5)); 0 if the process has ended."""
    with suppress(OSError):
        status = Path(f"/proc/{pid}/status").read_text()
        if found := re.search(rf"{name}:\s+(\d+) kB", status):
            return int(found[1])
    return 0


def is_reader(pid: int) -> bool:
    """Return whether a process reads documents; at first it is one with its parent."""
    with suppress(OSError):
        return b"reader_child" in Path(f"/proc/{pid}/cmdline").read_bytes()
    return False


def good_records(feed: Path) -> int:
    """Return how many images of good hosts are in a feed."""
    lines = feed.read_bytes().splitlines() if feed.exists() else []
    return sum(f".{GOOD}:".encode() in line[:60] for line in lines)


def is_past(until: float, _: Path) -> bool:
    """Return whether the clock shows a time."""
    return time.monotonic() > until


def mixed(*lists: list[str]) -> list[str]:
    """Return the URLs of all lists, spread over the whole length."""
    placed = [(at / len(urls), url) for urls in lists for at, url in enumerate(urls)]
    return [url for _, url in sorted(placed)]


def print_cases(hosts: Network, cases: dict[str, list[str]], good: int) -> None:
    """Crawl each list until all good images are recorded; compare with the first."""
    alone = 0.0
    titles = f"{'seconds':>9}{'ratio':>7}{'obeyed s':>10}{'records':>9}"
    print(f"{'good hosts':<24}{titles}  peak of the crawl")
    for name, urls in cases.items():
        spent = crawl(hosts, urls, lambda feed: good_records(feed) >= good)
        alone = alone or spent.good
        print(
            f"{name:<24}{spent.good:>9.1f}{spent.good / alone:>7.2f}"
            f"{spent.obeyed:>10.1f}{spent.records:>9,}  {spent.memory}",
            flush=True,
        )


def main(good: int = HOSTS, images: int = IMAGES) -> None:
    """Print the tables."""
    with network() as hosts, serving(quirks) as odd, serving(site) as costly:
        best = hosts.urls(GOOD, hosts=good, images=images)
        silent = hosts.urls(SILENT, hosts=SILENT_HOSTS, images=1)
        slow = hosts.urls(SLOW, hosts=1, images=SLOW_IMAGES)
        others = [f"{odd.url}{row.path}" for row in QUIRKS]
        others += [f"{costly.url}/{row.name}" for row in ROWS]
        every = mixed(best, silent, slow, others)
        cases = {
            "alone": best,
            "with slow ranges": mixed(best, slow),
            "with slow ranges first": slow + best,
            "with silent hosts": mixed(best, silent),
            "with all": every,
        }
        print_cases(hosts, cases, len(best))
        for moment in range(MOMENTS):
            seconds = 1 + 2 * moment
            spent = crawl(hosts, every, partial(is_past, time.monotonic() + seconds))
            print(
                f"signal after {seconds} s: obeyed in {spent.obeyed:.1f} s", flush=True
            )
        hosts.holds = 0.2
        spent = crawl(hosts, every, lambda _: False, *SHORT)
        print(f"to its end: {len(every):,} URLs, {spent.records:,} good records")
        print(f"peak of the crawl: {spent.memory}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
