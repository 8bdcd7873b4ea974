"""What is fuzzed, and from which inputs: a line in ``TARGETS`` each."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from fpcrawler.core.anatomy.block import Block
from fpcrawler.core.file.extents import Extent
from fpcrawler.core.file.sparse import SparseFile
from fpcrawler.core.fingerprint.head import SAMPLE_BYTES
from fpcrawler.core.fingerprint.picture import read_picture
from fpcrawler.core.metadata import iptc, texts, xmp
from fpcrawler.core.metadata.manifests import read_store
from fpcrawler.core.metadata.origin import read_origin
from fpcrawler.core.metadata.reader import ALL_KINDS, locate, read_metadata
from fpcrawler.core.metadata.texts import RawText, TextKind
from fuzz import block_seeds, seeds, table_targets, web_seeds, web_targets

_ROUNDS = 8
"""A crawl allows at most as many requests for an image."""

_STORE_SAMPLE = 100
_STORE_ROUNDS = 40
_TEXT_KINDS: dict[bytes, TextKind] = {b"t": "tEXt", b"z": "zTXt", b"i": "iTXt"}


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
        metadata = read_metadata(file, anatomy, ALL_KINDS)
        read_origin(metadata)
        picture = read_picture(file, anatomy)
        needs = [*metadata.needs, *picture.needs]
        if not needs:
            return
        for need in needs:
            file.add(need.first, data[need.first : need.end])


def read_xmp(data: bytes) -> None:
    """Read one packet, or several: the second as an extension of the first."""
    first, separator, second = data.partition(block_seeds.SEPARATOR)
    xmp.united([xmp.read_xmp(first, second if separator else None), xmp.read_xmp(data)])


def read_iptc(data: bytes) -> None:
    """Read a block, and its halves as two blocks of one image."""
    half = len(data) // 2
    iptc.united(map(iptc.read_iim, (data, data[:half], data[half:])))


def read_texts(data: bytes) -> None:
    """Read the texts of one image; the first letter of each is its kind."""
    texts.read_texts(
        RawText(_TEXT_KINDS.get(block[:1], "comment"), block[1:])
        for block in data.split(block_seeds.SEPARATOR)
    )


def read_jumbf(data: bytes) -> None:
    """Read a manifest store as a crawl does; raises RuntimeError if it never ends."""
    data = data.replace(block_seeds.GAP, block_seeds.LONG_GAP, 2)
    file = SparseFile(len(data))
    file.add(0, data[:_STORE_SAMPLE])
    block = Block(file, [Extent(0, len(data))])
    for _ in range(_STORE_ROUNDS):
        needs = read_store(block).needs
        if not needs:
            return
        for need in needs:
            file.add(need.first, data[need.first : need.end])
    raise RuntimeError(f"{len(data)} bytes need more than {_STORE_ROUNDS} rounds")


TARGETS = {
    "bmff": Target(read_image, seeds.bmff),
    "css": Target(web_targets.read_css, web_seeds.css),
    "decoding": Target(web_targets.read_encoded, web_seeds.encoded),
    "digests": Target(web_targets.read_digests, web_seeds.digests),
    "feeds": Target(table_targets.read_feed, web_seeds.feeds),
    "gif": Target(read_image, seeds.gif),
    "hashlists": Target(table_targets.read_hash_list, web_seeds.hash_lists),
    "iptc": Target(read_iptc, block_seeds.iptc),
    "jpeg": Target(read_image, seeds.jpeg),
    "jumbf": Target(read_jumbf, block_seeds.jumbf),
    "links": Target(web_targets.read_links, web_seeds.links),
    "lists": Target(web_targets.read_list, web_seeds.lists),
    "makers": Target(read_image, seeds.makers),
    "png": Target(read_image, seeds.png),
    "sampling": Target(web_targets.read_sampling, web_seeds.sampling),
    "sitemaps": Target(web_targets.read_sitemap, web_seeds.sitemaps),
    "srcset": Target(web_targets.read_srcset, web_seeds.srcset),
    "svg": Target(read_image, seeds.svg),
    "tiff": Target(read_image, seeds.tiff),
    "texts": Target(read_texts, block_seeds.texts),
    "urls": Target(web_targets.read_url, web_seeds.urls),
    "webp": Target(read_image, seeds.webp),
    "xmp": Target(read_xmp, block_seeds.xmp),
}
"""Name on the command line to what is fuzzed."""

_NAMES = sorted(TARGETS)


def read_any(data: bytes) -> None:
    """Read an input by the target that its first byte says."""
    if data:
        TARGETS[_NAMES[data[0] % len(_NAMES)]].read(data[1:])


def _all_seeds() -> Iterable[bytes]:
    for number, name in enumerate(_NAMES):
        yield from (bytes([number]) + seed for seed in TARGETS[name].seeds())


ALL = "all"
TARGETS[ALL] = Target(read_any, _all_seeds)
