"""Measure how exact metadata is, and for how many requests and kilobytes.

``python -m benchmarks.metadata`` crawls the real files of ../shared/corpus over
HTTP, and compares the crawl with two other methods to read the same tags. Then it
computes what each kind of metadata costs.
"""

from __future__ import annotations

import io
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, median
from typing import Any
from urllib.parse import quote

import exifread

from fpcrawler import settings
from fpcrawler.core.file.sparse import SparseFile
from fpcrawler.core.metadata.reader import (
    ALL_KINDS,
    EXIF_ONLY,
    locate,
    read_metadata,
)
from fpcrawler.core.metadata.status import KINDS, Kind
from fpcrawler.crawl.budget import Budget, ReadOptions, Spending
from fpcrawler.crawl.reading import read_received
from tests.core.corpus import CORPUS, exifread_of, files
from tests.core.exif_oracle import undocumented
from tests.crawls import run_crawl
from tests.servers.files import folder
from tests.servers.http import serving

CLASSES = ("metadata-near", "metadata-straddling", "metadata-far", "no-metadata")
SAMPLE, PREFIX = 10_241, 131_072

HEAD = f"""\
crawl   Measured: `scrapy crawl images` over HTTP with Range, as in its records.
prefix  Simulated: "128 KiB, then grow", as ExifReader's length: "auto". While EXIF
        lies after the prefix, the prefix grows to it, at least to twice its size; only
        new bytes are fetched. exifread reads the tags: ExifReader itself finds none
        in a plain TIFF, and fetches the whole file if the first 128 KiB have none.
seed    Simulated: the first {SAMPLE:,} bytes, read by exifread; no tags if it raises.
exact   Share of files with exactly the tags that exifread prints for the whole file,
        without tags beyond its end; of the crawl, with the documented differences.
req., KB  Means per image; 1 KB is 1,000 bytes.

{"":32}{"crawl":>18}{"prefix":>18}{"seed":>18}
{"class":<20}{"format":<7}{"files":>5}"""


@dataclass(frozen=True, slots=True)
class Got:
    """Whether the tags of an image are exact, and their cost."""

    is_exact: bool
    requests: int
    received: int  # bytes


def crawl(paths: list[Path]) -> dict[Path, dict[str, Any]]:
    """Crawl the files; return the record of each. Exits if one is missing."""
    with serving(folder(CORPUS)) as server, tempfile.TemporaryDirectory() as name:
        urls = {f"{server.url}/{quote(str(p.relative_to(CORPUS)))}": p for p in paths}
        (Path(name) / "urls.txt").write_text("\n".join(urls))
        crawled = run_crawl(Path(name), settings={"MIN_IMAGE_SIZE": 0})
    records = {urls[record["url"]]: record for record in crawled.records}
    if crawled.exit_code or len(records) != len(urls):
        raise SystemExit(
            f"{len(records)} records of {len(urls)} files\n{crawled.stderr}"
        )
    return records


def compare(data: bytes, record: dict[str, Any]) -> list[Got]:
    """Return the results of the crawl, of a growing prefix and of the seed."""
    whole = exifread_of(data)
    beyond_end = tags_of(data).keys() - whole.keys()

    def prefix(length: int, requests: int) -> Got:
        tags = {n: t for n, t in tags_of(data[:length]).items() if n not in beyond_end}
        return Got(tags == whole, requests, length)

    requests = sum(record["requests"].values())
    crawled = Got(
        not undocumented(data, record["exif"]), requests, record["bytes_downloaded"]
    )
    return [crawled, prefix(*grow(data)), prefix(min(SAMPLE, len(data)), 1)]


def tags_of(data: bytes) -> dict[str, str]:
    """Return the tags that exifread prints, right or wrong."""
    with suppress(Exception):  # exifread raises nearly anything for a cut file
        file = io.BytesIO(data)
        tags = exifread.process_file(file, details=False, extract_thumbnail=False)
        return {name: str(tag) for name, tag in tags.items()}
    return {}


def grow(data: bytes) -> tuple[int, int]:
    """Return the bytes of prefix that are needed, and the number of requests."""
    length, requests = min(PREFIX, len(data)), 1
    file = SparseFile(len(data))
    file.add(0, data[:length])
    while needs := read_metadata(file, locate(file, EXIF_ONLY)).needs:
        farthest = max(need.end for need in needs)
        length, requests = min(max(farthest, 2 * length), len(data)), requests + 1
        file.add(0, data[:length])
    return length, requests


