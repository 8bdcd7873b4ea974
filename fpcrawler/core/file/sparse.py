"""The spans of a file that were received so far, read by their offsets."""

from __future__ import annotations

from bisect import bisect_right

UNKNOWN_SIZE = 2**40
"""Stands for an unknown file size; no real file is so large."""


class MissingBytes(Exception):
    """A read touched bytes that were not received."""

    def __init__(self, first: int, length: int) -> None:
        super().__init__(first, length)
        self.first = first
        self.length = length

    def __str__(self) -> str:
        return f"{self.length} bytes from offset {self.first} are missing"


class SparseFile:
    """A file of ``size`` bytes, of which the spans added so far are known.

    A read that touches a hole raises :class:`MissingBytes`. Where spans overlap, the
    bytes that were added first stay: what was read once does not change.
    """

    def __init__(self, size: int) -> None:
        self.size = max(size, 0)
        self.held = 0
        # Sorted, disjoint, not adjacent: span i is bytes _firsts[i] to _ends[i],
        # exclusive.
        self._firsts: list[int] = []
        self._ends: list[int] = []
        self._data: list[bytes] = []
        # The span of the latest read; the next read is nearly always in it too.
        self._first = self._end = 0
        self._span = b""

    @property
    def spans(self) -> list[tuple[int, int]]:
        """The received spans: first offset, and end exclusive."""
        return list(zip(self._firsts, self._ends, strict=True))

    def add(self, first: int, data: bytes) -> None:
        """Add ``data`` at offset ``first``; bytes beyond ``size`` are dropped."""
        if first < 0:
            raise ValueError(f"{first} is before the start of the file")
        data = bytes(data[: max(self.size - first, 0)])
        if not data:
            return

        end = first + len(data)
        touched = slice(self._span_to_end_at(first), bisect_right(self._firsts, end))
        pieces, at = [], first
        for old_first, old in zip(
            self._firsts[touched], self._data[touched], strict=True
        ):
            pieces += [data[max(at - first, 0) : max(old_first - first, 0)], old]
            at = old_first + len(old)
        pieces.append(data[at - first :])

        joined = b"".join(pieces)
        joined_first = min([first, *self._firsts[touched]])
        self.held += len(joined) - sum(map(len, self._data[touched]))
        self._firsts[touched] = [joined_first]
        self._ends[touched] = [joined_first + len(joined)]
        self._data[touched] = [joined]
        self._first = self._end = 0

    def has(self, first: int, length: int) -> bool:
        """Return whether these bytes were received, as far as the file has them."""
        return not self.holes(first, length)

    def holes(self, first: int, length: int) -> list[tuple[int, int]]:
        """Return the missing spans of these bytes: first offset, and end exclusive."""
        at, end = max(first, 0), min(first + length, self.size)
        found: list[tuple[int, int]] = []
        index = bisect_right(self._ends, at)
        while at < end:
            next_first = self._firsts[index] if index < len(self._firsts) else end
            if at < next_first:
                found.append((at, min(next_first, end)))
            at = self._ends[index] if index < len(self._ends) else end
            index += 1
        return found

    def at(self, first: int, length: int) -> bytes:
        """Return these bytes, fewer at the end of the file; raise MissingBytes."""
        end = first + length
        if not self._first <= first <= end <= self._end:
            end = min(end, self.size)
            if first < 0 or end <= first:
                return b""
            self._use_span_with(first, end)
        return self._span[first - self._first : end - self._first]

    def _span_to_end_at(self, first: int) -> int:
        """Return the index of the first span that ends at ``first`` or later."""
        return bisect_right(self._ends, first - 1)

    def _use_span_with(self, first: int, end: int) -> None:
        index = bisect_right(self._firsts, first) - 1
        held_to = self._ends[index] if index >= 0 else 0
        if held_to < end:
            missing = max(first, held_to)
            raise MissingBytes(missing, end - missing)
        self._first, self._end = self._firsts[index], held_to
        self._span = self._data[index]
