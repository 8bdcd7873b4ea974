from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fpcrawler.core.file.sparse import MissingBytes, SparseFile

WHOLE = bytes(range(256)) * 2
SPAN = st.tuples(st.integers(0, 520), st.integers(0, 200))


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
    if not missing:
        assert file.at(first, length) == WHOLE[first : first + length]
        return

    with pytest.raises(MissingBytes) as caught:
        file.at(first, length)
    assert caught.value.first == missing[0]
    assert caught.value.length == min(first + length, len(WHOLE)) - missing[0]


def test_a_missing_range_is_named() -> None:
    with pytest.raises(MissingBytes, match="4 bytes from offset 100 are missing"):
        sparse((0, 10)).at(100, 4)


def test_bytes_that_were_added_first_stay() -> None:
    file = SparseFile(10)
    file.add(2, b"aaa")
    file.add(0, b"bbbbbbbbbbbbbbb")

    assert file.at(0, 99) == b"bbaaabbbbb"


def test_a_span_added_after_a_read_is_seen() -> None:
    file = sparse((0, 10))
    assert file.at(0, 8) == WHOLE[:8]
    file.add(10, WHOLE[10:20])

    assert file.at(8, 12) == WHOLE[8:20]


def test_an_empty_file_reads_as_one() -> None:
    file = SparseFile(0)
    file.add(0, b"abc")

    assert (file.at(0, 9), file.spans, file.held) == (b"", [], 0)


def test_a_span_before_the_start_is_refused() -> None:
    with pytest.raises(ValueError, match="-1 is before the start"):
        SparseFile(4).add(-1, b"ab")
