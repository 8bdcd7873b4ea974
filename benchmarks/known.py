"""Time and memory of known lists.

``python -m benchmarks.known [ENTRIES …]`` writes lists of so many rows (10 million
if none is named), loads each in a process of its own as a crawl does, and prints
the seconds, the peak resident memory, what of it is Python's and Scrapy's own,
and what looking one image up costs.
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

from fpcrawler.core.known import Kind, whole_digests
from fpcrawler.core.ranges import SAMPLE_BYTES

ENTRIES = 10_000_000
IMAGES = 200
"""As many are looked up."""

_SAMPLE = " || ".join(f"sha256(i || '{part}')" for part in "abcd")
LISTS = {
    "sha256 (CSV)": "SELECT sha256(i) AS sha256",
    "md5, sha1, sha256 (CSV)": (
        'SELECT upper(sha1(i)) AS "SHA-1", upper(md5(i)) AS "MD5", '
        "sha256(i) AS sha256, 'IMG_' || i || '.jpg' AS \"FileName\""
    ),
    "sha256 (JSON Lines)": "SELECT sha256(i) AS sha256",
    "sha256 (CSV, gz)": "SELECT sha256(i) AS sha256",
    "128-byte samples (CSV)": f"SELECT {_SAMPLE} AS random_128_bytes_sample_start",
}


def main(lengths: list[int]) -> None:
    """Print a line for each list of each length."""
    print(
        f"{'list':26}{'rows':>12}{'file':>9}{'load':>8}{'peak':>10}{'base':>9}  ",
        end="",
    )
    print("a look-up")
    for entries in lengths:
        for name, query in LISTS.items():
            with tempfile.TemporaryDirectory() as folder:
                path = _write(name, query, entries, Path(folder))
                child = subprocess.run(
                    [sys.executable, "-m", "benchmarks.known", "--load", path],
                    env={**os.environ, "SCRAPY_SETTINGS_MODULE": "fpcrawler.settings"},
                    stdout=subprocess.PIPE,
                    check=True,
                )
                size = path.stat().st_size
            told = json.loads(child.stdout)
            print(
                f"{name:26}{told['entries']:12,}{size / 1e6:6.0f} MB"
                f"{told['seconds']:6.1f} s{told['peak'] / 1e6:7.0f} MB"
                f"{told['base'] / 1e6:6.0f} MB  {told['lookup'] * 1e3:.2f} ms",
                flush=True,
            )


def _write(name: str, query: str, entries: int, folder: Path) -> Path:
    ending = ".jsonl" if "JSON" in name else ".csv"
    path = folder / f"list{ending}{'.gz' if 'gz' in name else ''}"
    form = "FORMAT json" if ending == ".jsonl" else "FORMAT csv, HEADER"
    with duckdb.connect() as connection:
        connection.execute(
            f"COPY ({query} FROM (SELECT range::VARCHAR AS i FROM range({entries})))"
            f" TO '{path}' ({form})"
        )
    return path


def load(path: str) -> None:
    """Load a list as a crawl does, and print what that took, as JSON."""
    import scrapy.crawler  # noqa: F401, PLC0415 - a part of the base
    from scrapy.settings import Settings  # noqa: PLC0415

    from fpcrawler.known.loading import known_lists  # noqa: PLC0415

    base = _peak()
    began = time.perf_counter()
    known = known_lists(Settings({"KNOWN_LISTS": [path]}))
    seconds = time.perf_counter() - began
    drawn = random.Random(1)  # noqa: S311
    heads = [drawn.randbytes(SAMPLE_BYTES) for _ in range(IMAGES)]
    began = time.perf_counter()
    for head in heads:
        digests = whole_digests(head)
        known.index.matches({**digests, Kind.HEAD: digests[Kind.SHA256]}, head)
    told = {
        "entries": len(known.index),
        "seconds": seconds,
        "lookup": (time.perf_counter() - began) / IMAGES,
        "base": base,
        "peak": _peak(),
    }
    print(json.dumps(told))


def _peak() -> int:
    """Return the greatest resident memory until now, in bytes."""
    status = Path("/proc/self/status").read_text()
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(found[1]) * 1024 if found else 0


if __name__ == "__main__":
    if "--load" in sys.argv:
        load(sys.argv[-1])
    else:
        main([int(argument) for argument in sys.argv[1:]] or [ENTRIES])
