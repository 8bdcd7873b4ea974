"""Read a date and time as EXIF, XMP or IPTC write it, exactly as far as it is written.

Offsets from UTC are whole minutes, so a change of the offset never touches the
seconds: these stay the text that they were.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

MIN_OFFSET, MAX_OFFSET = timedelta(hours=-12), timedelta(hours=14)
"""The offsets from UTC that are in use on Earth."""

MAX_FRACTION = 9
"""Digits of a second; further ones are left out."""

# EXIF writes 2024:05:01 10:20:30, some cameras with spaces for zeros or with other
# marks; XMP part 1 section 8.2.1.2 has 2024-05-01T10:20:30.5+02:00, the seconds and
# the offset being optional; IPTC-IIM 4.2 has 20240501 and 102030+0200.
_MOMENT = re.compile(
    r"(\d{4})[:/.-]?([\d ]\d)[:/.-]?([\d ]\d)[T ]?([\d ]\d):?([\d ]\d)"
    r"(?::?([\d ]\d)(?:[.,](\d{1,9})\d*)?)? ?(Z|[+-]\d{1,2}:?\d{2})?",
    re.ASCII,
)
_OFFSET = re.compile(r"([+-])(\d{1,2}):?([0-5]\d)", re.ASCII)
# Alone, before a mark, or in IPTC's eight digits without one.
_YEAR = re.compile(r"(?!0000)\d{4}(?:$|[:/.\-\s]|\d{4}(?!\d))", re.ASCII)
_MAX_CHARS = 64
_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Moment:
    """A local date and time: the minute, and the text of its seconds.

    ``seconds`` begins with a colon, such as ``":30.25"``; it is empty if none were
    written. ``offset`` is the one that was written with it, or None.
    """

    minute: datetime
    seconds: str = ""
    offset: timedelta | None = None

    @property
    def text(self) -> str:
        """``YYYY-MM-DDTHH:MM:SS``, with the sub-seconds that were written."""
        return self.minute.isoformat(timespec="minutes") + self.seconds

    @property
    def exact(self) -> datetime:
        """The date and time with its seconds."""
        return self.minute + timedelta(seconds=float(self.seconds[1:] or 0))

    def with_fraction(self, digits: str) -> Moment:
        """Return it with these digits of a second, if it has no other ones."""
        digits = digits.strip("\0 ")
        is_fraction = digits.isascii() and digits.isdigit()
        if not self.seconds or "." in self.seconds or not is_fraction:
            return self
        return replace(self, seconds=f"{self.seconds}.{digits[:MAX_FRACTION]}")

    def in_utc(self, offset: timedelta) -> Moment | None:
        """Return it in UTC; None outside of the years 1 to 9999."""
        try:
            return Moment(self.minute - offset, self.seconds, timedelta())
        except OverflowError:
            return None


def read_moment(text: str) -> Moment | None:
    """Return the date and time, or None if it has no time or is impossible."""
    found = _MOMENT.fullmatch(text.strip("\0 ")) if len(text) <= _MAX_CHARS else None
    if found is None:
        return None
    *numbers, seconds, fraction, offset = found.groups()
    if seconds and int(seconds) >= _SECONDS:
        return None
    try:
        year, month, day, hour, minute = map(int, numbers)
        local = datetime(year, month, day, hour, minute)  # noqa: DTZ001 - it is local
    except ValueError:
        return None
    rest = f":{int(seconds):02}" if seconds else ""
    return Moment(
        local,
        f"{rest}.{fraction}" if fraction else rest,
        read_offset(offset) if offset else None,
    )


def has_year(text: str) -> bool:
    """Return whether the text begins with a year, alone or as part of a date."""
    return _YEAR.match(text.strip("\0 ")) is not None


def read_offset(text: str) -> timedelta | None:
    """Return an offset such as ``+02:00`` or ``Z``; None if it is not in use."""
    text = text.strip("\0 ")
    if text == "Z":
        return timedelta()
    found = _OFFSET.fullmatch(text)
    if found is None:
        return None
    sign, hours, minutes = found.groups()
    amount = timedelta(hours=int(hours), minutes=int(minutes))
    offset = -amount if sign == "-" else amount
    return offset if MIN_OFFSET <= offset <= MAX_OFFSET else None


def offset_text(offset: timedelta) -> str:
    """Return the offset as ``+HH:MM``."""
    minutes = round(offset.total_seconds() / 60)
    hours, rest = divmod(abs(minutes), 60)
    return f"{'-' if minutes < 0 else '+'}{hours:02}:{rest:02}"
