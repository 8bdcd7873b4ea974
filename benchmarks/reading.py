"""Measure the CPU time to read an image's metadata from its first bytes.

``python -m benchmarks.reading`` reads the heads of the real files of ../shared/corpus
that have EXIF, by turns with this reader, exifread and Pillow, and prints the median
of each and their ratios; then the slowest files, hostile ones included.
"""

from __future__ import annotations

import io
import logging
import time
import warnings
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from statistics import median

import exifread
from PIL import Image

from fpcrawler.core.file.sparse import SparseFile
from fpcrawler.core.fingerprint.head import SAMPLE_BYTES
from fpcrawler.core.metadata.origin import read_origin
from fpcrawler.core.metadata.reader import locate, read_metadata
from tests.core.corpus import CORPUS, files

RUNS = 20
ROUNDS = 16
"""Requests for one file at most, as none of the corpus needs more."""

SLOWEST = 5
CAMERA_TAGS = 20
"""A JPEG with as many tags was written by a camera."""

GOAL = 0.45
"""Our time as a share of exifread's."""

ORIGIN_GOAL = 0.1
"""That of device, location and time, from tags that were read."""

CASES = CORPUS.with_name("cases")


def ours(head: bytes, size: int) -> int:
    """Read the head of a file of ``size`` bytes; return the number of tags."""
    file = SparseFile(size)
    file.add(0, head)
    return len(read_metadata(file, locate(file)).exif)


def exifreads(head: bytes, _size: int) -> int:
    """Return the number of tags that exifread finds, 0 if it raises."""
    with suppress(Exception):  # it raises nearly anything for a cut file
        file = io.BytesIO(head)
        return len(exifread.process_file(file, details=False, extract_thumbnail=False))
    return 0


def pillows(head: bytes, _size: int) -> int:
    """Return the number of tags that Pillow finds, 0 if it raises."""
    with suppress(Exception), Image.open(io.BytesIO(head)) as image:
        exif = image.getexif()
        return len(exif) + sum(len(exif.get_ifd(ifd)) for ifd in (0x8769, 0x8825))
    return 0


READERS: dict[str, Callable[[bytes, int], int]] = {
    "ours": ours,
    "exifread": exifreads,
    "Pillow": pillows,
}


def spent(work: Callable[[], object]) -> float:
    """Return the CPU time of ``work``, in milliseconds."""
    started = time.process_time()
    work()
    return 1_000 * (time.process_time() - started)


def compare(heads: list[tuple[bytes, int]]) -> dict[str, float]:
    """Return each reader's milliseconds per head: the median of all runs.

    The readers take turns at each head, so that whatever slows the machine for a
    while slows all of them.
    """
    runs: dict[str, list[float]] = {name: [0.0] * RUNS for name in READERS}
    for head, size in heads:
        for run in range(RUNS):
            for name, read in READERS.items():
                runs[name][run] += spent(lambda: read(head, size))  # noqa: B023
    return {name: median(times) / len(heads) for name, times in runs.items()}


def origins(heads: list[tuple[bytes, int]]) -> float:
    """Return the milliseconds per head of device, location and time."""
    read = []
    for head, size in heads:
        file = SparseFile(size)
        file.add(0, head)
        read.append(read_metadata(file, locate(file)))
    runs = [spent(lambda: [read_origin(each) for each in read]) for _ in range(RUNS)]
    return median(runs) / len(heads)


def median_of_ratios(heads: list[tuple[bytes, int]]) -> float:
    """Return the median over heads of our time as a share of exifread's.

    Each time is the best of all runs: of a single head they are short.
    """
    ratios = []
    for head, size in heads:
        best = {
            read: min(spent(lambda: read(head, size)) for _ in range(RUNS))  # noqa: B023
            for read in (ours, exifreads)
        }
        ratios.append(best[ours] / best[exifreads])
    return median(ratios)


def until_complete(data: bytes) -> None:
    """Read a file as a crawl does: its sample, then what is needed next."""
    file = SparseFile(len(data))
    file.add(0, data[:SAMPLE_BYTES])
    for _ in range(ROUNDS):
        needs = read_metadata(file, locate(file)).needs
        if not needs:
            return
        for need in needs:
            file.add(need.first, data[need.first : need.end])


def slowest(paths: list[Path]) -> list[tuple[float, Path]]:
    """Return the files that take longest, with the best of three times, in ms."""
    times = []
    for path in paths:
        data = path.read_bytes()
        best = min(spent(lambda: until_complete(data)) for _ in range(3))  # noqa: B023
        times.append((best, path))
    return sorted(times, reverse=True)[:SLOWEST]


def main() -> None:
    """Print the medians, the ratios and the slowest files."""
    logging.getLogger("exifread").setLevel(logging.CRITICAL)
    warnings.simplefilter("ignore")  # Pillow warns of cut-off files
    heads = []
    for path in files():
        data = path.read_bytes()
        head = data[:SAMPLE_BYTES], len(data)
        if ours(*head):
            heads.append(head)
    if not heads:
        raise SystemExit(
            f"benchmarks.reading needs the corpus, and {CORPUS} has no files."
        )
    times = compare(heads)
    print(f"{len(heads)} heads with EXIF, each read {RUNS} times; CPU time per head")
    for name, milliseconds in times.items():
        print(f"{name:10}{milliseconds:8.3f} ms")
    print(f"ours / exifread {times['ours'] / times['exifread']:.2f} (goal {GOAL})")
    share = origins(heads) / times["exifread"]
    print(f"device, location, taken / exifread {share:.3f} (goal {ORIGIN_GOAL})")
    print(f"ours / Pillow   {times['ours'] / times['Pillow']:.2f}")

    jpegs = [head for head in heads if head[0].startswith(b"\xff\xd8")]
    cameras = [head for head in jpegs if ours(*head) >= CAMERA_TAGS]
    ratio = median_of_ratios(cameras)
    print(f"ours / exifread {ratio:.2f}, median of {len(cameras)} camera JPEGs")

    cases = [path for path in CASES.rglob("*") if path.is_file()]
    print(f"\nThe slowest of {len(files()) + len(cases)} files, read until complete")
    for milliseconds, path in slowest([*files(), *cases]):
        print(f"{milliseconds:8.1f} ms  {path.relative_to(CORPUS.parent)}")


if __name__ == "__main__":
    main()
