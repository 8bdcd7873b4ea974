"""Measure the cost of cutting a list, and the gain of a second process.

``python -m benchmarks.fleet_speed [cut|local …]``, both by default:

- cut: seconds and peak memory of cutting lists of 10,000 to 1,000,000 lines.
- local: ``scrapy fleet run --local 2`` compared with ``scrapy crawl``.
"""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from benchmarks.fleet import HOSTS, urls_of, world
from tests.commands import SCRAPY, environment

LOCAL = {20_000: 5, 60_000: 3}
"""Images to rounds. In a longer list the last shard matters less."""
LENGTHS = (10_000, 100_000, 1_000_000)
CUT = """
import re, sys
from pathlib import Path
from fpcrawler.fleet.places.folder import Folder
from fpcrawler.fleet.program import Program
from fpcrawler.fleet.submission import Submission
from fpcrawler.fleet.submitting import submit
program = Program(version="", code_sha256="", settings={})
given = {"arguments": {}, "settings": {}, "shard_urls": 5_000, "program": program}
submit(Folder(Path(sys.argv[2])), Submission(urls_file=sys.argv[1], **given), print)
print(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])
"""


def cut() -> None:
    """Print the cost of cutting lists of several lengths, with 1,000 sites."""
    for lines in LENGTHS:
        with tempfile.TemporaryDirectory() as name:
            listed = Path(name, "urls.txt")
            with listed.open("w") as file:
                for n in range(lines):
                    file.write(
                        f"https://www.host-{n % 997}.example/images/{n:09}.jpg\n"
                    )
            started = time.monotonic()
            child = subprocess.run(
                [sys.executable, "-c", CUT, str(listed), str(Path(name, "out"))],
                stdout=subprocess.PIPE,
                check=True,
            )
            seconds = time.monotonic() - started
            peak = int(child.stdout) / 1024
            print(f"{lines:>9,} lines cut in {seconds:.1f} s, peak {peak:.0f} MiB")


def local() -> None:
    """Print images per second of one process and of ``--local``, in turns."""
    for images, rounds in LOCAL.items():
        print(f"{images} images, {rounds} rounds:")
        compare(images, rounds)


def compare(images: int, rounds: int) -> None:
    """Crawl one list in one process and in two, ``rounds`` times."""
    speeds: dict[str, list[tuple[float, float]]] = {}
    with world() as (home, _, port):
        urls = urls_of(port, images, large=images // HOSTS)
        (home / "urls.txt").write_text("".join(f"{url}\n" for url in urls))
        for number in range(rounds):
            place = ["--to", str(home / f"out{number}")]
            one = ["crawl", "images", "-a", "urls_file=urls.txt"]
            one += ["-O", f"{number}.jsonl"]
            commands = {
                "one process": one,
                "--local 2": ["fleet", "run", "urls.txt", *place, "--local", "2"],
            }
            for name, command in commands.items():
                wall, cpu = timed(home, command)
                # Fewer processors than processes: the machine was busy.
                print(f"  {name}: {wall:.1f} s with {cpu / wall:.2f} processors")
                speeds.setdefault(name, []).append((wall, cpu))
    base = speeds["one process"]
    for name, times in speeds.items():
        wall = median(wall for wall, _ in times)
        cpu = median(cpu for _, cpu in times)
        ratios = [one[0] / this[0] for one, this in zip(base, times, strict=True)]
        print(
            f"{name:12} {images / wall:6.0f} images/s, "
            f"{median(one for one, _ in base) / wall:.2f} times by medians, "
            f"{median(ratios):.2f} by the median round ({min(ratios):.2f} to "
            f"{max(ratios):.2f}); CPU {1000 * cpu / images:.2f} ms per image"
        )


def timed(home: Path, command: list[str]) -> tuple[float, float]:
    """Run ``scrapy COMMAND…``; return its wall-clock and CPU seconds."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    subprocess.run(
        [*SCRAPY, *command],
        cwd=home,
        env=environment(),
        stderr=subprocess.DEVNULL,
        check=True,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.monotonic() - started, cpu


PARTS = {"cut": cut, "local": local}

if __name__ == "__main__":
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)  # stops all servers
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}")
    for part in sys.argv[1:] or PARTS:
        PARTS[part]()
