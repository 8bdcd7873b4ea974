"""Measure time and memory of known lists.

``python -m benchmarks.known [ROWS …]`` writes lists of ROWS rows (by default 10
million) and loads each in its own process, as a crawl does. It prints the seconds,
the CPU seconds, the peak resident memory, the part of it that Python and Scrapy
need by themselves, and the time of one look-up. Then it runs ``scrapy match`` on a
feed with a tenth as many records and the first list.
"""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb

from fpcrawler.core.fingerprint.head import SAMPLE_BYTES
from fpcrawler.core.fingerprint.known import DigestKind, whole_digests

ROWS = 10_000_000
IMAGES = 200
"""Images that are looked up."""

_SAMPLE = " || ".join(f"sha256(i || '{part}')" for part in "abcd")
_SHA256 = "SELECT sha256(i) AS sha256"
LISTS = {
    "sha256.csv": _SHA256,
    "md5-sha1-sha256.csv": (
        'SELECT upper(sha1(i)) AS "SHA-1", upper(md5(i)) AS "MD5", '
        "sha256(i) AS sha256, 'IMG_' || i || '.jpg' AS \"FileName\""
    ),
    "sha256.jsonl": _SHA256,
    "sha256.csv.gz": _SHA256,
    "128-byte-samples.csv": f"SELECT {_SAMPLE} AS random_128_bytes_sample_start",
}
FEED = f"""
    SELECT 'https://a.example/' || i || '.jpg' AS url, 30000 AS image_size,
        MAP {{'Image Make': 'A', 'Image DateTime': i}} AS exif,
        sha256(i || 'head') AS sha256_first_10240_bytes,
        {_SAMPLE} AS random_128_bytes_sample_start, 'https://a.example/' AS page_url,
        sha256(i || 'picture') AS picture_sha256,
        MAP {{'sha256': sha256(if(i::BIGINT % 100 = 0, i, i || 'x'))}} AS server_digests
"""
RUN = """
import re, sys
from scrapy.cmdline import execute
try:
    execute(["scrapy", *sys.argv[1:]])
finally:
    # The peak of getrusage() includes that of the parent process.
    with open("/proc/self/status") as status:
        print(re.search(r"VmHWM:\\s+(\\d+)", status.read())[1], file=sys.stderr)
"""
ENVIRONMENT = {**os.environ, "SCRAPY_SETTINGS_MODULE": "fpcrawler.settings"}


def main(lengths: list[int]) -> None:
    """Print a line for each list of each length, and one for each comparison."""
    figures = f"{'load':>8}{'CPU':>8}{'peak':>10}{'base':>9}  look-up"
    print(f"{'list':22}{'rows':>12}{'file':>9}{figures}")
    for rows in lengths:
        for name, query in LISTS.items():
            with tempfile.TemporaryDirectory() as folder:
                print_load(write(Path(folder, name), query, rows), rows)
        with tempfile.TemporaryDirectory() as folder:
            known = write(Path(folder, "sha256.csv"), _SHA256, rows)
            feed = write(Path(folder, "feed.jsonl"), FEED, rows // 10)
            print_match(feed, known)


def write(path: Path, query: str, rows: int) -> Path:
    """Write what a query gives for the numbers of rows; return the path."""
    form = "FORMAT json" if path.suffix == ".jsonl" else "FORMAT csv, HEADER"
    with duckdb.connect() as connection:
        connection.execute(
            f"COPY ({query} FROM (SELECT range::VARCHAR AS i FROM range({rows})))"
            f" TO '{path}' ({form})"
        )
    return path


def print_load(path: Path, rows: int) -> None:
    """Load a list in a process of its own, as a crawl does; print what it cost."""
    child = subprocess.run(
        [sys.executable, "-m", "benchmarks.known", "--load", path],
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        check=True,
    )
    cost = json.loads(child.stdout)
    print(
        f"{path.name:22}{rows:12,}{path.stat().st_size / 1e6:6.0f} MB"
        f"{cost['seconds']:6.1f} s{cost['cpu']:6.1f} s{cost['peak'] / 1e6:7.0f} MB"
        f"{cost['base'] / 1e6:6.0f} MB  {cost['lookup'] * 1e3:.2f} ms",
        flush=True,
    )


def print_match(feed: Path, known: Path) -> None:
    """Run ``scrapy match``; print its time, its memory and its last line."""
    started = time.perf_counter()
    child = subprocess.run(
        [sys.executable, "-c", RUN, "match", str(feed), "--known", str(known)],
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=True,
    )
    seconds = time.perf_counter() - started
    peak = int(child.stderr) * 1024
    print(
        f"scrapy match: {seconds:.1f} s, {peak / 1e6:.0f} MB; "
        f"{child.stdout.splitlines()[-1]}"
    )


def load(path: str) -> None:
    """Load a list as a crawl does; print the cost as JSON."""
    import scrapy.crawler  # noqa: F401, PLC0415 - part of the base
    from scrapy.settings import Settings  # noqa: PLC0415

    from fpcrawler.known.loading import known_lists  # noqa: PLC0415

    base = _peak()
    started, cpu = time.perf_counter(), time.process_time()
    known = known_lists(Settings({"KNOWN_LISTS": [path]}))
    seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
    drawn = random.Random(1)
    heads = [drawn.randbytes(SAMPLE_BYTES) for _ in range(IMAGES)]
    started = time.perf_counter()
    for head in heads:
        digests = whole_digests(head)
        known.matches({**digests, DigestKind.HEAD: digests[DigestKind.SHA256]}, head)
    cost = {
        "seconds": seconds,
        "cpu": cpu,
        "lookup": (time.perf_counter() - started) / IMAGES,
        "base": base,
        "peak": _peak(),
    }
    print(json.dumps(cost))


def _peak() -> int:
    """Return the peak resident memory of this process, in bytes."""
    status = Path("/proc/self/status").read_text()
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(found[1]) * 1024 if found else 0


if __name__ == "__main__":
    if "--load" in sys.argv:
        load(sys.argv[-1])
    else:
        main([int(argument) for argument in sys.argv[1:]] or [ROWS])
