"""Digests of whole files on this disk: the truth that methods are compared with."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from fpcrawler.core.fingerprint.head import SAMPLE_BYTES
from fpcrawler.evaluation.coded import coded_sha256

PREFIXES = tuple(sorted((*(512 << power for power in range(8)), SAMPLE_BYTES)))
"""Lengths in bytes of the prefixes that are compared: 512 to 65,536."""

_BUFFER = 1_048_576
_LARGEST = 268_435_456
"""Bytes of the largest file that is read into memory to find its coded data."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """A whole file's size and SHA-256, and that of each of its ``PREFIXES``.

    Where a prefix is longer than the file, the whole file is hashed.
    """

    size: int
    sha256: str
    prefixes: tuple[str, ...]


def read_whole(path: Path) -> Whole:
    """Read a file once, from start to end; raises OSError."""
    digest, size, prefixes = sha256(), 0, []
    with path.open("rb") as file:
        for length in PREFIXES:
            chunk = file.read(length - size)
            digest.update(chunk)
            size += len(chunk)
            prefixes.append(digest.hexdigest())
        while chunk := file.read(_BUFFER):
            digest.update(chunk)
            size += len(chunk)
    return Whole(size=size, sha256=digest.hexdigest(), prefixes=tuple(prefixes))


def read_bytes(path: Path) -> bytes | None:
    """Return a file's bytes, None if it is too large; raises OSError."""
    return path.read_bytes() if path.stat().st_size <= _LARGEST else None


def picture_of(path: Path) -> str | None:
    """Return a digest of a file's coded data, None if unknown; raises OSError."""
    data = read_bytes(path)
    return None if data is None else coded_sha256(data)
