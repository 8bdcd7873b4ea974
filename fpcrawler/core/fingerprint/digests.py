"""Every kind of digest in a record, a response or a known list, in one table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class Digest(NamedTuple):
    """A kind of digest: its field, its length, and what equal values mean.

    ``proves_whole``: equal values prove that two whole files are equal.
    """

    name: str
    bytes: int
    proves_whole: bool = False

    @property
    def digits(self) -> int:
        """The length in hex digits."""
        return 2 * self.bytes


def _named(*digests: Digest) -> dict[str, Digest]:
    return {digest.name: digest for digest in digests}


FILE_DIGESTS = _named(
    Digest("md5", 16, proves_whole=True),
    Digest("sha1", 20, proves_whole=True),
    Digest("sha256", 32, proves_whole=True),
    Digest("sha512", 64, proves_whole=True),
    # Too short to prove; but two different values prove different files.
    Digest("crc32", 4),
    Digest("crc32c", 4),
    Digest("crc64nvme", 8),
)
"""The digests of a whole file that servers state, in the order of the record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileDigests:
    """Digests of the whole file in hex, computed here; None is unknown."""

    md5: str | None = None
    sha1: str | None = None
    sha256: str | None = None


DIGESTS = FILE_DIGESTS | _named(
    Digest("sha256_first_10240_bytes", 32),
    Digest("picture_sha256", 32),
    Digest("end_sha256", 32),
    Digest("random_128_bytes_sample_start", 128),
)
"""All kinds by name: also the fingerprints, which are of a part of the file."""

BARE_DIGESTS = {DIGESTS[name].digits: name for name in ("md5", "sha1", "sha256")}
"""The number of hex digits of a hash without a name to its kind."""
