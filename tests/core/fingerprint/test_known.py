from __future__ import annotations

import random
from collections.abc import Sequence
from hashlib import sha256

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fpcrawler.core.fingerprint.digests import DIGESTS
from fpcrawler.core.fingerprint.known import (
    SAMPLE_LENGTH,
    DigestKind,
    is_telling,
    whole_digests,
)
from fpcrawler.known.index import (
    KEY_WORDS,
    DigestTable,
    KnownIndex,
    SampleKeys,
    keys_at_every_byte,
    sample_keys,
    words_of,
)

DRAWN = random.Random(1)
HEAD = DRAWN.randbytes(10_241)
SHORT = bytes(range(16)) * 8
"""A sample with the fewest different byte values that are allowed."""


def table(
    digests: Sequence[bytes], entries: Sequence[int] | None = None
) -> DigestTable:
    columns = zip(*map(words_of, digests), strict=True)
    words = [np.array(column, np.uint64) for column in columns]
    return DigestTable(
        words, np.array(entries or range(1, 1 + len(digests)), np.uint32)
    )


def keys_of(samples: Sequence[bytes]) -> np.typing.NDArray[np.uint64]:
    words = [[words_of(sample)[number] for sample in samples] for number in KEY_WORDS]
    return sample_keys([np.array(column, np.uint64) for column in words])


def index_of_samples(samples: Sequence[bytes]) -> KnownIndex:
    digests = [sha256(sample).digest() for sample in samples]
    return KnownIndex(
        [len(samples)],
        {DigestKind.SAMPLE: table(digests)},
        keys_of(samples),
    )


def rows_found(index: KnownIndex, head: bytes) -> list[int]:
    return [hit.row for hit in index.hits({}, head)]


@pytest.mark.parametrize(
    "kind", [kind for kind in DigestKind if kind is not DigestKind.SAMPLE]
)
def test_every_digest_of_a_list_is_found_in_its_row(kind: DigestKind) -> None:
    digests = [DRAWN.randbytes(DIGESTS[kind].bytes) for _ in range(1_000)]
    index = KnownIndex([1_000], {kind: table(digests)})

    for row, digest in enumerate(digests, start=1):
        (hit,) = index.hits({kind: digest.hex()}, b"")
        assert hit == (0, kind, row)


@pytest.mark.parametrize("kind", [DigestKind.MD5, DigestKind.SHA1, DigestKind.SHA256])
@pytest.mark.parametrize("at", [0, 7, 8, 15, -1])
def test_a_digest_that_differs_in_one_byte_is_not_found(
    kind: DigestKind, at: int
) -> None:
    known = DRAWN.randbytes(DIGESTS[kind].bytes)
    other = bytearray(known)
    other[at] ^= 1
    index = KnownIndex([1], {kind: table([known])})

    assert not index.hits({kind: bytes(other).hex()}, b"")


def test_digests_with_a_common_prefix_are_distinguished() -> None:
    digests = [bytes(24) + number.to_bytes(8) for number in range(500)]
    index = KnownIndex([500], {DigestKind.SHA256: table(digests)})

    (hit,) = index.hits({DigestKind.SHA256: digests[250].hex()}, b"")

    assert hit.row == 251
    assert not index.hits({DigestKind.SHA256: (b"\1" * 32).hex()}, b"")


@pytest.mark.parametrize("digest", [bytes(16), b"\xff" * 16])
def test_the_least_and_the_greatest_digest_are_found(digest: bytes) -> None:
    index = KnownIndex(
        [3], {DigestKind.MD5: table([bytes(16), b"\xff" * 16, b"\x80" * 16])}
    )

    assert len(index.hits({DigestKind.MD5: digest.hex()}, b"")) == 1


def test_a_digest_is_looked_up_among_those_of_its_kind_only() -> None:
    digest = bytes(range(32))
    index = KnownIndex([1], {DigestKind.HEAD: table([digest])})

    assert not index.hits({DigestKind.SHA256: digest.hex()}, b"")
    assert index.hits({DigestKind.HEAD: digest.hex()}, b"")


def test_each_list_is_reported_once_with_its_first_row() -> None:
    digest, other = bytes(range(16)), bytes(16)
    lists = [3, 2, 1, 4]
    entries = {
        1: other,
        2: digest,
        3: digest,
        5: digest,
        6: other,
        9: digest,
        7: digest,
    }
    index = KnownIndex(
        lists, {DigestKind.MD5: table(list(entries.values()), list(entries))}
    )

    hits = index.hits({DigestKind.MD5: digest.hex()}, b"")

    assert [(hit.list, hit.row) for hit in hits] == [(0, 2), (1, 2), (3, 1)]


