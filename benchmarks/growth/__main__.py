"""Measure whether cost per image and memory stay the same as a crawl grows.

``python -m benchmarks.growth [IMAGES …]`` crawls lists of ever more images of 20
hosts, then the first images of a list of 10 million lines, then 2,000 hosts of which
one in ten is dead and one in ten is slow. It prints CPU time for one image, without
the start of the process, and the peak of memory. ``--chart`` draws them as SVG. One
million images (``python -m benchmarks.growth 1000000``) take over an hour of CPU time.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.growth.chart import draw
from benchmarks.growth.hosts import crowd
from benchmarks.growth.running import Cost, crawl
from benchmarks.race.report import machine
from benchmarks.race.server import loopback, serving
from tests.commands import ROOT

LENGTHS = (1_000, 10_000, 100_000)
LONG_LIST, READ_OF_IT = 10_000_000, 1_000
HOSTS, LIST_HOSTS = 2_000, 20
BASE = 50
"""Images of the crawl whose CPU time counts as the start of the process."""
DEAD_AFTER = 10
"""Seconds until a host that does not answer counts as dead."""

PICTURE = ROOT / "examples" / "gallery" / "meadow-400.jpg"


def arguments() -> argparse.Namespace:
    """Return the arguments of the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.growth")
    parser.add_argument("images", type=int, nargs="*", default=LENGTHS)
    parser.add_argument("--lines", type=int, default=LONG_LIST, metavar="N")
    parser.add_argument("--hosts", type=int, default=HOSTS, metavar="N")
    parser.add_argument("--chart", type=Path, help="for example docs/growth.svg")
    return parser.parse_args()


def urls(port: int, images: int) -> Iterator[str]:
    """Yield the URLs of a list."""
    for number in range(images):
        host = loopback(number % LIST_HOSTS)
        yield f"http://{host}:{port}/{number:07}.jpg"


def cpu_ms(cost: Cost, base: Cost) -> float:
    """Return the CPU time of one image in milliseconds, without the start."""
    return 1_000 * (cost.cpu - base.cpu) / (cost.images - base.images)


def show(name: str, cost: Cost, base: Cost) -> None:
    """Print the line of one crawl."""
    print(
        f"{name:<28}{cost.images:>9,}{cpu_ms(cost, base):>8.2f}"
        f"{cost.peak / 2**20:>7.0f}{cost.wall:>8.0f}",
        flush=True,
    )


def main() -> None:
    """Print the table; draw the chart."""
    given = arguments()
    print(f"{machine()}, load {os.getloadavg()[0]:.1f}")
    print(f"{'':<28}{'images':>9}{'CPU ms':>8}{'MiB':>7}{'s':>8}")
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        home.chmod(0o755)  # nginx's workers must read it
        (home / "root").mkdir()
        (home / "root" / "any.jpg").symlink_to(PICTURE)
        with serving(home / "nginx", home / "root", 0, always="/any.jpg") as server:
            base = crawl(urls(server.port, BASE), home / "list")
            grown = []
            for images in given.images:
                cost = crawl(urls(server.port, images), home / "list")
                show(f"{images:,} lines", cost, base)
                grown.append((images, cpu_ms(cost, base), cost.peak))
            cost = crawl(
                urls(server.port, given.lines),
                home / "list",
                CLOSESPIDER_ITEMCOUNT=READ_OF_IT,
            )
            show(f"{given.lines:,} lines, closed", cost, base)
            with crowd(given.hosts, server.port) as (listed, kinds):
                cost = crawl(listed, home / "list", DOWNLOAD_TIMEOUT=DEAD_AFTER)
            show(f"{given.hosts:,} hosts", cost, base)
        print(f"images of the hosts: {dict(kinds)}")
        failed = {n: k for n, k in cost.stats.items() if n.startswith("images/failed/")}
        print(f"without a record: {failed}")
    if given.chart:
        draw(grown, given.chart)


if __name__ == "__main__":
    main()
