"""The two fingerprints of the first sample of a file."""

from __future__ import annotations

from hashlib import sha256

TAIL_BYTES = 128


def head_sha256(head: bytes) -> str:
    """Return the SHA-256, in hex, of what ``Range: bytes=0-10240`` returns."""
    return sha256(head).hexdigest()


def tail_sample(head: bytes) -> str:
    """Return the last 128 bytes of the sample in hex (all, if there are fewer)."""
    return head[-TAIL_BYTES:].hex()
