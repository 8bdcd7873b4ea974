"""The sample of a file, and its two fingerprints."""

from __future__ import annotations

from hashlib import sha256

SAMPLE_LAST_OFFSET = 10_240

SAMPLE_RANGE = f"bytes=0-{SAMPLE_LAST_OFFSET}"

# Range ends are inclusive, so SAMPLE_RANGE has 10,241 bytes.
SAMPLE_BYTES = SAMPLE_LAST_OFFSET + 1

TAIL_BYTES = 128


def head_sha256(head: bytes) -> str:
    """Return the SHA-256, in hex, of what ``Range: bytes=0-10240`` returns."""
    return sha256(head).hexdigest()


def tail_sample(head: bytes) -> str:
    """Return the last 128 bytes of the sample in hex, all if it is shorter."""
    return head[-TAIL_BYTES:].hex()
