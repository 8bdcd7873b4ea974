from __future__ import annotations

from functools import partial

import pytest

from fpcrawler.core.anatomy import Picture, gif_end, read_anatomy
from fpcrawler.core.anatomy.gif_extensions import MAGIC
from fpcrawler.core.file.sparse import SparseFile
from tests.core.anatomy.test_anatomy import NOISE
from tests.core.fingerprint.test_picture import FORMATS, image, saved, whole

TRAILER = b"\x3b"
PLAIN = FORMATS["GIF"][:-1]
FRAMES = [image(300, 200).rotate(90 * k) for k in range(1, 4)]
ANIMATED = saved(
    "GIF", image(), save_all=True, append_images=FRAMES, duration=100, loop=0
)[:-1]
RETOUCHED = image()
RETOUCHED.paste(0, (10, 10, 50, 40))
SMALL_LAST = saved("GIF", image(), save_all=True, append_images=[RETOUCHED])


def comment(*texts: bytes) -> bytes:
    blocks = b"".join(bytes([len(text)]) + text for text in texts)
    return b"\x21\xfe" + blocks + b"\0"


XMP = b"\x21\xff\x0bXMP DataXMP" + b"<x:xmpmeta/>" * 20 + MAGIC
CONTROL = b"\x21\xf9\x04\0\0\0\0\0"
AFTER = {
    "nothing": b"",
    "a comment": comment(b"one", b"two"),
    "a comment beyond ASCII": comment(("é" * 100).encode()),
    "XMP": XMP,
    "XMP and a comment": XMP + comment(b"one"),
    "a long comment": comment(*[b"a" * 255] * 40),
    "a control": CONTROL,
}


def picture(data: bytes, *, has_all: bool) -> Picture:
    """Read with the metadata, whose requests fetch the tail."""
    file = whole(data)
    if not has_all:
        file = SparseFile(len(data))
        file.add(0, data[:10_241])
    read = partial(read_anatomy, file, has_picture=True)
    while needs := (anatomy := read()).needs:
        for extent in needs:
            file.add(extent.first, data[extent.first : extent.end])
    assert anatomy.picture is not None
    return anatomy.picture


@pytest.mark.parametrize("has_all", [True, False], ids=["whole", "parts"])
@pytest.mark.parametrize("after", AFTER)
@pytest.mark.parametrize("pictures", [PLAIN, ANIMATED], ids=["one", "several"])
def test_extensions_after_the_last_image_are_not_of_the_picture(
    pictures: bytes, after: str, *, has_all: bool
) -> None:
    data = pictures + AFTER[after] + TRAILER
    found = picture(data, has_all=has_all)

    assert found.extents[-1].end == len(pictures)
    # Of the last of several images, nothing says where its sub-blocks begin.
    is_unseen = not has_all and pictures is ANIMATED and after == "nothing"
    assert found.is_upper_bound is is_unseen


@pytest.mark.parametrize("has_all", [True, False], ids=["whole", "parts"])
def test_the_last_image_can_be_in_the_tail(*, has_all: bool) -> None:
    data = SMALL_LAST[:-1] + comment(b"one") + TRAILER
    found = picture(data, has_all=has_all)

    assert found.extents[-1].end == len(SMALL_LAST) - 1
    assert not found.is_upper_bound


@pytest.mark.parametrize("appended", [b"\n", bytes(500), NOISE[:9_000], PLAIN])
def test_bytes_after_the_trailer_are_not_of_the_picture(appended: bytes) -> None:
    found = picture(PLAIN + TRAILER + appended, has_all=True)

    assert found.extents[-1].end == len(PLAIN)
    assert not found.is_upper_bound


@pytest.mark.parametrize(
    "after",
    [
        NOISE[:9_000],  # no trailer at the end
        b"\0" + TRAILER + NOISE[:1_500_000] + b"\0" + TRAILER,  # too long for an image
        comment(bytes(range(128, 160)) * 3) + TRAILER,  # looks like coded data
        b"\x21\xff\x0cXMP DataXMP?\0" + TRAILER,
    ],
    ids=["noise", "another file", "a comment that is not text", "a wrong length"],
)
def test_where_the_end_is_not_certain_it_is_an_upper_bound(after: bytes) -> None:
    data = PLAIN + after
    found = picture(data, has_all=False)

    assert found.is_upper_bound
    assert found.extents[-1].end == len(data) - data.endswith(TRAILER)


@pytest.mark.parametrize("blocks", [1, 10, 30, 300])
@pytest.mark.parametrize("pictures", [PLAIN, ANIMATED], ids=["one", "several"])
@pytest.mark.parametrize("has_all", [True, False], ids=["whole", "parts"])
def test_a_binary_comment_is_not_taken_for_the_picture(
    blocks: int, pictures: bytes, *, has_all: bool
) -> None:
    pieces = (NOISE[at * 255 : at * 255 + 255] for at in range(blocks))
    data = pictures + comment(*pieces) + TRAILER
    found = picture(data, has_all=has_all)

    assert found.is_upper_bound or found.extents[-1].end == len(pictures)
    assert not (found.is_upper_bound and has_all)


@pytest.mark.parametrize("has_all", [True, False], ids=["whole", "parts"])
def test_without_a_trailer_the_picture_ends_with_the_file_at_the_latest(
    *, has_all: bool
) -> None:
    found = picture(PLAIN, has_all=has_all)

    assert found.is_upper_bound
    assert found.extents[-1].end == len(PLAIN)


FRAME = CONTROL + b"\x2c" + FORMATS["GIF"].partition(b"\x2c")[2]


@pytest.mark.parametrize(
    ("after", "is_end"),
    [
        *((AFTER[name] + TRAILER, name != "a control") for name in AFTER),
        (TRAILER + NOISE[:100], True),
        (FRAME, False),
        (comment(b"one") + FRAME, False),
        (comment(b"one"), False),
        (b"", False),
        (comment(b"one")[:-2], False),
        (comment(*[b"a"] * 20_000) + TRAILER, False),
        (NOISE[:100], False),
    ],
)
def test_coded_data_end_where_only_comments_and_a_trailer_follow(
    after: bytes, *, is_end: bool
) -> None:
    assert gif_end.ends_at(whole(ANIMATED + after), len(ANIMATED)) is is_end


def test_no_image_ends_without_a_terminator_or_what_follows() -> None:
    file = SparseFile(len(ANIMATED) + 20)
    file.add(0, ANIMATED + comment(b"one"))

    assert not gif_end.ends_at(whole(ANIMATED + TRAILER), len(ANIMATED) - 1)
    assert not gif_end.ends_at(file, len(ANIMATED))
    assert not gif_end.ends_at(file, 0)
