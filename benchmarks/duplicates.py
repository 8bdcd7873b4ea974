"""Measure time and memory of finding duplicates among millions of records.

``python -m benchmarks.duplicates [RECORDS [ENDING …]]`` writes a feed of RECORDS
records for each ENDING (by default 5,000,000; ``.jsonl``, ``.json``). One tenth of
the pairs has each verdict. It prints the cost of ``scrapy duplicates FEED --json``
and the groups that it found. Seconds are valid only on an idle machine.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from fcntl import LOCK_EX, flock
from functools import partial
from multiprocessing import Pool
from pathlib import Path

from fpcrawler.core.metadata.status import metadata_status

RECORDS = 5_000_000
ENDINGS = (".jsonl", ".json")
PART = 50_000
"""Records that a process writes in one block."""

BYTES_EACH = 2_200
TAGS = 40
VERDICTS = ("identical", "same-file", "same-picture", "likely", "same-head")
COMMAND = """
import re, sys
from scrapy.cmdline import execute
try:
    execute(["scrapy", "duplicates", *sys.argv[1:]])
finally:
    # The peak of getrusage() includes that of the parent process.
    with open("/proc/self/status") as status:
        print(re.search(r"VmHWM:\\s+(\\d+)", status.read())[1], file=sys.stderr)
"""

_HEAD = re.compile(rb'\{"verdict":"([a-z-]+)"')
_EXIF = json.dumps({f"EXIF Tag{n:02}": f"value of tag {n:02}" for n in range(TAGS)})

_STATUS = json.dumps(metadata_status({}, ()))


def record(number: int) -> str:
    """Return a record; records 2n and 2n + 1 are a pair.

    Five pairs have the five verdicts in turn, then five pairs are unrelated.
    """
    pair, member = divmod(number, 2)
    verdict = dict(enumerate(VERDICTS)).get(pair % (2 * len(VERDICTS)))
    own, common = _hash(f"{number}"), _hash(f"pair {pair}")
    is_file = verdict in {"identical", "same-file", "likely"}
    is_unread = verdict == "likely"
    kind = "jpeg" if is_unread else "png"
    sample = common if is_file or verdict == "same-head" else own
    picture = common if is_file or verdict == "same-picture" else own
    ending = f'"{picture[::-1]}"'
    length = 20_481 + pair * 7_919 % 4_000_000
    size = length + 9_000 + (0 if is_file else member)
    digests = f'{{"md5": "{common[:32]}"}}' if verdict == "identical" else "{}"
    site = number * 7_919 % 997
    return (
        f'{{"url": "https://images-{site}.example.org/2026/{number % 12:02}/galleries/'
        f'of-a-long-name/{own[:16]}/photograph-{number}.{kind}?width=1600&quality=80", '
        f'"image_size": {size}, "etag": "{own[:16]}", '
        f'"timestamp": "2026-11-{number % 28 + 1:02}T12:{number % 60:02}:00", '
        f'"exif": {_EXIF if number % 3 else "{}"}, '
        f'"sha256_first_10240_bytes": "{sample}", '
        f'"random_128_bytes_sample_start": "{sample * 4}", '
        f'"page_url": "https://www-{site}.example.org/galleries/{pair // 20}.html", '
        f'"found_in": "img", "alt": "Photograph {number}", '
        f'"format": "{kind}", "width": 1600, "height": 1200, '
        f'"content_type": "image/{kind}", "last_modified": null, '
        f'"metadata_status": {_STATUS}, "user_comment": null, '
        f'"xmp": {{}}, "iptc": {{}}, '
        f'"picture_sha256": "{picture}", "picture_length": {length}, '
        f'"end_sha256": {"null" if is_unread else ending}, '
        f'"evidence": {{"sample_coded": 6000, '
        f'"sample_deflated": 5900, "picture_coded": 4096, '
        f'"picture_deflated": 4000, "is_constant_size": false, '
        f'"is_upper_bound": {json.dumps(is_unread)}, '
        f'"ends_in_checksum": {json.dumps(kind == "png")}}}, '
        f'"server_digests": {digests}, '
        f'"file_digests": {{"md5": null, "sha1": null, "sha256": null}}, '
        f'"matches": [], '
        f'"requests": {{"sample": 1}}, "bytes_downloaded": 10241}}'
    )


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def write(path: Path, count: int) -> None:
    """Write a feed with all cores; the order of its records varies."""
    is_array = ".json" in path.suffixes
    path.write_bytes(_gzipped(path, b"[\n" if is_array else b""))
    with Pool() as pool:
        pool.map(partial(_append, path), range(0, count, PART))
    last = record(count).encode()
    with path.open("ab") as file:
        file.write(_gzipped(path, last + (b"\n]\n" if is_array else b"\n")))


def _append(path: Path, first: int) -> None:
    """Append ``PART`` records, each with its separator."""
    end = ",\n" if ".json" in path.suffixes else "\n"
    text = "".join(record(number) + end for number in range(first, first + PART))
    data = _gzipped(path, text.encode())
    with path.open("ab") as file:
        flock(file, LOCK_EX)
        file.write(data)


def _gzipped(path: Path, data: bytes) -> bytes:
    return gzip.compress(data, 1) if path.suffix == ".gz" else data


@dataclass(frozen=True, slots=True)
class Cost:
    """The cost of a command, and the number of groups by verdict."""

    seconds: float
    cpu: float  # seconds of all cores
    peak: int  # bytes
    groups: Counter[str]


def measure(path: Path) -> Cost:
    """Run the command on a feed."""
    start, before = time.monotonic(), _cpu()
    with tempfile.TemporaryFile() as output:
        child = subprocess.run(
            [sys.executable, "-c", COMMAND, str(path), "--json"],
            env={**os.environ, "SCRAPY_SETTINGS_MODULE": "fpcrawler.settings"},
            stdout=output,
            stderr=subprocess.PIPE,
            check=True,
        )
        seconds, cpu = time.monotonic() - start, _cpu() - before
        output.seek(0)
        verdicts = (_HEAD.match(line) for line in output)
        groups = Counter(found[1].decode() for found in verdicts if found)
    return Cost(seconds, cpu, int(child.stderr) * 1024, groups)


def _cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def main(arguments: list[str]) -> None:
    """Print a line for each format of feed."""
    count = int(arguments[0]) if arguments else RECORDS
    with tempfile.TemporaryDirectory() as name:
        free = shutil.disk_usage(name).free
        if free < 2 * count * BYTES_EACH:
            raise SystemExit(
                f"{name} has {free:,} bytes free; set TMPDIR to a larger disk."
            )
        for ending in arguments[1:] or ENDINGS:
            path = Path(name, f"feed{ending}")
            write(path, count)
            size = path.stat().st_size / 1e9
            cost = measure(path)
            path.unlink()
            print(
                f"{count:,} records, {ending}, {size:.1f} GB: {cost.seconds:.1f} s "
                f"(CPU {cost.cpu:.1f} s), {cost.peak / 2**30:.2f} GiB, "
                f"groups: {dict(cost.groups)}"
            )


if __name__ == "__main__":
    main(sys.argv[1:])
