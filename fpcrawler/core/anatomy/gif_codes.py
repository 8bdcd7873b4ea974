"""The end of the coded data of a GIF image, recognized from its last bytes.

Sub-blocks of coded data and those of a binary comment look alike.
"""

from __future__ import annotations

_CODE_SIZES = range(2, 9)
_MAX_WIDTH, _BYTE = 12, 8
_LAST = 4
"""Bytes with the last code, in two sub-blocks at most."""


def ends_with_stop(data: bytes, end: int, code_size: int) -> bool:
    """Return whether the last code before ``end`` is End of Information.

    ``code_size``: the LZW minimum code size. Appendix F: the code is 1 more than the
    clear code; it has up to 12 bits, the last byte up to 7 further ones, all zeros.
    Of random bytes, one end of ``2 ** code_size`` is alike.
    """
    if code_size not in _CODE_SIZES:
        return False
    pieces = [data[max(end - _LAST, 0) : end]]
    for length in range(1, _LAST):  # of a short last sub-block
        at = end - length - 1
        if at >= _LAST and data[at] == length:
            pieces.append(data[at - _LAST + length : at] + data[at + 1 : end])
    return any(_is_stop(piece, code_size) for piece in pieces)


def _is_stop(piece: bytes, code_size: int) -> bool:
    codes = int.from_bytes(piece, "little")
    length = codes.bit_length()
    zeros = len(piece) * _BYTE - length
    is_aligned = zeros < _BYTE + _MAX_WIDTH - code_size - 1
    stop = (1 << code_size) + 1
    return is_aligned and codes >> max(length - code_size - 1, 0) == stop


def is_on_grid(tail: bytes, at: int, end: int, size: int) -> bool:
    """Return whether sub-blocks from ``at`` on lead exactly to ``end``.

    Encoders give all of them the ``size`` of their buffer, but for the last one.
    """
    length = size
    while at < end and tail[at]:
        if length < size:
            return False
        length = tail[at]
        at += 1 + length
    return at == end - 1
