"""Measure what resumed crawls lose or record twice, and the cost of resuming.

``python -m benchmarks.resume kills [CRAWLS]`` crawls a loopback site repeatedly,
each time killed or stopped at a random moment until a crawl finishes. It prints the
images that were lost or recorded twice, for ``-a resume`` and for JOBDIR, after
SIGKILL and after SIGTERM. ``python -m benchmarks.resume memory [IMAGES …]`` reads
feeds of IMAGES records and prints time and peak memory.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tests.servers.http import serving
from tests.servers.website import Website

CRAWLS = 3
IMAGES = (100_000, 1_000_000)
SITE = Website(pages=150, listed=300, delay=0.005)
MOMENTS = (3.0, 9.0)
"""Seconds after which a crawl is killed: minimum and maximum."""
JOBDIR = ("-s", "JOBDIR=job")
COMMAND = (
    *(sys.executable, "-m", "scrapy", "crawl", "images", "-a", "urls_file=urls.txt"),
    *("-a", "depth=9", "-s", "METADATA_MAX_REQUESTS=0"),
    *("-s", "PICTURE_FINGERPRINT=False", "-s", "CONCURRENT_REQUESTS_PER_DOMAIN=8"),
)
LOAD = """
import re, sys, time
from pathlib import Path
from fpcrawler.resume.loading import done_before

def status(name):
    text = Path("/proc/self/status").read_text()
    return int(re.search(name + r":\\s+(\\d+)", text)[1])

before = status("VmRSS")
started = time.monotonic()
done = done_before(sys.argv[1])
took, cpu = time.monotonic() - started, time.process_time()
urls = [f"https://a{n % 997}.example/photos/{n:09}.jpg" for n in range(100_000)]
started = time.process_time()
found = sum(done.has_image(url, by_tor=False) for url in urls)
each = (time.process_time() - started) / len(urls) * 1e6
peak, kept = status("VmHWM") / 1024, (status("VmRSS") - before) / 1024
print(f"{len(done):>11,} images  {took:6.1f} s ({cpu:.1f} s of CPU)  {peak:7.0f} MiB"
      f" peak, {kept:5.0f} MiB kept  {each:.1f} us of CPU per look-up")
assert found == min(len(done), len(urls))
"""


def environment() -> dict[str, str]:
    """Return the environment of a child that finds the project from anywhere."""
    root = str(Path(__file__).parents[1])
    return {
        **os.environ,
        "SCRAPY_SETTINGS_MODULE": "fpcrawler.settings",
        "PYTHONPATH": root,
    }


def interrupted(folder: Path, number: signal.Signals, seconds: float) -> bool:
    """Run a crawl and send it a signal; return whether it had finished before."""
    crawl = len([*folder.glob("*.json")])
    feed = [f"{crawl:03}.json"]
    resume = [] if (folder / "job").exists() or not crawl else ["-a", "resume=*.json"]
    jobdir = JOBDIR if (folder / "job").exists() else ()
    child = subprocess.Popen(
        [*COMMAND, "-O", *feed, *resume, *jobdir],
        cwd=folder,
        env=environment(),
        stderr=subprocess.DEVNULL,
    )
    try:
        child.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        child.send_signal(number)
    return child.wait() == 0


def trial(seed: int, number: signal.Signals, *, has_jobdir: bool) -> Counter[str]:
    """Interrupt crawls until one finishes; return the counts of all of them."""
    moments = random.Random(seed)
    outcome: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as name, serving(SITE.app) as server:
        folder = Path(name)
        (folder / "urls.txt").write_text("\n".join(SITE.urls(server)))
        if has_jobdir:
            (folder / "job").mkdir()
        while not interrupted(folder, number, moments.uniform(*MOMENTS)):
            outcome["interrupted"] += 1
        recorded = Counter(urls_in(folder))
        images = SITE.images(server)
    outcome["images"] = len(images)
    outcome["lost"] = len(images - set(recorded))
    outcome["doubled"] = sum(count - 1 for count in recorded.values())
    return outcome


def urls_in(folder: Path) -> Iterator[str]:
    """Yield the URL of every record in every feed."""
    for path in sorted(folder.glob("*.json")):
        for record in json.loads(path.read_text()):
            yield record["url"]


def kills(crawls: int) -> None:
    """Print a line for each method of resuming."""
    methods = (
        ("-a resume, kill -9", signal.SIGKILL, False),
        ("-a resume, SIGTERM", signal.SIGTERM, False),
        ("JOBDIR, SIGTERM", signal.SIGTERM, True),
        ("JOBDIR, kill -9", signal.SIGKILL, True),
    )
    for name, number, has_jobdir in methods:
        outcome: Counter[str] = Counter()
        for seed in range(crawls):
            outcome += trial(seed, number, has_jobdir=has_jobdir)
        counts = "  ".join(
            f"{outcome[key]:,} {key}"
            for key in ("interrupted", "images", "lost", "doubled")
        )
        print(f"{name:22}{counts}", flush=True)


def memory(images: int) -> None:
    """Print the cost of reading a feed of ``images`` records."""
    with tempfile.TemporaryDirectory() as name:
        feed = Path(name, "feed.jsonl")
        filler = "x" * 400
        with feed.open("w") as file:
            for number in range(images):
                url = f"https://a{number % 997}.example/photos/{number:09}.jpg"
                page = f"https://a{number % 997}.example/{number // 10}.html"
                record = {"url": url, "exif": {"Artist": filler}, "page_url": page}
                file.write(json.dumps(record) + "\n")
        subprocess.run(
            [sys.executable, "-c", LOAD, str(feed)], env=environment(), check=True
        )


def main(what: str, *numbers: str) -> None:
    """Run the part that is named."""
    if what == "kills":
        kills(int(numbers[0]) if numbers else CRAWLS)
        return
    for images in map(int, numbers) if numbers else IMAGES:
        memory(images)


if __name__ == "__main__":
    started = time.monotonic()
    main(*(sys.argv[1:] or ("memory",)))
    print(f"{time.monotonic() - started:.0f} s in total")
