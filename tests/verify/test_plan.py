"""Where a picture is looked at again, and what that shows."""

from __future__ import annotations

from functools import cache

import pytest

from fpcrawler.core.file.sparse import SparseFile
from fpcrawler.core.fingerprint.head import SAMPLE_BYTES
from fpcrawler.verify.goal import Places
from fpcrawler.verify.plan import MAX_RANGES, Proof, located, planned, seen
from tests.core.anatomy.test_gif_end import TRAILER, XMP, comment
from tests.core.fingerprint.test_picture import image, saved

BINARY = comment(*[bytes(range(128, 255))] * 30)
"""It looks like coded data."""


@cache
def animation(frames: int) -> bytes:
    """Return an animated GIF without its trailer; a longer one begins alike."""
    more = [image(300, 200).rotate(17 * k) for k in range(1, frames)]
    data = saved("GIF", image(), save_all=True, append_images=more, duration=100)
    return data[:-1]


def looked(data: bytes, *lengths: int) -> tuple[Proof, int]:
    """Return what a second look has shown, and how many bytes were fetched for it."""
    file = SparseFile(len(data))
    file.add(0, data[:SAMPLE_BYTES])
    while needs := located(file, "gif").picture_needs or located(file, "gif").needs:
        for extent in needs:
            file.add(extent.first, data[extent.first : extent.end])
    anatomy = located(file, "gif")
    assert anatomy.picture is not None
    places = Places(lengths=lengths, shortest=min(lengths), blocks=4)
    look = planned(file, anatomy.picture, places, "gif")
    assert len(look.needs) <= MAX_RANGES
    for extent in look.needs:
        file.add(extent.first, data[extent.first : extent.end])
    again = located(file, "gif")
    assert again.picture is not None
    return seen(file, again, again.picture, look), sum(e.length for e in look.needs)


def coded(data: bytes) -> int:
    """Return the length of the coded data, if nothing else follows."""
    picture = located(whole(data + TRAILER), "gif").picture
    assert picture is not None
    assert not picture.is_upper_bound
    return picture.length


def whole(data: bytes) -> SparseFile:
    file = SparseFile(len(data))
    file.add(0, data)
    return file


@pytest.mark.parametrize("after", [b"", XMP, BINARY], ids=["nothing", "XMP", "binary"])
def test_an_animation_ends_at_the_length_of_its_copy(after: bytes) -> None:
    data, length = animation(6), coded(animation(6))
    plain, _ = looked(data + TRAILER, length)
    found, _ = looked(data + after + TRAILER, length + len(after), length)

    assert found == plain
    assert found.length == length
    assert len(found.blocks) == 4
    assert not found.evidence.is_upper_bound


def test_a_longer_animation_does_not_end_where_a_shorter_one_does() -> None:
    short, long = animation(6), animation(8)
    found, _ = looked(long + TRAILER, coded(long), coded(short))

    assert long.startswith(short)
    assert found.length == coded(long)
    assert not found.evidence.is_upper_bound


def test_no_more_than_half_of_the_picture_is_fetched() -> None:
    data = animation(6)
    _, fetched = looked(data + TRAILER, *(coded(data) - 3_000 * n for n in range(3)))

    assert 0 < fetched <= coded(data) // 2
