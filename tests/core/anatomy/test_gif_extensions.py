"""The extensions of a GIF, before its picture and after it."""

from __future__ import annotations

import struct

import pytest

from fpcrawler.core.anatomy import read_anatomy
from fpcrawler.core.anatomy.gif_extensions import KINDS
from fpcrawler.core.file.sparse import SparseFile
from fpcrawler.core.metadata.reader import EXIF_ONLY
from tests.core.anatomy.test_anatomy import NOISE, XMP, box, fed, gif, whole
from tests.core.anatomy.test_places import found, located

TRAILER = b"\x3b"
MAGIC = bytes([1, *range(255, -1, -1), 0])
LOOP = b"\x21\xff\x0bNETSCAPE2.0\3\1\0\0\0"
CONTROL = b"\x21\xf9\4\0\0\0\0\0"


def sub_blocks(data: bytes, length: int = 255) -> bytes:
    pieces = (data[at : at + length] for at in range(0, len(data), length))
    return b"".join(bytes([len(piece)]) + piece for piece in pieces) + b"\0"


def comment(text: bytes, length: int = 255) -> bytes:
    return b"\x21\xfe" + sub_blocks(text, length)


def xmp(packet: bytes = XMP) -> bytes:
    return b"\x21\xff\x0bXMP DataXMP" + packet + MAGIC


def manifests(store: bytes, length: int = 255) -> bytes:
    return b"\x21\xff\x0bC2PA_GIF\1\0\0" + sub_blocks(store, length)


STOP = b"\1\1"
"""The code that ends coded data of a code size of 8 (appendix F), and zeros."""


def built(before: bytes = b"", after: bytes = b"", *, coded: int = 30_130) -> bytes:
    screen, _, rest = gif().partition(b"\x2c")
    image = b"\x2c" + rest[:10] + sub_blocks(NOISE[: coded - 2] + STOP)
    return screen + before + image + after + TRAILER


TEXT = b"a comment \0 of two lines\n" * 40
STORE = box(b"jumb", NOISE[:700])
EXTENSIONS = {
    "a comment": (comment(TEXT), [("texts", "comment", TEXT)]),
    "a comment of short sub-blocks": (
        comment(TEXT, 7),
        [("texts", "comment", TEXT)],
    ),
    "two comments": (
        comment(b"one") + comment(b"two"),
        [("texts", "comment", b"one"), ("texts", "comment", b"two")],
    ),
    "an empty comment": (comment(b""), []),
    "XMP": (xmp(), [("xmp", "", XMP)]),
    "XMP in sub-blocks": (
        b"\x21\xff\x0bXMP DataXMP" + sub_blocks(XMP * 20),
        [("xmp", "", XMP * 20)],
    ),
    "a store": (manifests(STORE), [("provenance", "", STORE)]),
    "a store in short sub-blocks": (
        manifests(STORE, 100),
        [("provenance", "", STORE)],
    ),
    "everything": (
        comment(b"one") + CONTROL + xmp() + manifests(STORE),
        [("texts", "comment", b"one"), ("xmp", "", XMP), ("provenance", "", STORE)],
    ),
}


@pytest.mark.parametrize("name", EXTENSIONS)
@pytest.mark.parametrize("is_after", [False, True])
def test_extensions_are_found(name: str, *, is_after: bool) -> None:
    extension, expected = EXTENSIONS[name]
    data = built(after=extension) if is_after else built(extension)
    anatomy, requests = located(data)

    parts = [
        (kind, *part)
        for kind in dict.fromkeys(kind for kind, *_ in expected)
        for part in found(data, anatomy, kind)
    ]
    assert parts == expected
    assert len(anatomy.metadata) == len(expected)
    assert not anatomy.left_out
    assert anatomy.error is None
    assert requests == 1


def test_long_xmp_after_the_picture_is_found_by_its_trailing_bytes() -> None:
    packet = b"<x/>" * 5_000
    data = built(after=xmp(packet))
    anatomy, requests = located(data)

    assert found(data, anatomy, "xmp") == [("", packet)]
    assert requests == 2


@pytest.mark.parametrize("letter", ["a", "\u3042"])
def test_a_long_comment_after_the_picture_is_found(letter: str) -> None:
    text = letter.encode() * 10_000
    data = built(after=comment(text))

    anatomy, requests = located(data)

    assert found(data, anatomy, "texts") == [("comment", text)]
    assert requests == 2


def test_a_comment_that_is_too_long_to_be_found_is_not_complete() -> None:
    data = built(after=comment(b"a long story " * 9_000))

    assert located(data)[0].left_out == KINDS


@pytest.mark.parametrize("last", [255, 250, 5])
def test_of_two_comments_after_the_picture_the_longer_is_found_too(last: int) -> None:
    long = b"L" * (250 * 20 + last)
    data = built(after=comment(long, 250) + comment(b"S" * 3_000))

    anatomy, requests = located(data)

    assert found(data, anatomy, "texts") == [
        ("comment", long),
        ("comment", b"S" * 3_000),
    ]
    assert not anatomy.left_out
    assert requests == 2


