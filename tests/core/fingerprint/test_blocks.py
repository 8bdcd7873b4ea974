from __future__ import annotations

import random
import zlib
from hashlib import sha256
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fpcrawler.core.anatomy import Extent, Picture
from fpcrawler.core.file.sparse import UNKNOWN_SIZE, SparseFile
from fpcrawler.core.fingerprint.blocks import (
    BLOCK_BYTES,
    block_offsets,
    blocks_of,
    end_at,
)
from fpcrawler.core.fingerprint.picture import CODED_BYTES, END_BYTES

DATA = random.Random(1).randbytes(40_000)
OPENING, END = 4_096, 1_024


def picture(*extents: tuple[int, int]) -> Picture:
    return Picture(extents=tuple(Extent(*extent) for extent in extents))


def received(*spans: tuple[int, int], data: bytes = DATA) -> SparseFile:
    file = SparseFile(len(data))
    for first, end in spans:
        file.add(first, data[first:end])
    return file


def hex_of(data: bytes) -> str:
    return sha256(data).hexdigest()


@pytest.mark.parametrize("length", [-1, 0, 1, 4_096, 5_119, 5_120, UNKNOWN_SIZE])
def test_what_head_and_end_cover_or_has_no_length_has_no_blocks(length: int) -> None:
    assert block_offsets(length, 4) == ()


@pytest.mark.parametrize("count", [-1, 0])
def test_no_blocks_are_wanted(count: int) -> None:
    assert block_offsets(1_000_000, count) == ()


@pytest.mark.parametrize(
    ("length", "offsets"),
    [
        (5_121, (4_096,)),
        (6_144, (4_096,)),
        (6_145, (4_096, 5_120)),
        (7_168, (4_096, 5_120)),
        (8_192, (4_096, 5_120, 6_144)),
    ],
)
def test_the_blocks_of_a_short_picture_follow_each_other(
    length: int, offsets: tuple[int, ...]
) -> None:
    assert block_offsets(length, 4) == offsets


@given(
    length=st.integers(1, 3_000_000) | st.integers(5_000, 20_000),
    count=st.integers(1, 70),
    start=st.integers(0, 12_000),
)
def test_blocks_lie_apart_between_head_and_end(
    length: int, count: int, start: int
) -> None:
    offsets = block_offsets(length, count, start)

    assert len(offsets) <= count
    assert END + BLOCK_BYTES * len(offsets) <= length / 2 or not offsets
    assert all(b - a >= BLOCK_BYTES for a, b in pairwise(offsets))
    assert all(start <= at < length - END for at in offsets)
    assert all(at + BLOCK_BYTES <= length for at in offsets)


