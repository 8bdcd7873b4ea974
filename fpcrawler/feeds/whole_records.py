"""Where the last whole record of JSON Lines or CSV ends."""

from __future__ import annotations

from pathlib import Path
from typing import IO

_CHUNK = 1_048_576


def cut_to_whole_records(path: Path, *, is_csv: bool) -> None:
    """Remove what follows the last whole record, as a kill leaves it."""
    if not path.exists() or not path.stat().st_size:
        return
    with path.open("r+b") as file:
        end = _end_of_rows(file) if is_csv else _end_of_lines(file)
        file.truncate(end)


def _end_of_lines(file: IO[bytes]) -> int:
    """Return the offset behind the last line feed, 0 if there is none."""
    end = file.seek(0, 2)
    while end > 0:
        begin = max(0, end - _CHUNK)
        file.seek(begin)
        place = file.read(end - begin).rfind(b"\n")
        if place >= 0:
            return begin + place + 1
        end = begin
    return 0


def _end_of_rows(file: IO[bytes]) -> int:
    """Return the offset behind the last line feed outside of quotes (RFC 4180 2).

    Within quotes a quote is doubled, so their number tells.
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
    """Return the last line feed outside of quotes; ``is_quoted`` where it ends."""
    behind = len(chunk)
    while (place := chunk.rfind(b"\n", 0, behind)) >= 0:
        is_quoted ^= chunk.count(b'"', place, behind) % 2 == 1
        if not is_quoted:
            return place
        behind = place
    return None