def image(coded: int, *, size: tuple[int, int] = (640, 480)) -> bytes:
    descriptor = b"\x2c" + struct.pack("<HHHHB", 0, 0, *size, 0) + b"\x08"
    return descriptor + sub_blocks(NOISE[:coded])


BETWEEN = comment(b"between")


def test_a_comment_between_images_that_are_here_is_found() -> None:
    data = built(BETWEEN + CONTROL, after=BETWEEN + image(900) + comment(b"last"))
    anatomy = read_anatomy(whole(data))

    texts = [text for _, text in found(data, anatomy, "texts")]
    assert texts == [b"between", b"between", b"last"]
    assert not anatomy.left_out


@pytest.mark.parametrize(
    "data",
    [
        built(coded=2_000, after=BETWEEN + image(90_000)),  # ends in the sample
        built(coded=2_000, after=CONTROL + image(90_000)),
        built(after=BETWEEN + image(900)),  # begins in the tail
        built(CONTROL.replace(b"\4\0\0", b"\4\0\x0a"), image(900)),  # a delay
        built(CONTROL.replace(b"\4\0", b"\4\x08"), image(900)),  # is disposed of
        built(CONTROL.replace(b"\4\0", b"\4\x02"), image(900)),  # waits
    ],
)
def test_a_gif_of_several_images_that_are_not_here_is_not_complete(data: bytes) -> None:
    assert located(data)[0].left_out == KINDS


@pytest.mark.parametrize(("side", "is_complete"), [(200, True), (140, False)])
def test_more_bytes_than_an_image_can_have_are_those_of_others(
    side: int, *, is_complete: bool
) -> None:
    screen = gif().partition(b"\x2c")[0]
    data = screen + image(35_000, size=(side, side)) + TRAILER

    assert (not located(data)[0].left_out) == is_complete


@pytest.mark.parametrize("length", [255, 200])
def test_a_long_store_before_the_picture_is_jumped_over(length: int) -> None:
    store = box(b"jumb", NOISE[:200_000])
    data = built(manifests(store, length))
    anatomy, requests = located(data)

    assert found(data, anatomy, "provenance") == [("", store)]
    assert anatomy.picture == read_anatomy(whole(data)).picture
    assert (requests <= 2) == (length == 255)


@pytest.mark.parametrize(
    "data",
    [
        built(after=comment(b"one"))[:-40],  # truncated
        built(after=comment(b"one")) + b"something else",
        built(LOOP, after=comment(b"one")),
    ],
)
def test_a_gif_whose_end_says_not_everything_is_not_complete(data: bytes) -> None:
    assert located(data)[0].left_out == KINDS


def test_what_looks_like_an_extension_in_coded_data_is_not_one() -> None:
    fake = b"\0" + comment(b"fake") + xmp()
    data = built(coded=0)[:-2] + sub_blocks(NOISE[:20_000] + fake + b"more") + TRAILER

    assert not located(data)[0].metadata


def test_nothing_is_requested_for_kinds_that_nobody_wants() -> None:
    data = built(after=xmp())
    file = SparseFile(len(data))
    file.add(0, data[:10_241])
    anatomy = read_anatomy(file, sought=EXIF_ONLY)

    assert not anatomy.needs
    assert anatomy.left_out == KINDS


FULL = b"\xff" * 4
HOSTILE = {
    "a store of four gigabytes": built(manifests(FULL + b"jumb" + NOISE[:9_000])),
    "a store without bytes": built(manifests(b"")),
    "a store of a length that leads nowhere": built(
        manifests(struct.pack(">I", 50_000) + b"jumb" + NOISE[:20_000])
    ),
    "a tail of empty comments": built(after=comment(b"") * 30_000),
    "a tail of introducers": built(after=b"\0\x21\xfe" * 30_000 + MAGIC),
    "a tail of long chains": built(after=b"\0\x21\xfe" + b"\1\0\x21\xfe" * 16_000),
    "a tail of trailing bytes": built(after=MAGIC * 200),
    "a comment of half a megabyte": built(
        comment(NOISE[:249], 1)[:-1] + sub_blocks(NOISE[:249], 1)[:-1] * 2_000 + b"\0"
    ),
    "an identifier alone": built(b"\x21\xff\x0bXMP DataXMP\0"),
    "only a trailer": b"GIF89a" + bytes(7) + TRAILER,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_extensions_are_read_in_bounded_steps(name: str) -> None:
    data = HOSTILE[name]
    anatomy, requests = located(data)
    _, requested, _ = fed(data)

    assert requests <= 30
    assert not requested.needs
    assert sum(part.length for part in anatomy.metadata) <= 2 * len(data)
