"""The digests and samples by which a list of known files identifies a file."""

from __future__ import annotations

from enum import StrEnum
from hashlib import md5, sha1, sha256, sha512
from typing import Literal, TypedDict

from fpcrawler.core.fingerprint.digests import DIGESTS

SAMPLE_LENGTH = DIGESTS["random_128_bytes_sample_start"].bytes
MIN_DIFFERENT_BYTES = 16
"""How many different byte values a distinctive sample has at least.

128 bytes of compressed data have about 101 different values. Zeros, the spaces
that pad XMP and the patterns of even areas have few, and occur in unrelated
pictures.
"""


class DigestKind(StrEnum):
    """The kinds of digest in a list; the values are the records' field names."""

    MD5 = "md5"
    SHA1 = "sha1"
    SHA256 = "sha256"
    SHA512 = "sha512"
    HEAD = "sha256_first_10240_bytes"
    PICTURE = "picture_sha256"
    SAMPLE = "random_128_bytes_sample_start"


WHOLE = {
    DigestKind.MD5: md5,
    DigestKind.SHA1: sha1,
    DigestKind.SHA256: sha256,
    DigestKind.SHA512: sha512,
}
"""The digests of a whole file."""
BY_DIGITS = {DIGESTS[kind].digits: kind for kind in WHOLE}
"""The number of hex digits of a digest without a name to its kind."""

KnownSet = Literal["known-bad", "known-good", "unknown"]


class Match(TypedDict):
    """A list that contains the image, and what its row says; null where it does not.

    ``row``: counted from 1, the first of those that match and have the worst set.
    ``set``: what a file on the list is. ``category``: in the words or numbers of the
    list. ``size_agrees``: whether the size in the row is that of the image.
    """

    list: str
    kind: str
    row: int | None
    set: KnownSet
    category: str | None
    series: str | None
    flags: list[str]
    name: str | None
    size_agrees: bool | None


def whole_digests(data: bytes) -> dict[DigestKind, str]:
    """Return the digests, in hex, of a complete file."""
    return {
        kind: digest(data, usedforsecurity=False).hexdigest()
        for kind, digest in WHOLE.items()
    }


def is_telling(sample: bytes) -> bool:
    """Return whether a sample is distinctive enough to identify one picture."""
    return len(set(sample)) >= MIN_DIFFERENT_BYTES
