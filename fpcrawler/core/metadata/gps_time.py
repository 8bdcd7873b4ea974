"""Read the time of the GPS clock from the printed tags of EXIF and XMP."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import NamedTuple

from fpcrawler.core.metadata.moments import Moment, read_moment
from fpcrawler.core.metadata.printed_numbers import numbers_of

_SIXTY = 60
_HOURS = 24
_LAST_THOUSANDTH = 59_999

_Tags = Mapping[str, str]


class GpsTime(NamedTuple):
    """The time of the GPS clock in UTC, and the tags that it was read from."""

    value: Moment
    sources: tuple[str, ...]


def gps_time(exif: _Tags, xmp: _Tags) -> GpsTime | None:
    """Return the date and time of the GPS clock; None without a date or a time."""
    date, clock = exif.get("GPS GPSDate"), exif.get("GPS GPSTimeStamp")
    if date and clock and (moment := _clock(date, clock)):
        return GpsTime(moment, ("GPS GPSDate", "GPS GPSTimeStamp"))
    # XMP part 2, exif:GPSTimeStamp: date and time are one value.
    written = xmp.get("exif:GPSTimeStamp")
    stamp = read_moment(written) if written else None
    moment = stamp and stamp.in_utc(stamp.offset or timedelta())
    return GpsTime(moment, ("exif:GPSTimeStamp",)) if moment else None


def _clock(date: str, clock: str) -> Moment | None:
    """Return the moment of a date and of hours, minutes and seconds in UTC.

    Exif 2.32 section 4.6.6 has three ratios; some writers leave the seconds in a
    fraction of the minutes.
    """
    parts = numbers_of(clock)
    if len(parts) != 3 or not all(0 <= part < _SIXTY for part in parts):  # noqa: PLR2004
        return None
    hours, minutes, seconds = parts
    if hours >= _HOURS or hours % 1:
        return None
    if minutes % 1:
        # A fraction beside seconds that are not 0 says the time twice, or wrongly.
        if seconds:
            return None
        minutes, seconds = minutes // 1, minutes % 1 * _SIXTY
    # Rounding must not make 60 seconds.
    thousandths = min(round(seconds * 1_000), _LAST_THOUSANDTH)
    text = f"{thousandths / 1_000:06.3f}"
    text = text.removesuffix(".000") if text.endswith(".000") else text.rstrip("0")
    return read_moment(f"{date.strip()} {hours:02.0f}:{minutes:02.0f}:{text}")
