"""Known digests in memory: which lists an image is on, and in which of their rows.

Digests are split into big-endian words of 64 bits. There is one array for each word,
all sorted by the first word. A look-up is a binary search, then a comparison of all
words, so a prefix alone never matches.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from fpcrawler.core.fingerprint.known import (
    SAMPLE_LENGTH,
    DigestKind,
    is_telling,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Words = NDArray[np.uint64]

WORD_BYTES = 8
KEY_WORDS = (0, 5, 10, 15)
"""The key of a sample is computed from these of its sixteen words."""


class DigestTable:
    """Digests of one kind, with the numbers of their entries.

    ``words``: an array for each word of the digest. The list is emptied, so that only
    one array at a time is in memory twice. ``entries``: an entry for each digest, in
    any order.
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
    """The keys of known samples; finds the offsets in a file where one may start.

    A bit table, 32 to 64 bits for each key, excludes nearly all offsets. The binary
    search is slower because of its random access to memory.
    """

    def __init__(self, keys: Words) -> None:
        self._keys = np.sort(keys)
        self._shift = np.uint64(64 - max(len(keys).bit_length() + 5, 8))
        slots = self._slots(self._keys)
        self._bits = np.zeros(1 << (61 - int(self._shift)), np.uint8)
        np.bitwise_or.at(self._bits, slots >> np.uint64(3), _bit(slots))

    def found_in(self, head: bytes) -> set[bytes]:
        """Return the samples in ``head`` with a known key and enough distinct bytes."""
        if len(head) < SAMPLE_LENGTH:
            return set()
        keys = keys_at_every_byte(head)
        slots = self._slots(keys)
        maybe = np.flatnonzero(self._bits[slots >> np.uint64(3)] & _bit(slots))
        candidates = keys[maybe]
        left = self._keys.searchsorted(candidates)
        right = self._keys.searchsorted(candidates, side="right")
        found = {head[at : at + SAMPLE_LENGTH] for at in maybe[left < right].tolist()}
        return {sample for sample in found if is_telling(sample)}

    def _slots(self, keys: Words) -> Words:
        return keys >> self._shift


class Hit(NamedTuple):
    """A list that has a digest: its number, the kind, its row of the worst set."""

    list: int
    kind: DigestKind
    row: int


class KnownIndex:
    """The digests of all lists.

    ``rows``: the number of rows of each list. Entries number the rows of all lists
    consecutively in this order, from 1. ``tables``: by kind; that of samples holds
    their SHA-256. ``sample_keys``: the keys of the samples. ``ranks``: by entry, by
    which of several rows with a digest is the hit, None if it is the first.
    """

    def __init__(
        self,
        rows: Sequence[int],
        tables: Mapping[DigestKind, DigestTable],
        sample_keys: Words | None = None,
        ranks: NDArray[np.uint8] | None = None,
    ) -> None:
        self._ranks = ranks
        self._starts = np.cumsum([0, *rows[:-1]], dtype=np.int64)
        self._tables = tables
        self._samples = None if sample_keys is None else SampleKeys(sample_keys)

    def __len__(self) -> int:
        return sum(map(len, self._tables.values()))

    def hits(self, digests: Mapping[DigestKind, str], head: bytes) -> list[Hit]:
        """Return one hit for each list and kind.

        ``digests``: those of the image, in hex. ``head``: its first bytes; known
        samples are looked for at every offset in it.
        """
        found = []
        for kind, digest in digests.items():
            found += self._hits_of(kind, [bytes.fromhex(digest)])
        if self._samples is not None:
            samples = self._samples.found_in(head)
            found += self._hits_of(
                DigestKind.SAMPLE, [sha256(sample).digest() for sample in samples]
            )
        return found

    def _hits_of(self, kind: DigestKind, digests: Iterable[bytes]) -> list[Hit]:
        table = self._tables.get(kind)
        found = [table.entries_of(digest) for digest in digests] if table else []
        entries = np.sort(np.concatenate([_NO_ENTRIES, *found]))
        numbers = self._starts.searchsorted(entries, side="left") - 1
        if self._ranks is not None:
            worst = np.lexsort((self._ranks[entries - 1], numbers))
            entries, numbers = entries[worst], numbers[worst]
        lists, at = np.unique(numbers, return_index=True)
        rows = entries[at] - self._starts[lists]
        return [
            Hit(number, kind, row)
            for number, row in zip(lists.tolist(), rows.tolist(), strict=True)
        ]


def words_of(digest: bytes) -> list[int]:
    """Split a digest into big-endian words; the last word of SHA-1 has 32 bits."""
    return [
        int.from_bytes(digest[at : at + WORD_BYTES])
        for at in range(0, len(digest), WORD_BYTES)
    ]


def sample_keys(columns: Sequence[Words]) -> Words:
    """Return the keys of samples; ``columns`` are their words KEY_WORDS.

    Multilinear hashing modulo 2**64: the upper bits of the result are the most random.
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
# Arbitrary odd numbers.
_FACTORS = [
    int.from_bytes(sha256(b"%d" % number).digest()[:WORD_BYTES]) | 1
    for number in KEY_WORDS
]
