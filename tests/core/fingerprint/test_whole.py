from __future__ import annotations

from hashlib import sha256

import pytest

from fpcrawler.core.file.extents import Extent
from fpcrawler.core.file.sparse import UNKNOWN_SIZE, SparseFile
from fpcrawler.core.fingerprint.digests import FileDigests
from fpcrawler.core.fingerprint.whole import file_digests, rest_of

DATA = bytes(range(256)) * 100


def held(*spans: tuple[int, int], size: int = len(DATA)) -> SparseFile:
    file = SparseFile(size)
    for first, end in spans:
        file.add(first, DATA[first:end])
    return file


@pytest.mark.parametrize("spans", [[(0, 25_600)], [(9_000, 25_600), (0, 9_500)]])
def test_a_file_of_which_every_byte_was_read_has_its_digest(
    spans: list[tuple[int, int]],
) -> None:
    expected = FileDigests(sha256=sha256(DATA).hexdigest())

    assert file_digests(held(*spans)) == expected


@pytest.mark.parametrize(
    "file",
    [
        held(),
        held((0, 25_599)),
        held((0, 9_000), (9_001, 25_600)),
        held((0, 25_600), size=UNKNOWN_SIZE),
        held(size=0),
    ],
    ids=["nothing", "all but the last", "a hole", "unknown size", "empty"],
)
def test_a_file_with_unread_bytes_has_none(file: SparseFile) -> None:
    assert file_digests(file) == FileDigests()


def test_only_an_svg_of_known_size_is_read_to_its_end() -> None:
    file = held((0, 10_241), (20_000, 20_100))

    assert rest_of(file, "svg") == (Extent(10_241, 9_759), Extent(20_100, 5_500))
    assert rest_of(file, "jpeg") == rest_of(file, None) == ()
    assert rest_of(held((0, 10_241), size=UNKNOWN_SIZE), "svg") == ()
