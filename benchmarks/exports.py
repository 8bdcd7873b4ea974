"""CPU time and peak memory of ``scrapy export`` for 100,000 records, by format.

Run from the project: ``python -m benchmarks.exports``. It prints, for each format, the
seconds of CPU, the peak memory, and the bytes of the file. ``--records N`` has another
number, ``--redact`` redacts everything. A record has 80 tags.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from fpcrawler.exports.formats import ExportFormat
from fpcrawler.exports.redaction.subjects import SUBJECTS
from tests.commands import environment
from tests.exports.test_tables import FULL

RECORDS = 100_000
TAGS = {
    "exif": {f"EXIF Tag{number}": f"value {number}" for number in range(60)},
    "xmp": {f"a:b{number}": "v" * 20 for number in range(20)},
}


def write_feed(path: Path, count: int) -> None:
    """Write records of 50 hosts."""
    with path.open("w", encoding="utf-8") as feed:
        for number in range(count):
            url = f"https://h{number % 50}.example/{number}.jpg"
            feed.write(f"{json.dumps({**FULL, **TAGS, 'url': url})}\n")


def print_cost(folder: Path, kind: ExportFormat, options: list[str]) -> None:
    """Print the cost of one export."""
    name = f"out.{kind}"
    command = ["-m", "scrapy", "export", "feed.jsonl", "--to", kind, "-O", name]
    child = subprocess.Popen(
        [sys.executable, *command, *options],
        cwd=folder,
        env=environment(),
        stderr=subprocess.DEVNULL,
    )
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"{kind}: exit code {child.returncode}")
    cpu = usage.ru_utime + usage.ru_stime
    size = (folder / name).stat().st_size
    print(f"{kind:<12}{cpu:8.1f} s{usage.ru_maxrss / 1_000:8,.0f} MB{size:14,} bytes")
    (folder / name).unlink()


def main() -> None:
    """Print the figures of all formats."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--records", type=int, default=RECORDS)
    parser.add_argument("--redact", action="store_true")
    arguments = parser.parse_args()
    options = ["--redact", SUBJECTS.replace(" ", "")] if arguments.redact else []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_feed(folder / "feed.jsonl", arguments.records)
        for kind in ExportFormat:
            print_cost(folder, kind, options)


if __name__ == "__main__":
    main()
