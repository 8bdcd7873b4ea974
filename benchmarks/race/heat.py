"""What every contestant of one heat is given, and what a run of it costs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

HEAD = "bytes=0-10240"
"""The range that every contestant asks for first, as the seed does."""
PER_HOST = 10
"""Connections to one host, as many as the threads of the script."""
AT_ONCE = 64
"""Connections to many hosts, the default of this crawler."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heat:
    """One list of images, and a new folder for one run of one contestant."""

    urls_file: Path
    """URLs of images or, with ``are_pages``, of pages that name them."""
    are_pages: bool
    hosts: int
    folder: Path
    img2dataset: Path | None
    """The Python of an environment with img2dataset."""

    @property
    def connections(self) -> int:
        """Connections at the same time, for those who do not count by host."""
        return PER_HOST if self.hosts == 1 else AT_ONCE


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """The cost of one run: seconds, bytes of peak memory, requests, their bytes."""

    wall: float
    cpu: float
    peak: int
    requests: int
    received: int
    """Bytes of response bodies, as the server counts them."""