def test_the_number_of_digests_is_that_of_all_kinds() -> None:
    tables = {
        DigestKind.MD5: table([bytes(16)] * 3),
        DigestKind.SHA1: table([bytes(20)] * 2),
    }

    assert len(KnownIndex([3], tables)) == 5


def test_the_digests_of_a_whole_file_are_those_of_other_programs() -> None:
    assert whole_digests(b"abc") == {
        "md5": "900150983cd24fb0d6963f7d28e17f72",
        "sha1": "a9993e364706816aba3e25717850c26c9cd0d89d",
        "sha256": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        "sha512": "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
        "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
    }


@pytest.mark.parametrize("at", [0, 1, 7, 8, 4_321, 10_112, 10_113])
def test_a_sample_is_found_at_any_byte(at: int) -> None:
    sample = HEAD[at : at + SAMPLE_LENGTH]

    assert rows_found(index_of_samples([SHORT, sample]), HEAD) == [2]


def test_a_sample_is_found_at_every_offset_of_a_file() -> None:
    samples = [HEAD[at : at + SAMPLE_LENGTH] for at in range(10_114)]

    assert SampleKeys(keys_of(samples)).found_in(HEAD) == set(samples)


@pytest.mark.parametrize("at", range(0, SAMPLE_LENGTH, 5))
def test_a_sample_that_differs_in_one_byte_is_not_found(at: int) -> None:
    # Most bytes are in none of the words that the key is made of.
    sample = bytearray(HEAD[1_000 : 1_000 + SAMPLE_LENGTH])
    sample[at] ^= 1

    assert rows_found(index_of_samples([bytes(sample)]), HEAD) == []


def test_of_two_offsets_with_one_key_the_right_one_is_found() -> None:
    wanted, other = bytearray(HEAD[:128]), bytearray(HEAD[:128])
    other[10] ^= 1  # in the second word, which the key leaves out
    head = bytes(other) + HEAD[1_000:2_000] + bytes(wanted)

    assert rows_found(index_of_samples([bytes(wanted)]), head) == [1]


def test_among_many_samples_those_that_are_not_in_the_file_are_not_found() -> None:
    # So many that some offsets match in the table of bits by chance.
    others = DRAWN.randbytes(50_000)
    samples = [others[at : at + SAMPLE_LENGTH] for at in range(0, 49_000, 3)]

    assert SampleKeys(keys_of(samples)).found_in(HEAD) == set()


@given(
    head=st.binary(max_size=600),
    known=st.lists(st.binary(min_size=128, max_size=128), min_size=1, max_size=5),
    cuts=st.lists(st.integers(0, 600), max_size=5),
)
def test_exactly_those_samples_are_found_that_are_in_the_file(
    head: bytes, known: list[bytes], cuts: list[int]
) -> None:
    known += [head[at : at + 128] for at in cuts if at + 128 <= len(head)]
    expected = {sample for sample in known if sample in head and is_telling(sample)}

    assert SampleKeys(keys_of(known)).found_in(head) == expected


@given(st.binary(min_size=128, max_size=300))
def test_the_key_at_each_offset_is_that_of_the_sample_there(head: bytes) -> None:
    samples = [head[at : at + 128] for at in range(len(head) - 127)]

    assert keys_at_every_byte(head).tolist() == keys_of(samples).tolist()


@pytest.mark.parametrize(
    "sample",
    [
        pytest.param(bytes(128), id="zeros"),
        pytest.param((b" " * 100 + b"\n" + b" " * 27), id="padding of XMP"),
        pytest.param(b"\x28\xa2\x8a" * 42 + b"\x28\xa2", id="an even area of a JPEG"),
        pytest.param(bytes(range(15)) * 8 + bytes(8), id="fifteen values"),
    ],
)
def test_a_sample_that_is_not_distinctive_is_never_found(sample: bytes) -> None:
    assert rows_found(index_of_samples([sample]), sample * 80) == []


def test_a_sample_of_sixteen_values_is_distinctive() -> None:
    assert rows_found(index_of_samples([SHORT]), b"x" + SHORT) == [1]


@pytest.mark.parametrize("size", [0, 1, 127])
def test_a_file_shorter_than_a_sample_has_none(size: int) -> None:
    assert rows_found(index_of_samples([SHORT]), SHORT[:size]) == []