@given(st.integers(10_240, 100_000_000))
def test_the_blocks_are_spread_and_the_last_one_is_near_the_end(length: int) -> None:
    offsets = block_offsets(length, 4)
    gap = length - OPENING - END
    ends = [OPENING, *(at + BLOCK_BYTES for at in offsets)]

    assert len(offsets) == min(4, (length // 2 - END) // BLOCK_BYTES)
    assert length - END - ends[-1] <= gap / len(offsets) / 4 + len(offsets)
    assert all(
        at - end <= 0.63 * gap + 1 for at, end in zip(offsets, ends, strict=False)
    )


@pytest.mark.parametrize("length", [20_000, 60_000, 700_000, 5_000_000])
def test_bytes_after_the_end_rarely_change_the_offsets(length: int) -> None:
    offsets = block_offsets(length, 4)
    changed = sum(
        block_offsets(length + more, 4) != offsets for more in range(0, 100, 10)
    )

    assert changed <= 5


@pytest.mark.parametrize("first", [0, 7, 10_241])
@pytest.mark.parametrize(
    "lengths", [(30_000,), (1, 4_095, 9_999, 15_905), (10_000,) * 3]
)
def test_blocks_are_hashed_in_the_order_of_the_coded_data(
    first: int, lengths: tuple[int, ...]
) -> None:
    # The pieces lie in the file in the opposite order, a byte apart.
    extents: list[tuple[int, int]] = []
    at = 0
    for length in reversed(lengths):
        extents.insert(0, (at, length))
        at += length + 1
    coded = b"".join(DATA[at : at + length] for at, length in extents)
    offsets = (first, 12_000, 12_500, 28_976)

    reading = blocks_of(received((0, 40_000)), picture(*extents), offsets)

    blocks = [coded[at : at + 1_024] for at in offsets]
    assert reading.sha256 == dict(zip(offsets, map(hex_of, blocks), strict=True))
    assert reading.deflated == len(zlib.compress(b"".join(blocks)))
    assert not reading.needs


def test_missing_bytes_of_a_block_are_named_and_the_others_hashed() -> None:
    coded = picture((100, 5_000), (20_000, 5_000))
    file = received((0, 2_000), (4_500, 20_100))

    reading = blocks_of(file, coded, (0, 1_500, 4_700))

    assert reading.sha256 == {0: hex_of(DATA[100:1_124])}
    assert reading.needs == (Extent(2_000, 624), Extent(20_100, 624))


def test_after_the_missing_bytes_are_added_nothing_is_needed() -> None:
    coded, file = picture((500, 30_000)), received((0, 10_241))
    offsets = block_offsets(30_000, 4)

    for need in blocks_of(file, coded, offsets).needs:
        file.add(need.first, DATA[need.first : need.end])
    reading = blocks_of(file, coded, offsets)

    assert not reading.needs
    assert tuple(reading.sha256) == offsets


@pytest.mark.parametrize("offset", [-1, -1_024, 8_977, 10_000, 2**80])
def test_blocks_outside_of_the_coded_data_are_left_out(offset: int) -> None:
    reading = blocks_of(received((0, 40_000)), picture((0, 10_000)), (offset,))

    assert not reading.sha256
    assert not reading.needs
    assert reading.deflated == 0


def test_thin_blocks_deflate_to_little() -> None:
    data = bytes(40_000)
    reading = blocks_of(
        received((0, 40_000), data=data), picture((0, 40_000)), (5_000, 9_000)
    )

    assert reading.deflated < 30


@pytest.mark.parametrize("length", [1, 2, 1_023, 1_024, 1_025, 9_000])
def test_the_end_is_hashed_before_any_length(length: int) -> None:
    coded = DATA[50:5_050] + DATA[6_000:10_000]

    reading = end_at(
        received((0, 40_000)), picture((50, 5_000), (6_000, 4_000)), length, "jpeg"
    )

    assert reading.sha256 == hex_of(coded[:length][-1_024:])
    assert not reading.needs


@pytest.mark.parametrize(
    ("last", "is_last"),
    [(b"\xff\xd9", True), (b"\xff\xd8", False), (b"\xd9\xff", False)],
)
def test_an_eoi_is_seen_only_at_the_end(last: bytes, *, is_last: bool) -> None:
    data = DATA[:5_000] + last + DATA[:200]

    reading = end_at(
        received((0, 9_000), data=data),
        picture((0, len(data))),
        5_000 + len(last),
        "jpeg",
    )

    assert reading.is_last is is_last


def test_an_eoi_may_lie_in_two_pieces_of_the_file() -> None:
    data = DATA[:5_000] + b"\xff" + DATA[:100] + b"\xd9"
    coded = picture((0, 5_001), (5_101, 1))

    assert end_at(received((0, 9_000), data=data), coded, 5_002, "jpeg").is_last


def test_the_missing_bytes_of_an_end_are_named() -> None:
    file = received((0, 10_241))

    reading = end_at(file, picture((0, 11_000)), 11_000, "jpeg")

    assert reading.sha256 is None
    assert not reading.is_last
    assert reading.needs == (Extent(10_241, 759),)


@pytest.mark.parametrize("length", [-5, 0, 10_001, 2**80])
def test_no_end_lies_outside_of_the_coded_data(length: int) -> None:
    reading = end_at(received((0, 40_000)), picture((0, 10_000)), length, "gif")

    assert reading.sha256 is None
    assert not reading.needs


def test_the_lengths_are_those_of_the_other_fingerprints() -> None:
    assert (CODED_BYTES, END_BYTES) == (OPENING, END)
