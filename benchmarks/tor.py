"""Measure onion services: speed compared with curl, memory and sockets of many.

``python -m benchmarks.tor`` crawls 200 images of one onion service through a
private Tor network, in turns with curl. Then it crawls one image of each of many
onion sites through a proxy that connects every name to one server. Needs Linux,
tor, nginx and curl.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from base64 import b32encode
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha3_256
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

from tests.servers.nginx import nginx
from tests.servers.quirks import GALLERY
from tests.servers.socks import socks
from tests.servers.tor import tor_network

PROGRAMS = ("tor", "nginx", "curl")
IMAGES = 200
SIZE = 30_000
RANGE = "0-10240"
AT_ONCE = (8, 32)
RUNS = 3
SITES = (500, 5_000)
TICK = 0.02
"""Seconds between two counts of the sockets of a crawl."""

SPEED = f"""\
{IMAGES} images of {SIZE // 1000} KB from one onion service, medians of {RUNS} runs.
Each run builds its own circuit. "crawl" is the time in the crawl's stats, with the
circuit; "whole" is the time of the process, with the start and the end of Python.
{"parallel":>9}{"curl":>12}{"crawl":>12}{"of curl":>9}{"whole":>12}{"sockets":>9}"""
MANY = f"""
Many onion sites, one robots.txt and one image each: peak memory and sockets.
{"sites":>9}{"memory":>14}{"sockets":>9}{"time":>9}"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Crawled:
    """The cost of a crawl."""

    elapsed: float  # seconds of the crawl
    whole: float  # seconds of the process
    peak: int  # bytes
    sockets: int


def crawl(urls: Iterable[str], folder: Path, *settings: str) -> Crawled:
    """Crawl a list of images; exit if a record is missing."""
    listed, feed, log = (folder / name for name in ("urls.txt", "feed.jsonl", "log"))
    lines = [f"{url}\n" for url in urls]
    listed.write_text("".join(lines))
    options = [option for setting in settings for option in ("-s", setting)]
    peak = sockets = 0
    start = time.perf_counter()
    with (
        log.open("w") as stderr,
        subprocess.Popen(
            [
                *(sys.executable, "-m", "scrapy", "crawl", "images"),
                *("-a", f"urls_file={listed}", "-O", str(feed)),
                *("-s", "LOG_LEVEL=INFO", *options),
            ],
            env={**os.environ, "SCRAPY_SETTINGS_MODULE": "fpcrawler.settings"},
            stderr=stderr,
        ) as child,
    ):
        while child.poll() is None:
            # The peak of getrusage() includes that of the parent process.
            peak = peak_of(child.pid) or peak
            sockets = max(sockets, sockets_of(child.pid))
            time.sleep(TICK)
    whole = time.perf_counter() - start
    elapsed = re.search(r"'elapsed_time_seconds': ([\d.]+)", log.read_text())
    records = feed.read_text().count("\n") if feed.exists() else 0
    if records != len(lines) or not elapsed:
        raise SystemExit(
            f"{records} records of {len(lines)} images\n{log.read_text()[-2000:]}"
        )
    return Crawled(elapsed=float(elapsed[1]), whole=whole, peak=peak, sockets=sockets)


def peak_of(pid: int) -> int:
    """Return the peak resident memory of a process in bytes; 0 if it has ended."""
    with suppress(OSError):
        status = Path(f"/proc/{pid}/status").read_text()
        if peak := re.search(r"VmHWM:\s+(\d+) kB", status):
            return int(peak[1]) * 1024
    return 0


def sockets_of(pid: int) -> int:
    """Count the open sockets of a process, with two of its event loop."""
    count = 0
    with suppress(OSError):
        for link in Path(f"/proc/{pid}/fd").iterdir():
            with suppress(OSError):  # it was closed in the meantime
                count += str(link.readlink()).startswith("socket:")
    return count


def curl(site: str, proxy: str, at_once: int) -> float:
    """Fetch the same ranges as a crawl; return the seconds."""
    credentials = f"{secrets.token_hex(8)}:curl"
    start = time.perf_counter()
    got = subprocess.run(
        [
            *("curl", "--no-progress-meter", "--range", RANGE),
            *("--parallel", "--parallel-max", str(at_once)),
            *("--proxy", proxy, "--proxy-user", credentials),
            *("--output", os.devnull, "--write-out", "%{http_code} %{size_download}\n"),
            f"{site}/[1-{IMAGES}].jpg",
        ],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    ).stdout.split("\n")
    seconds = time.perf_counter() - start
    if (ranges := got.count("206 10241")) != IMAGES:
        raise SystemExit(f"curl got {ranges} ranges of {IMAGES}")
    return seconds


def picture(number: int) -> bytes:
    """Return a photograph made unique by a comment, and padded after its end."""
    photo = (GALLERY / "meadow-400.jpg").read_bytes()
    comment = b"\xff\xfe\x00\x06%04d" % number
    return (photo[:2] + comment + photo[2:]).ljust(SIZE, b"\0")


def onion(number: int) -> str:
    """Return a valid, unused host name of version 3 (rend-spec-v3 section 6)."""
    key, version = number.to_bytes(32), b"\x03"
    checksum = sha3_256(b".onion checksum" + key + version).digest()[:2]
    return f"{b32encode(key + checksum + version).decode().lower()}.onion"


def print_speed(site: str, proxy: str, folder: Path) -> None:
    """Print images per second of curl and of a crawl, by parallel requests."""
    print(SPEED)
    urls = [f"{site}/{number}.jpg" for number in range(1, IMAGES + 1)]
    for at_once in AT_ONCE:
        settings = (
            f"TOR_PROXIES={proxy}",
            f"TOR_CONCURRENT_REQUESTS_PER_ONION={at_once}",
            "ROBOTSTXT_OBEY=False",
        )
        pairs = [
            (curl(site, proxy, at_once), crawl(urls, folder, *settings))
            for _ in range(RUNS)
        ]
        of_curl = IMAGES / median(seconds for seconds, _ in pairs)
        of_crawl = IMAGES / median(crawled.elapsed for _, crawled in pairs)
        whole = IMAGES / median(crawled.whole for _, crawled in pairs)
        print(
            f"{at_once:>9}{of_curl:10.1f}/s{of_crawl:10.1f}/s"
            f"{of_crawl / of_curl:9.0%}{whole:10.1f}/s"
            f"{max(crawled.sockets for _, crawled in pairs):>9}"
        )


def print_many(port: int, folder: Path) -> None:
    """Print the memory and the sockets of crawls of many sites."""
    print(MANY)
    for sites in SITES:
        urls = (f"http://{onion(site)}/1.jpg" for site in range(sites))
        with socks(port) as proxy:
            crawled = crawl(urls, folder, f"TOR_PROXIES={proxy}")
        print(
            f"{sites:>9,}{crawled.peak / 2**20:10.1f} MiB"
            f"{crawled.sockets:>9}{crawled.elapsed:7.0f} s"
        )


def main() -> None:
    """Print both tables."""
    if missing := [name for name in PROGRAMS if not shutil.which(name)]:
        raise SystemExit(
            f"benchmarks.tor needs {', '.join(missing)}, which is not installed."
        )
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        images = folder / "images"
        images.mkdir()
        for number in range(1, IMAGES + 1):
            (images / f"{number}.jpg").write_bytes(picture(number))
        with nginx(folder / "nginx", images) as url:
            port = urlsplit(url).port or 80
            with (
                tor_network(folder / "tor") as network,
                network.onion({80: port}) as host,
            ):
                print_speed(f"http://{host}", network.proxy, folder)
            print_many(port, folder)


if __name__ == "__main__":
    main()
