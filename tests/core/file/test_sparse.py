from __future__ import annotations

import os
from io import BytesIO
from timeit import repeat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fpcrawler.core.file.sparse import MissingBytes, SparseFile

WHOLE = bytes(range(256)) * 2
SPAN = st.tuples(st.integers(0, 520), st.integers(0, 200))
STEP = st.one_of(
    st.tuples(st.just("read"), st.integers(-1, 600), st.just(0)),
    st.tuples(st.just("seek"), st.integers(-40, 600), st.sampled_from([0, 1, 2])),
)


def sparse(*spans: tuple[int, int]) -> SparseFile:
    file = SparseFile(len(WHOLE))
    for first, length in spans:
        file.add(first, WHOLE[first : first + length])
    return file


def is_received(spans: list[tuple[int, int]]) -> list[bool]:
    received = [False] * len(WHOLE)
    for first, length in spans:
        for at in range(first, min(first + length, len(WHOLE))):
            received[at] = True
    return received


@given(st.lists(SPAN, max_size=8))
def test_spans_merge_and_are_counted(spans: list[tuple[int, int]]) -> None:
    file = sparse(*spans)
    received = is_received(spans)

    assert file.held == sum(received) == sum(end - first for first, end in file.spans)
    assert [at for first, end in file.spans for at in range(first, end)] == [
        at for at, held in enumerate(received) if held
    ]
    pairs = zip(file.spans, file.spans[1:], strict=False)
    assert all(end < first for (_, end), (first, _) in pairs)


@given(st.lists(SPAN, max_size=8), st.integers(0, 600), st.integers(0, 600))
def test_a_read_gives_the_bytes_of_the_file_or_names_the_first_hole(
    spans: list[tuple[int, int]], first: int, length: int
) -> None:
    file = sparse(*spans)
    missing = [
        at
        for at, held in enumerate(is_received(spans))
        if not held and first <= at < first + length
    ]
    assert file.has(first, length) is not bool(missing)
    assert missing == [
        at
        for hole, end in file.holes(first, length)
        for at in range(hole, min(end, first + length))
    ]
    file.seek(first)
    if not missing:
        assert file.at(first, length) == WHOLE[first : first + length]
        assert file.read(length) == WHOLE[first : first + length]
        assert file.missing is None
        return

    with pytest.raises(MissingBytes) as caught:
        file.read(length)
    assert caught.value.first == missing[0]
    assert caught.value.length == min(first + length, len(WHOLE)) - missing[0]
    assert file.missing is caught.value
    assert file.tell() == first


@given(st.lists(SPAN, max_size=6), st.lists(STEP, max_size=30))
def test_it_seeks_and_reads_like_a_file(
    spans: list[tuple[int, int]], steps: list[tuple[str, int, int]]
) -> None:
    file, model = sparse(*spans, (0, 300), (300, 300)), BytesIO(WHOLE)

    for name, number, whence in steps:
        if name == "seek" and number < 0 and whence == os.SEEK_SET:
            with pytest.raises(ValueError, match="negative seek"):
                file.seek(number, whence)
        elif name == "seek":
            assert file.seek(number, whence) == model.seek(number, whence)
        else:
            assert file.read(number) == model.read(number)
        assert file.tell() == model.tell()


def test_only_the_first_missing_range_is_kept_until_it_is_reset() -> None:
    file = sparse((0, 10))

    for first in (100, 200):
        file.seek(first)
        with pytest.raises(MissingBytes):
            file.read(4)
    assert file.missing is not None
    assert (file.missing.first, file.missing.length) == (100, 4)
    assert str(file.missing) == "4 bytes from offset 100 are missing"

    file.missing = None
    with pytest.raises(MissingBytes):
        file.at(300, 4)
    assert file.missing is None
    with pytest.raises(MissingBytes):
        file.read(4)
    assert (file.missing and file.missing.first) == 200


def test_bytes_that_were_added_first_stay() -> None:
    file = SparseFile(10)
    file.add(2, b"aaa")
    file.add(0, b"bbbbbbbbbbbbbbb")

    assert file.at(0, 99) == b"bbaaabbbbb"


def test_a_span_added_after_a_read_is_seen() -> None:
    file = sparse((0, 10))
    assert file.read(8) == WHOLE[:8]
    file.add(10, WHOLE[10:20])

    assert file.read(12) == WHOLE[8:20]


def test_an_empty_file_reads_as_one() -> None:
    file = SparseFile(0)
    file.add(0, b"abc")

    assert (file.read(), file.spans, file.held, file.missing) == (b"", [], 0, None)


def test_a_span_before_the_start_is_refused() -> None:
    with pytest.raises(ValueError, match="-1 is before the start"):
        SparseFile(4).add(-1, b"ab")


def test_it_is_a_readable_and_seekable_file() -> None:
    file = sparse((0, 600))

    assert (file.readable(), file.seekable(), file.writable()) == (True, True, False)
    assert file.readline() == WHOLE[:11]
    with pytest.raises(ValueError, match="whence"):
        file.seek(0, 7)


def test_small_reads_are_not_much_slower_than_those_of_a_plain_file() -> None:
    def times(file: BytesIO | SparseFile) -> float:
        def walk() -> None:
            for at in range(0, 400, 4):
                file.seek(at)
                file.read(4)

        return min(repeat(walk, number=20, repeat=20))

    ratio = times(sparse((0, 512))) / times(BytesIO(WHOLE))
    print(f"\nseek and read: {ratio:.2f} times io.BytesIO")
    assert ratio < 25  # about 4 on an idle machine; 1.3 within exifread
