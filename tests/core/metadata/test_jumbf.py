from __future__ import annotations

from itertools import count

import pytest

from fpcrawler.core.anatomy.structure import STORE_TAIL, GivenUp, Malformed
from fpcrawler.core.metadata.jumbf import CLAIM, MAX_BOXES, Boxes, Superbox
from tests.core.metadata.boxes import (
    Parts,
    actions,
    box,
    claim,
    store,
    superbox,
    thumbnail,
)


class Counted:
    """A whole store that counts how often it is read."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.length = len(data)
        self.reads = 0

    def at(self, first: int, length: int) -> bytes:
        self.reads += 1
        return self.data[first : first + length]


def labels(data: bytes, *, is_from_end: bool) -> list[str]:
    boxes = Boxes(Counted(data))
    find = boxes.end_of_manifest if is_from_end else boxes.active_manifest
    return [assertion.label for assertion in find(boxes.whole()).assertions]


MANY = [actions("a", label=f"test.{number}") for number in range(9)]


@pytest.mark.parametrize("is_from_end", [False, True])
@pytest.mark.parametrize(
    ("manifests", "found"),
    [
        ([MANY[:1], MANY[1:3]], ["test.1", "test.2"]),
        ([[thumbnail(STORE_TAIL)], MANY[:2]], ["test.0", "test.1"]),
        ([MANY], [f"test.{number}" for number in range(9)]),
    ],
)
def test_the_last_manifest_is_the_active_one(
    manifests: list[list[bytes]],
    found: list[str],
    is_from_end: bool,  # noqa: FBT001
) -> None:
    data = store(*(Parts(assertions=boxes).manifest for boxes in manifests))

    assert labels(data, is_from_end=is_from_end) == found


def test_a_large_box_before_the_end_hides_what_precedes_it() -> None:
    data = store(Parts(assertions=[MANY[0], thumbnail(STORE_TAIL), MANY[1]]).manifest)

    assert labels(data, is_from_end=False)[::2] == ["test.0", "test.1"]
    assert labels(data, is_from_end=True) == ["test.1"]


def test_a_picture_with_the_name_of_a_box_does_not_end_the_search() -> None:
    picture = thumbnail(STORE_TAIL)[:-2_000] + b"\0\0\x01\0jumb" * 250
    data = store(Parts(assertions=[picture, MANY[1]]).manifest)

    assert labels(data, is_from_end=True) == ["test.1"]


def test_sizes_of_eight_bytes_and_to_the_end_are_read() -> None:
    """ISO/IEC 14496-12 section 4.2: 1 and 0 in the place of a size."""
    inner = Parts().manifest
    long = b"\0\0\0\1jumb" + (len(inner) + 8).to_bytes(8, "big") + inner[8:]
    data = b"\0\0\0\0" + store(long)[4:]

    assert labels(data, is_from_end=False) == ["c2pa.actions"]


def sized(size: int) -> bytes:
    """Return a store whose manifest has this size in its header."""
    data = store(Parts().manifest)
    return data[:38] + size.to_bytes(4, "big") + data[42:]


@pytest.mark.parametrize(
    ("data", "error"),
    [
        *((sized(size), Malformed) for size in (1, 2, 7, 8, 9, 2**32 - 1)),
        (store(b"\0\0\0\1jumb" + b"\xff" * 8), Malformed),
        (store(b"\0\0\0\1jumb" + bytes(8)), Malformed),
        (store(b"\0\0\0\1jumb"), Malformed),
        (store(b"\0\0\0\0jum"), Malformed),
        (store(superbox(b"test", "no manifest")), Malformed),
        (store(box(b"free", b"") * 1_000_000), GivenUp),
        (store(superbox(b"test", "") * 20_000), GivenUp),
        (store(Parts(assertions=[MANY[0]] * 5_000).manifest), GivenUp),
        (store(superbox(b"c2ma", "", claim()) * 5_000), GivenUp),
    ],
    ids=count(),
)
def test_hostile_boxes_are_refused_after_bounded_work(
    data: bytes, error: type[Malformed]
) -> None:
    counted = Counted(data)
    boxes = Boxes(counted)

    with pytest.raises(error):
        boxes.active_manifest(boxes.whole())

    assert counted.reads <= 3 * MAX_BOXES


@pytest.mark.parametrize(
    "tail",
    [
        b"jumb" * (STORE_TAIL // 4),
        b"\0\0\0\x08jumb" * (STORE_TAIL // 8),
        b"\0\0\0\0jumb" * (STORE_TAIL // 8),
        superbox(b"test", "")[:-1] * (STORE_TAIL // 30),
        superbox(b"test", "") * (STORE_TAIL // 30),
    ],
    ids=count(),
)
def test_a_hostile_end_is_searched_with_bounded_work(tail: bytes) -> None:
    counted = Counted(store(box(b"free", tail)))
    boxes = Boxes(counted)
    top = boxes.whole()

    try:
        found = boxes.end_of_manifest(top)
    except GivenUp:
        found = None

    assert found is None or found.claim is None
    assert counted.reads <= 3 * MAX_BOXES


def test_a_file_that_ends_within_the_store_is_malformed() -> None:
    counted = Counted(store(Parts().manifest))
    counted.length += 100

    with pytest.raises(Malformed):
        Boxes(counted).end_of_manifest(Superbox(b"c2pa", "c2pa", 38, counted.length))


def test_a_claim_is_read_from_the_first_cbor_box() -> None:
    twice = superbox(CLAIM, "c2pa.claim", box(b"free", b""), box(b"cbor", b"\x01") * 2)
    boxes = Boxes(Counted(store(Parts(claim=twice).manifest)))

    found = boxes.active_manifest(boxes.whole()).claim

    assert found
    assert boxes.cbor(found) == b"\x01"
