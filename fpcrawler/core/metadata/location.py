"""Read where a picture was taken from the printed tags of EXIF and XMP."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from fpcrawler.core.metadata.gps_time import gps_time
from fpcrawler.core.metadata.printed_numbers import number_of, numbers_of

DIGITS = 7
"""Decimal places of degrees; the last one is about a centimetre."""

_SIXTY = 60
_CIRCLE = 360
_MAX_LATITUDE, _MAX_LONGITUDE = 90, 180

# Exif 3.0 section 4.6.6, GPSAltitudeRef: 0 and 2 are above, 1 and 3 below.
_ALTITUDE_SIGNS = {"0": 1, "1": -1, "2": 1, "3": -1}

# Fields that a receiver with a fix fills. Without one, some cameras write zeros.
_MEASURED = (
    "GPS GPSAltitude",
    "GPS GPSTimeStamp",
    "GPS GPSDate",
    "GPS GPSImgDirection",
    "GPS GPSSatellites",
    "GPS GPSDOP",
    "GPS GPSSpeed",
    "GPS GPSTrack",
    "exif:GPSAltitude",
    "exif:GPSTimeStamp",
    "exif:GPSImgDirection",
    "exif:GPSSatellites",
    "drone-dji:AbsoluteAltitude",
)

# Without any of these there is nothing to read.
_NAMES = frozenset({*_MEASURED, "GPS GPSLatitude", "exif:GPSLatitude"}) | {
    f"drone-dji:{name}" for name in ("GpsLatitude", "Latitude")
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """Where the camera was; None for what is unknown.

    ``latitude`` and ``longitude``: signed decimal degrees with 7 digits, north and
    east are positive. ``altitude``: metres, negative below sea level. ``direction``:
    degrees clockwise from true north. ``time``: of the GPS clock in UTC,
    ``YYYY-MM-DDTHH:MM:SS`` with the sub-seconds that it has. ``sources``: field to the
    tags that it came from.
    """

    latitude: float | None = None
    longitude: float | None = None
    altitude: float | None = None
    direction: float | None = None
    time: str | None = None
    sources: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


class Measured(NamedTuple):
    """A number, and the tags that it was read from."""

    value: float
    sources: tuple[str, ...]


_Tags = Mapping[str, str]
_NOWHERE = Location()


def read_location(exif: _Tags, xmp: _Tags) -> Location:
    """Return the location that EXIF says, else XMP; never raise.

    A value of ``0/0``, without its reference or out of its range counts as absent
    (Exif 2.32 section 4.6.6). So do 0 degrees north and east if no field says that
    there was a fix.
    """
    if _NAMES.isdisjoint(exif) and _NAMES.isdisjoint(xmp):
        return _NOWHERE

    found: dict[str, Measured] = {}
    latitude, longitude = _first_pair(exif, xmp)
    if latitude and longitude:
        found |= {"latitude": latitude, "longitude": longitude}
    # Without a position, 0 metres are what a receiver without a fix writes.
    altitude = next(_altitudes(exif, xmp), None)
    if altitude and (altitude.value or latitude):
        found["altitude"] = altitude
    if direction := next(_directions(exif, xmp), None):
        found["direction"] = direction
    time = gps_time(exif, xmp)
    if not found and not time:
        return _NOWHERE

    sources = {name: measured.sources for name, measured in found.items()}
    if time:
        sources["time"] = time.sources
    return Location(
        **{name: measured.value for name, measured in found.items()},
        time=time.value.text if time else None,
        sources=sources,
    )


def _first_pair(
    exif: _Tags, xmp: _Tags
) -> tuple[Measured, Measured] | tuple[None, None]:
    for latitude, longitude in _pairs(exif, xmp):
        if latitude and longitude and _is_fix(latitude, longitude, exif, xmp):
            return latitude, longitude
    return None, None


def _pairs(
    exif: _Tags, xmp: _Tags
) -> Iterator[tuple[Measured | None, Measured | None]]:
    """Yield latitude and longitude of one writer after the other."""
    if "GPS GPSLatitude" in exif:
        yield (
            _exif_degrees(exif, "GPS GPSLatitude", "NS", _MAX_LATITUDE),
            _exif_degrees(exif, "GPS GPSLongitude", "EW", _MAX_LONGITUDE),
        )
    if "exif:GPSLatitude" in xmp:
        yield (
            _xmp_degrees(xmp, "exif:GPSLatitude", "NS", _MAX_LATITUDE),
            _xmp_degrees(xmp, "exif:GPSLongitude", "EW", _MAX_LONGITUDE),
        )
    # DJI's drones spell it in three ways.
    for latitude, longitude in (
        ("drone-dji:GpsLatitude", "drone-dji:GpsLongitude"),
        ("drone-dji:GpsLatitude", "drone-dji:GpsLongtitude"),
        ("drone-dji:Latitude", "drone-dji:Longitude"),
    ):
        if latitude in xmp and longitude in xmp:
            yield (
                _signed_degrees(xmp, latitude, _MAX_LATITUDE),
                _signed_degrees(xmp, longitude, _MAX_LONGITUDE),
            )


def _is_fix(latitude: Measured, longitude: Measured, exif: _Tags, xmp: _Tags) -> bool:
    if latitude.value or longitude.value:
        return True
    texts = (exif.get(name) or xmp.get(name, "") for name in _MEASURED)
    # The digits of 0, [0, 0, 0], 0/0 and 0000:00:00 are all zeros; those of 0/1 are
    # read as the number that it is.
    return any(_is_nonzero(text) for text in texts)


def _is_nonzero(text: str) -> bool:
    numbers = [part.partition("/")[0] for part in text.split(", ")]
    return any(digit in part for part in numbers for digit in "123456789")


def _exif_degrees(exif: _Tags, name: str, letters: str, limit: int) -> Measured | None:
    value = _degrees(numbers_of(exif.get(name, "")), limit)
    sign = _sign(exif.get(f"{name}Ref", ""), letters)
    if value is None or not sign:
        return None
    return Measured(_rounded(sign * value), (name, f"{name}Ref"))


def _xmp_degrees(xmp: _Tags, name: str, letters: str, limit: int) -> Measured | None:
    """Read ``DDD,MM,SSk`` or ``DDD,MM.mmk`` (XMP part 2, GPSCoordinate)."""
    text = xmp.get(name, "").strip()
    sign = _sign(text[-1:], letters)
    value = _degrees(numbers_of(text[:-1], ","), limit)
    if value is None or not sign:
        return None
    return Measured(_rounded(sign * value), (name,))


def _signed_degrees(xmp: _Tags, name: str, limit: int) -> Measured | None:
    value = number_of(xmp[name])
    if value is None or abs(value) > limit:
        return None
    return Measured(_rounded(value), (name,))


def _sign(reference: str, letters: str) -> int:
    """Return 1 or -1 by the first or second of ``letters``, 0 for anything else."""
    return {letters[0]: 1, letters[1]: -1}.get(reference.strip("\0 ")[:1].upper(), 0)


def _degrees(parts: list[float], limit: int) -> float | None:
    """Return degrees, minutes and seconds as degrees; the last ones may be absent."""
    if not 1 <= len(parts) <= 3 or min(parts) < 0:  # noqa: PLR2004
        return None
    # Exif 2.32 section 4.6.6, GPSLatitude. Some writers round up to 60 seconds.
    if any(part > _SIXTY for part in parts[1:]):
        return None
    value = sum(part / _SIXTY**power for power, part in enumerate(parts))
    return value if value <= limit else None


def _rounded(value: float) -> float:
    return round(value, DIGITS) + 0.0  # not -0.0


def _altitudes(exif: _Tags, xmp: _Tags) -> Iterator[Measured]:
    for tags, name in ((exif, "GPS GPSAltitude"), (xmp, "exif:GPSAltitude")):
        value = number_of(tags.get(name, ""))
        sign = _ALTITUDE_SIGNS.get(tags.get(f"{name}Ref", "").strip("[]\0 "))
        if value is not None and sign:
            yield Measured(round(sign * value, 3) + 0.0, (name, f"{name}Ref"))
    name = "drone-dji:AbsoluteAltitude"
    if (value := number_of(xmp.get(name, ""))) is not None:
        yield Measured(round(value, 3) + 0.0, (name,))


def _directions(exif: _Tags, xmp: _Tags) -> Iterator[Measured]:
    """Yield directions from true north; one from magnetic north is not known as such.

    Exif 2.32 section 4.6.6, GPSImgDirectionRef: ``T`` is true, ``M`` magnetic.
    """
    for tags, name in ((exif, "GPS GPSImgDirection"), (xmp, "exif:GPSImgDirection")):
        value = number_of(tags.get(name, ""))
        is_true = tags.get(f"{name}Ref", "").strip("\0 ").upper() == "T"
        if value is not None and is_true and 0 <= value <= _CIRCLE:
            # Rounding may reach 360 again.
            degrees = round(value, 4) % _CIRCLE
            yield Measured(degrees, (name, f"{name}Ref"))
