"""Search megabytes for bytes of any of many pictures, however they are written there.

What counts as bytes of a picture is as in ``tests/leaks.py``.
"""

from __future__ import annotations

import binascii
import io
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from tests.leaks import MIN_VALUES, SHORTEST

if TYPE_CHECKING:
    from numpy.typing import NDArray

_BLOCK = (SHORTEST + 1) // 2
_START = 8
_TABLE_BITS = 24
_FACTOR = 0x9E3779B97F4A7C15  # Fibonacci hashing
_BASE64 = re.compile(rb"[A-Za-z0-9+/_\-]+")
_HEX = re.compile(rb"[0-9A-Fa-f]+")
_ESCAPE = re.compile(rb"\\(?:(?:x|u00)([0-9A-Fa-f]{2})|([\\'\"/nrtbf]))")
_ESCAPED = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
_URL_SAFE = bytes.maketrans(b"-_", b"+/")


class PictureIndex:
    """Finds SHORTEST consecutive bytes of pictures.

    Of each picture, blocks are kept that lie side by side; a run of SHORTEST bytes has
    a whole one of them, wherever it begins. A table of hashes of their first bytes
    says where in what was written a block may begin.
    """

    def __init__(self, pictures: Iterable[bytes]) -> None:
        self._blocks: dict[bytes, list[tuple[bytes, int]]] = {}
        self._table = np.zeros(1 << _TABLE_BITS, dtype=bool)
        for picture in {*pictures}:
            for at in range(0, len(picture) - _BLOCK + 1, _BLOCK):
                block = picture[at : at + _BLOCK]
                if len(set(block)) >= MIN_VALUES:
                    self._blocks.setdefault(block, []).append((picture, at))
        starts = b"".join(block[:_START] for block in self._blocks)
        self._table[_hashes(starts)[::_START]] = True

    def __len__(self) -> int:
        return len(self._blocks)

    def finds(self, written: bytes) -> bool:
        """Return whether bytes of a picture stand there: raw, in hex, in base64."""
        return any(self._is_in(form) for form in _forms(written))

    def _is_in(self, data: bytes) -> bool:
        return any(
            data[at : at + _BLOCK] in self._blocks and self._is_long(data, at)
            for at in np.flatnonzero(self._table[_hashes(data)]).tolist()
        )

    def _is_long(self, data: bytes, at: int) -> bool:
        """Return whether a block is part of a run of SHORTEST equal bytes."""
        return any(
            _equal(_before(data, at), _before(picture, place))
            + _equal(data[at : at + SHORTEST], picture[place : place + SHORTEST])
            >= SHORTEST
            for picture, place in self._blocks[data[at : at + _BLOCK]]
        )


def opens(data: bytes) -> bool:
    """Return whether Pillow takes a file for an image."""
    try:
        with Image.open(io.BytesIO(data)):
            return True
    except OSError:  # nothing that Pillow knows, or can read
        return False


def _hashes(data: bytes) -> NDArray[np.uint64]:
    """Return a hash of the ``_START`` bytes from each offset on."""
    if len(data) < _START:
        return np.zeros(0, dtype=np.uint64)
    values = np.frombuffer(data, dtype=np.uint8).astype(np.uint64)
    last = len(data) - _START + 1
    words = np.zeros(last, dtype=np.uint64)
    for n in range(_START):
        words |= values[n : n + last] << np.uint64(8 * n)
    return words * np.uint64(_FACTOR) >> np.uint64(64 - _TABLE_BITS)


def _before(data: bytes, at: int) -> bytes:
    """Return the bytes before an offset, the last one first."""
    return data[max(at - SHORTEST, 0) : at][::-1]


def _equal(one: bytes, other: bytes) -> int:
    """Return how many bytes are equal from the start."""
    pairs = zip(one, other, strict=False)
    end = min(len(one), len(other))
    return next((n for n, (a, b) in enumerate(pairs) if a != b), end)


def _forms(written: bytes) -> Iterator[bytes]:
    """Yield all bytes that stand there as they are, or as text."""
    yield written
    for digits in _BASE64.findall(written):
        for shift in range(4) if len(digits) >= SHORTEST * 4 // 3 else ():
            shifted = digits[shift:].translate(_URL_SAFE)
            yield binascii.a2b_base64(shifted + b"A" * (-len(shifted) % 4))
    for digits in _HEX.findall(written):
        for shift in range(2) if len(digits) >= 2 * SHORTEST else ():
            end = len(digits) - (len(digits) - shift) % 2
            yield binascii.unhexlify(digits[shift:end])
    if _ESCAPE.search(written):
        yield _ESCAPE.sub(_unescaped, written)
    if not written.isascii():
        yield written.decode("utf-8", "ignore").encode("latin-1", "ignore")


def _unescaped(match: re.Match[bytes]) -> bytes:
    """Return the byte that Python or JSON writes so."""
    digits, letter = match.groups()
    return binascii.unhexlify(digits) if digits else _ESCAPED.get(letter, letter)
