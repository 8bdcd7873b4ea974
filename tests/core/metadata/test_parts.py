"""The decoded bytes of compressed parts, and what is said of broken ones."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import TYPE_CHECKING

import brotli
import pytest

from fpcrawler.core.anatomy import Extent, Part, Payload
from fpcrawler.core.anatomy.payload import MAX_DECOMPRESSED
from fpcrawler.core.file.sparse import SparseFile
from fpcrawler.core.metadata.parts import Payloads
from fpcrawler.core.metadata.reader import ALL_KINDS
from tests.containers import box, brob, chunk, jxl, png
from tests.core.readings import metadata_of
from tests.tiffs import ASCII, tiff

if TYPE_CHECKING:
    from fpcrawler.core.anatomy.structure import Encoding

BLOCK = tiff((0x010F, ASCII, b"Acme\0"), (0x0131, ASCII, b"software one\0"))
DIGITS = BLOCK.hex().encode()
PROFILE = b"\nexif\n%8d\n" % len(BLOCK) + DIGITS
XMP = (
    b"<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf="
    b"'http://www.w3.org/1999/02/22-rdf-syntax-ns#'><rdf:Description xmlns:dc="
    b"'http://purl.org/dc/elements/1.1/' dc:creator='Ann'/></rdf:RDF></x:xmpmeta>"
)


def here(data: bytes) -> SparseFile:
    file = SparseFile(len(data))
    file.add(0, data)
    return file


def profile(text: bytes, *, lost: int = 0) -> bytes:
    """Return a PNG with a raw profile, its last compressed bytes ``lost``."""
    compressed = zlib.compress(text)
    compressed = compressed[: len(compressed) - lost]
    return png(chunk(b"zTXt", b"Raw profile type exif\0\0" + compressed))


BROKEN = {
    "cut deflate data": profile(PROFILE, lost=40),
    "a lost checksum": profile(PROFILE, lost=4),
    "junk among the digits": profile(PROFILE[:90] + b"zz!!" + PROFILE[90:]),
    "junk after the digits": profile(PROFILE + b"zz"),
    "a count too large": profile(b"\nexif\n%8d\n" % 999 + DIGITS),
    "a count too small": profile(b"\nexif\n%8d\n" % 9 + DIGITS),
    "an odd digit": profile(PROFILE + b"4"),
    "cut brotli data": jxl(box(b"brob", b"Exif" + brotli.compress(BLOCK)[:-9])),
}


@pytest.mark.parametrize("data", BROKEN.values(), ids=BROKEN)
def test_a_broken_block_is_damaged(data: bytes) -> None:
    assert metadata_of(here(data)).status["exif"] == "damaged"


@pytest.mark.parametrize(
    "data", [profile(PROFILE + b"\n"), jxl(brob(b"Exif", b"\0\0\0\0" + BLOCK))]
)
def test_a_block_that_is_not_broken_is_complete(data: bytes) -> None:
    metadata = metadata_of(here(data))

    assert metadata.status["exif"] == "complete"
    assert list(metadata.exif) == ["Image Make", "Image Software"]


def test_of_a_broken_block_the_beginning_is_read() -> None:
    metadata = metadata_of(here(BROKEN["junk after the digits"]))

    assert metadata.exif["Image Software"] == "software one"


def test_a_cut_packet_of_xmp_is_damaged() -> None:
    cut = box(b"brob", b"xml " + brotli.compress(XMP)[:-9])

    assert metadata_of(here(jxl(cut)), ALL_KINDS).status["xmp"] == "damaged"


@pytest.mark.parametrize(
    ("encoding", "compress"), [("deflate", zlib.compress), ("brotli", brotli.compress)]
)
def test_all_parts_are_decompressed_up_to_one_limit(
    encoding: Encoding, compress: Callable[[bytes], bytes]
) -> None:
    stream = compress(bytes(MAX_DECOMPRESSED * 2 // 3))
    file = here(stream * 4)
    payloads = Payloads(file)
    parts = [
        Part("xmp", (Extent(number * len(stream), len(stream)),), (encoding,))
        for number in range(4)
    ]

    found = [payloads.of(part) for part in parts]

    lengths = [len(payload.data) for payload in found if payload]
    assert sum(lengths) < 1.2 * MAX_DECOMPRESSED
    assert [payload.is_cut for payload in found if payload] == [False, True, True, True]
    assert lengths[2:] == [0, 0]


def test_a_part_is_decoded_once() -> None:
    stream = zlib.compress(bytes(9_000))
    payloads = Payloads(here(stream))
    part = Part("xmp", (Extent(0, len(stream)),), ("deflate",))

    assert payloads.of(part) is payloads.of(part)
    assert payloads.of(part) == Payload(bytes(9_000))


def test_a_bomb_of_a_profile_is_incomplete() -> None:
    data = profile(PROFILE.replace(b"\n4949", b"\n4949" + b" " * 4_000_000))

    assert metadata_of(here(data)).status["exif"] == "incomplete"