def milliseconds(data: bytes, kinds: frozenset[Kind]) -> float:
    """Return the CPU time of all readings, from the sample until complete."""
    start = time.process_time()
    file = SparseFile(len(data))
    file.add(0, data[:SAMPLE])
    while needs := read_metadata(file, locate(file, kinds), kinds).needs:
        for need in needs:
            file.add(need.first, data[need.first : need.end])
    return 1000 * (time.process_time() - start)


def exifread_milliseconds(data: bytes) -> float:
    """Return the CPU time of exifread for the whole file."""
    start = time.process_time()
    tags_of(data)
    return 1000 * (time.process_time() - start)


def planned(data: bytes, kinds: frozenset[Kind]) -> tuple[int, int]:
    """Return the requests and bytes of a crawl with the default settings otherwise."""
    budget = Budget(settings.METADATA_MAX_REQUESTS, settings.METADATA_MAX_BYTES)
    options = ReadOptions(kinds=kinds, has_picture=True, metadata_budget=budget)
    spending, file, reading = Spending(), SparseFile(len(data)), None
    file.add(0, data[:SAMPLE])
    while True:
        reading = read_received(file, kinds, has_picture=True, earlier=reading)
        places = spending.plan(reading.needs, options.budgets)
        if not places:
            break
        for purpose, place in places:
            piece = data[place.first : place.end]
            file.add(place.first, piece)
            spending.requests[purpose] += 1
            spending.received[purpose] += len(piece)
    received = min(SAMPLE, len(data)) + spending.received.total()
    return spending.requests.total(), received


def print_costs(contents: list[bytes]) -> None:
    """Print what each kind costs beside EXIF, and all of them."""
    theirs = mean(map(exifread_milliseconds, contents))
    print(f"\nWhat the kinds cost: means of {len(contents)} files, with the")
    print("fingerprint of the picture; CPU: of the metadata, until complete.")
    print(f"{'METADATA_KINDS':<20}{'req.':>6}{'KB':>7}{'CPU ms':>8}")
    both = {f"exif, {kind}": frozenset({"exif", kind}) for kind in KINDS[1:]}
    for name, kinds in {"exif": EXIF_ONLY, **both, "all": ALL_KINDS}.items():
        plans = [planned(data, kinds) for data in contents]
        requests, received = (mean(each) for each in zip(*plans, strict=True))
        time_ = mean(milliseconds(data, kinds) for data in contents)
        print(f"{name:<20}{requests:6.2f}{received / 1000:7.1f}{time_:8.2f}")
    print(f"{'exifread, whole file':<20}{'':13}{theirs:8.2f}")


def print_line(name: str, kind: str, images: list[list[Got]]) -> None:
    """Print the means of some images for the three methods."""
    print(f"{name:<20}{kind:<7}{len(images):>5}", end="")
    for got in zip(*images, strict=True):
        exact, requests = mean(g.is_exact for g in got), mean(g.requests for g in got)
        kilobytes = mean(g.received for g in got) / 1000
        print(f"{exact:7.1%}{requests:5.2f}{kilobytes:6.1f}", end="")
    print()


def main() -> None:
    """Print the table, then the CPU times."""
    if not (paths := files(*CLASSES)):
        raise SystemExit(
            f"benchmarks.metadata needs the corpus, and {CORPUS} has no files."
        )
    groups: dict[tuple[str, str], list[list[Got]]] = {}
    for path, record in crawl(paths).items():
        got = compare(path.read_bytes(), record)
        key = path.relative_to(CORPUS).parts[0], record["format"]
        groups.setdefault(key, []).append(got)
        if not got[0].is_exact:
            print(f"The crawl is not exact: {path.relative_to(CORPUS)}")
    print(HEAD + f"{'exact':>7}{'req.':>5}{'KB':>6}" * 3)
    for name, kind in sorted(groups, key=lambda key: (CLASSES.index(key[0]), key[1])):
        print_line(name, kind, groups[name, kind])
    for name, classes in (("straddling and far", CLASSES[1:3]), ("total", CLASSES)):
        print_line(name, "", [g for k in groups if k[0] in classes for g in groups[k]])

    size = median(path.stat().st_size for path in paths) / 1000
    contents = [path.read_bytes() for path in files()]
    times = [milliseconds(data, ALL_KINDS) for data in contents]
    print(f"\nMedian size {size:.0f} KB; a prefix takes 131 KB or more.")
    print(f"CPU of read_metadata until complete, {len(times)} files: ", end="")
    print(f"median {median(times):.2f} ms, at most {max(times):.0f} ms.")
    print_costs(contents)


if __name__ == "__main__":
    main()
