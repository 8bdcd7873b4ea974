"""The digests and samples by which a list of known files identifies a file."""

from __future__ import annotations

from enum import StrEnum
from hashlib import md5, sha1, sha256
from typing import TypedDict

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
    HEAD = "sha256_first_10240_bytes"
    PICTURE = "picture_sha256"
    SAMPLE = "random_128_bytes_sample_start"


WHOLE = {DigestKind.MD5: md5, DigestKind.SHA1: sha1, DigestKind.SHA256: sha256}
"""The digests of a whole file."""


class Match(TypedDict):
    """A list that contains the image; ``row`` is the first match, counted from 1."""

    list: str
    kind: str
    row: int


def whole_digests(data: bytes) -> dict[DigestKind, str]:
    """Return the digests, in hex, of a complete file."""
    return {
        kind: digest(data, usedforsecurity=False).hexdigest()
        for kind, digest in WHOLE.items()
    }


def is_telling(sample: bytes) -> bool:
    """Return whether a sample is distinctive enough to identify one picture."""
    return len(set(sample)) >= MIN_DIFFERENT_BYTES
