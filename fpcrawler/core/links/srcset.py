"""Read the candidates of a ``srcset`` (HTML section 4.8.4.3.10)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_BETWEEN = re.compile(r"[\t\n\f\r ,]*+")
_URL = re.compile(r"[^\t\n\f\r ]++")
# A comma within parentheses belongs to the descriptor.
_DESCRIPTORS = re.compile(r"(?:[^,(]|\([^)]*+\)?)*+")
_WIDTH = re.compile(r"(\d{1,9})w", re.ASCII)
_HEIGHT = re.compile(r"\d{1,9}h", re.ASCII)
_DENSITY = re.compile(
    r"((?:\d{1,9}(?:\.\d{1,9})?|\.\d{1,9})(?:[eE][+-]?\d)?)x", re.ASCII
)


class Candidate(NamedTuple):
    """One image of a srcset; ``size`` is a width in pixels or a pixel density."""

    url: str
    is_by_width: bool
    size: float


def candidates(srcset: str) -> Iterator[Candidate]:
    """Yield the candidates whose descriptors are valid."""
    at = _end(_BETWEEN, srcset, 0)
    while match := _URL.match(srcset, at):
        url, at = match[0], match.end()
        descriptors: list[str] = []
        if url.endswith(","):
            url = url.rstrip(",")
        else:
            end = _end(_DESCRIPTORS, srcset, at)
            descriptors, at = srcset[at:end].split(), end
        if candidate := _candidate(url, descriptors):
            yield candidate
        at = _end(_BETWEEN, srcset, at)


def largest(srcset: str) -> str | None:
    """Return the URL of the widest, else densest candidate; of equals, the first."""
    best = max(candidates(srcset), key=lambda each: each[1:], default=None)
    return best.url if best else None


def _candidate(url: str, descriptors: list[str]) -> Candidate | None:
    if not descriptors:
        return Candidate(url, is_by_width=False, size=1.0)
    sizes = [each for each in descriptors if not _HEIGHT.fullmatch(each)]
    if len(sizes) != 1:
        return None
    if match := _WIDTH.fullmatch(sizes[0]):
        return Candidate(url, is_by_width=True, size=int(match[1]))
    match = _DENSITY.fullmatch(sizes[0])
    return Candidate(url, is_by_width=False, size=float(match[1])) if match else None


def _end(pattern: re.Pattern[str], text: str, at: int) -> int:
    match = pattern.match(text, at)
    return match.end() if match else at
