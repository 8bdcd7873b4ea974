"""Known digests in memory: which lists an image is on, and in which of their rows.

Digests are cut into big-endian words of 64 bits. A list is kept as one array for
each word, sorted by the first, so that a look-up is a binary search, and then a
comparison of all words: no prefix is ever taken for the whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import TYPE_CHECKING

import numpy as np

from fpcrawler.core.fingerprint.known import (
    SAMPLE_LENGTH,
    DigestKind,
    Match,
    is_telling,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Words = NDArray[np.uint64]

WORD_BYTES = 8
KEY_WORDS = (0, 5, 10, 15)
"""Those of a sample's sixteen words that its key is made of."""


class DigestTable:
    """Digests of one kind and the numbers of their entries, in any order.

    ``words``: an array for each word of the digest; the list is emptied, so that
    no array is there twice for longer than it takes. ``entries``: as long as each.
    """

    def __init__(self, words: list[Words], entries: NDArray[np.uint32]) -> None:
        order = np.argsort(words[0], kind="stable")
        self._words = [words.pop(0)[order] for _ in range(len(words))]
        self._entries = entries[order]

    def __len__(self) -> int:
        return len(self._entries)

    def entries_of(self, digest: bytes) -> NDArray[np.uint32]:
        """Return the numbers of all entries with this digest."""
        first, *rest = words_of(digest)
        keys, *columns = self._words
        left = keys.searchsorted(np.uint64(first))
        right = keys.searchsorted(np.uint64(first), side="right")
        is_equal = np.ones(right - left, bool)
        for column, word in zip(columns, rest, strict=True):
            is_equal &= column[left:right] == word
        return self._entries[left:right][is_equal]


class SampleKeys:
    """The keys of known samples; finds where in a file one of them may begin.

    A table of bits, 32 to 64 for each key, passes over nearly all places before
    the binary search, whose jumps through memory are what costs time.
    """

    def __init__(self, keys: Words) -> None:
        self._keys = np.sort(keys)
        self._shift = np.uint64(64 - max(len(keys).bit_length() + 5, 8))
        slots = self._slots(self._keys)
        self._bits = np.zeros(1 << (61 - int(self._shift)), np.uint8)
        np.bitwise_or.at(self._bits, slots >> np.uint64(3), _bit(slots))

    def found_in(self, head: bytes) -> set[bytes]:
        """Return the samples in ``head`` that have a known key and tell something."""
        if len(head) < SAMPLE_LENGTH:
            return set()
        keys = keys_at_every_byte(head)
        slots = self._slots(keys)
        maybe = np.flatnonzero(self._bits[slots >> np.uint64(3)] & _bit(slots))
        asked = keys[maybe]
        left = self._keys.searchsorted(asked)
        right = self._keys.searchsorted(asked, side="right")
        found = {head[at : at + SAMPLE_LENGTH] for at in maybe[left < right].tolist()}
        return {sample for sample in found if is_telling(sample)}

    def _slots(self, keys: Words) -> Words:
        return keys >> self._shift


class KnownIndex:
    """What all lists know.

    ``lists``: the names and rows of each, in the order in which their rows are
    numbered through, from 1. ``tables``: by kind; that of samples has their
    SHA-256. ``sample_keys``: their keys.
    """

    def __init__(
        self,
        lists: Sequence[tuple[str, int]],
        tables: Mapping[DigestKind, DigestTable],
        sample_keys: Words | None = None,
    ) -> None:
        self.names = [name for name, _ in lists]
        rows = [rows for _, rows in lists]
        self._starts = np.cumsum([0, *rows[:-1]], dtype=np.int64)
        self._tables = tables
        self._samples = None if sample_keys is None else SampleKeys(sample_keys)

    def __len__(self) -> int:
        return sum(map(len, self._tables.values()))

    def matches(self, digests: Mapping[DigestKind, str], head: bytes) -> list[Match]:
        """Return one match for each list and kind.

        ``digests``: of the image, in hex. ``head``: its first bytes, in which the
        known samples are looked for at every byte.
        """
        found = []
        for kind, digest in digests.items():
            found += self._matches_of(kind, [bytes.fromhex(digest)])
        if self._samples is not None:
            samples = self._samples.found_in(head)
            found += self._matches_of(
                DigestKind.SAMPLE, [sha256(sample).digest() for sample in samples]
            )
        return found

    def _matches_of(self, kind: DigestKind, digests: Iterable[bytes]) -> list[Match]:
        table = self._tables.get(kind)
        found = [table.entries_of(digest) for digest in digests] if table else []
        entries = np.sort(np.concatenate([_NO_ENTRIES, *found]))
        numbers = self._starts.searchsorted(entries, side="left") - 1
        lists, at = np.unique(numbers, return_index=True)
        rows = entries[at] - self._starts[lists]
        return [
            Match(list=self.names[number], kind=kind, row=row)
            for number, row in zip(lists.tolist(), rows.tolist(), strict=True)
        ]


def words_of(digest: bytes) -> list[int]:
    """Cut a digest into big-endian words; that of SHA-1 leaves one of 32 bits."""
    return [
        int.from_bytes(digest[at : at + WORD_BYTES])
        for at in range(0, len(digest), WORD_BYTES)
    ]


def sample_keys(columns: Sequence[Words]) -> Words:
    """Return the keys of samples from their words number KEY_WORDS.

    Multilinear hashing modulo 2**64: of its result, the upper bits are spread best.
    """
    key = np.zeros(len(columns[0]), np.uint64)
    for column, factor in zip(columns, _FACTORS, strict=True):
        key += column * np.uint64(factor)
    return key


def keys_at_every_byte(head: bytes) -> Words:
    """Return the key of each run of SAMPLE_LENGTH bytes in ``head``."""
    data = np.frombuffer(head, np.uint8)
    windows = np.lib.stride_tricks.sliding_window_view(data, WORD_BYTES)
    words = np.ascontiguousarray(windows).view(">u8")[:, 0].astype(np.uint64)
    places = len(head) - SAMPLE_LENGTH + 1
    starts = [WORD_BYTES * number for number in KEY_WORDS]
    return sample_keys([words[start : start + places] for start in starts])


def _bit(slots: Words) -> NDArray[np.uint8]:
    return (np.uint64(1) << (slots & np.uint64(7))).astype(np.uint8)


_NO_ENTRIES = np.empty(0, np.uint32)
# Odd numbers that nobody chose.
_FACTORS = [
    int.from_bytes(sha256(b"%d" % number).digest()[:WORD_BYTES]) | 1
    for number in KEY_WORDS
]
