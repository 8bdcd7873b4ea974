"""What a list may know of a file: digests and samples."""

from __future__ import annotations

from enum import StrEnum
from hashlib import md5, sha1, sha256
from typing import TypedDict

SAMPLE_LENGTH = 128
MIN_DIFFERENT_BYTES = 16
"""Of a sample that tells something.

128 bytes of compressed data have about 101 different values. Zeros, the blanks
that XMP is padded with and the patterns of even areas have a few, and are found
in pictures of all kinds.
"""


class DigestKind(StrEnum):
    """What a list may know of a file, by the names that records have for it."""

    MD5 = "md5"
    SHA1 = "sha1"
    SHA256 = "sha256"
    HEAD = "sha256_first_10240_bytes"
    PICTURE = "picture_sha256"
    SAMPLE = "random_128_bytes_sample_start"


WHOLE = {DigestKind.MD5: md5, DigestKind.SHA1: sha1, DigestKind.SHA256: sha256}
"""The digests of a whole file."""

VALUE_BYTES = {
    DigestKind.MD5: 16,
    DigestKind.SHA1: 20,
    DigestKind.SHA256: 32,
    DigestKind.HEAD: 32,
    DigestKind.PICTURE: 32,
    DigestKind.SAMPLE: SAMPLE_LENGTH,
}


class Match(TypedDict):
    """Where an image is known from; ``row`` is the first such one, counted from 1."""

    list: str
    kind: str
    row: int


def whole_digests(data: bytes) -> dict[DigestKind, str]:
    """Return the digests, in hex, of a file whose every byte is here."""
    return {
        kind: digest(data, usedforsecurity=False).hexdigest()
        for kind, digest in WHOLE.items()
    }


def is_telling(sample: bytes) -> bool:
    """Tell whether the sample of one picture can be expected in no other."""
    return len(set(sample)) >= MIN_DIFFERENT_BYTES
