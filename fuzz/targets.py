"""What is fuzzed, and from which inputs: a line in ``TARGETS`` each."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from fpcrawler.core.anatomy import METADATA
from fpcrawler.core.file.sparse import SparseFile
from fpcrawler.core.fingerprint.head import SAMPLE_BYTES
from fpcrawler.core.fingerprint.picture import read_picture
from fpcrawler.core.metadata.origin import read_origin
from fpcrawler.core.metadata.reader import locate, read_metadata
from fuzz import seeds

_ROUNDS = 8
"""A crawl allows at most as many requests for an image."""


@dataclass(frozen=True, slots=True)
class Target:
    """A reader, and the inputs that are mutated for it."""

    read: Callable[[bytes], object]
    seeds: Callable[[], Iterable[bytes]]


def read_image(data: bytes) -> None:
    """Read a file as a crawl does: its sample, then what is needed next.

    Few inputs are longer than a sample. A third of an input is a second, smaller
    sample, so that each input has bytes to fetch.
    """
    _read_from(SAMPLE_BYTES, data)
    _read_from(len(data) // 3, data)


def _read_from(sample: int, data: bytes) -> None:
    file = SparseFile(len(data))
    file.add(0, data[:sample])
    for _ in range(_ROUNDS):
        anatomy = locate(file, has_picture=True)
        metadata = read_metadata(file, anatomy, METADATA)
        read_origin(metadata)
        picture = read_picture(file, anatomy)
        needs = [*metadata.needs, *picture.needs, *picture.block_needs]
        if not needs:
            return
        for need in needs:
            file.add(need.first, data[need.first : need.end])


TARGETS = {
    "bmff": Target(read_image, seeds.bmff),
    "jpeg": Target(read_image, seeds.jpeg),
    "makers": Target(read_image, seeds.makers),
    "png": Target(read_image, seeds.png),
    "tiff": Target(read_image, seeds.tiff),
    "webp": Target(read_image, seeds.webp),
}
"""Name on the command line to what is fuzzed."""
