"""Where and when a picture was taken, as map formats want it."""

from __future__ import annotations

import re
from math import isfinite
from typing import TYPE_CHECKING, NamedTuple

from fpcrawler.core.metadata.moments import read_moment

if TYPE_CHECKING:
    from fpcrawler.exports.rows import Record

_MAX_LATITUDE, _MAX_LONGITUDE = 90, 180
_LENGTH = len("YYYY-MM-DDTHH:MM:SS")
_TIME = re.compile(
    r"(\d{4}-\d\d-\d\dT\d\d:\d\d)(?:(:\d\d)(?:(\.\d{1,6})\d*)?)?", re.ASCII
)


class Place(NamedTuple):
    """Degrees, north and east being positive, and metres above sea level."""

    latitude: float
    longitude: float
    altitude: float | None


def place_of(record: Record) -> Place | None:
    """Return the place of a record; None if it is unknown or not on Earth."""
    location = record["location"] or {}
    latitude, longitude = location.get("latitude"), location.get("longitude")
    if latitude is None or longitude is None:
        return None
    # A comparison with NaN is false.
    if not (abs(latitude) <= _MAX_LATITUDE and abs(longitude) <= _MAX_LONGITUDE):
        return None
    altitude = location.get("altitude")
    is_known = altitude is not None and isfinite(altitude)
    return Place(latitude, longitude, altitude if is_known else None)


def utc_of(record: Record) -> str | None:
    """Return when the picture was taken, as ``YYYY-MM-DDTHH:MM:SSZ``.

    None if only the local time is known: map formats take a time without an offset
    for one in UTC. The GPS clock counts if the camera's offset is unknown.
    """
    taken, location = record["taken"] or {}, record["location"] or {}
    text = full_time(taken.get("utc")) or full_time(location.get("time"))
    return f"{text}Z" if text else None


def full_time(text: str | None) -> str | None:
    """Return a time of the record with seconds, as XML Schema requires them.

    At most six digits of a second: that is what most readers can hold. None for an
    impossible time, also for a leap second, which most readers refuse.
    """
    found = _TIME.fullmatch(text or "")
    if found is None or read_moment(found[0][:_LENGTH]) is None:
        return None
    minute, seconds, fraction = found.groups()
    return f"{minute}{seconds or ':00'}{fraction or ''}"


def degrees_text(value: float) -> str:
    """Return degrees in decimal notation: XML's decimal has no exponent."""
    return f"{value:.7f}".rstrip("0").rstrip(".")


def title_of(url: str) -> str:
    """Return the name of the file in a URL, for people."""
    path = url.partition("?")[0].rstrip("/")
    return path.rpartition("/")[2] or url
