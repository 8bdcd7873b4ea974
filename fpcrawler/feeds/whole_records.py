"""Remove an incomplete last record from JSON Lines or CSV."""

from __future__ import annotations

from pathlib import Path
from typing import IO

_CHUNK = 1_048_576


def cut_to_whole_records(path: Path, *, is_csv: bool) -> None:
    """Remove the bytes after the last complete record, which a kill leaves."""
    if not path.exists() or not path.stat().st_size:
        return
    with path.open("r+b") as file:
        end = _end_of_rows(file) if is_csv else _end_of_lines(file)
        file.truncate(end)


def _end_of_lines(file: IO[bytes]) -> int:
    """Return the offset after the last line feed, 0 if there is none."""
    end = file.seek(0, 2)
    while end > 0:
        start = max(0, end - _CHUNK)
        file.seek(start)
        place = file.read(end - start).rfind(b"\n")
        if place >= 0:
            return start + place + 1
        end = start
    return 0


def _end_of_rows(file: IO[bytes]) -> int:
    """Return the offset after the last line feed outside quotes (RFC 4180 section 2).

    A quote inside quotes is doubled, so an odd number of quotes means: inside.
    """
    offset, end, is_quoted = 0, 0, False
    while chunk := file.read(_CHUNK):
        is_quoted_after = is_quoted ^ (chunk.count(b'"') % 2 == 1)
        place = _last_outside(chunk, is_quoted=is_quoted_after)
        if place is not None:
            end = offset + place + 1
        offset += len(chunk)
        is_quoted = is_quoted_after
    return end


def _last_outside(chunk: bytes, *, is_quoted: bool) -> int | None:
    """Return the last line feed outside quotes; ``is_quoted`` at the chunk's end."""
    end = len(chunk)
    while (place := chunk.rfind(b"\n", 0, end)) >= 0:
        is_quoted ^= chunk.count(b'"', place, end) % 2 == 1
        if not is_quoted:
            return place
        end = place
    return None
