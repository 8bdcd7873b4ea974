"""Read when a picture was taken from the printed tags of EXIF, XMP and IPTC."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal, NamedTuple

from fpcrawler.core.metadata.gps_time import GpsTime, gps_time
from fpcrawler.core.metadata.moments import (
    MAX_OFFSET,
    MIN_OFFSET,
    Moment,
    has_year,
    offset_text,
    read_moment,
    read_offset,
)

MAX_RESIDUAL_S = 120
"""How far the clocks may be from a whole quarter of an hour, to tell the offset."""

_QUARTER_S = 900


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """When the picture was taken; None for what is unknown.

    ``local``: the clock of the camera, ``YYYY-MM-DDTHH:MM:SS`` with the sub-seconds
    that it wrote. ``offset``: of that clock from UTC, ``+HH:MM``; ``offset_source``:
    ``written`` in the file, or ``gps``, from the difference to the GPS clock. ``utc``:
    ``local`` in UTC, if the offset is known. ``clock_skew``: whole seconds from the GPS
    clock to the camera's, if the offset is written. ``sources``: field to the tags that
    it came from.
    """

    local: str | None = None
    offset: str | None = None
    offset_source: Literal["written", "gps"] | None = None
    utc: str | None = None
    clock_skew: float | None = None
    sources: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


class _Written(NamedTuple):
    moment: Moment
    sources: tuple[str, ...]
    offset: timedelta | None
    offset_sources: tuple[str, ...]


_Tags = Mapping[str, str]
_NEVER = Taken()

# Date, sub-seconds, offset. DateTime and OffsetTime are left out: Exif 2.32 section
# 4.6.5 has them for the last change of the file. TIFF/EP has the date in IFD0.
_EXIF_ORIGINAL = (
    ("EXIF DateTimeOriginal", "EXIF SubSecTimeOriginal", "EXIF OffsetTimeOriginal"),
    ("Image DateTimeOriginal", "EXIF SubSecTimeOriginal", "EXIF OffsetTimeOriginal"),
)
_EXIF_DIGITIZED = (
    ("EXIF DateTimeDigitized", "EXIF SubSecTimeDigitized", "EXIF OffsetTimeDigitized"),
)
# Metadata Working Group, Guidelines 2.0, "Date/Time": the original date first, then the
# digitized one, which xmp:CreateDate stands for (CIPA DC-010).
_XMP_ORIGINAL = ("exif:DateTimeOriginal", "photoshop:DateCreated")
_XMP_DIGITIZED = ("exif:DateTimeDigitized", "xmp:CreateDate")
_IPTC_ORIGINAL = (("DateCreated", "TimeCreated"),)
_IPTC_DIGITIZED = (("DigitalCreationDate", "DigitalCreationTime"),)


def read_taken(exif: _Tags, xmp: _Tags, iptc: _Tags) -> Taken:
    """Return the time of EXIF, else XMP, else IPTC; never raise.

    A date without a time, an impossible one and an empty one count as absent; but if
    the original date is known in part, the digitized one does not stand for it.
    """
    written = next(_candidates(exif, xmp, iptc), None)
    if written is None:
        return _NEVER
    moment, sources = written.moment, {"local": written.sources}
    clock = gps_time(exif, xmp)

    offset, source = written.offset, "written"
    if offset is not None:
        sources["offset"] = written.offset_sources
    elif clock and (offset := _offset_to(clock, moment)) is not None:
        source = "gps"
        sources["offset"] = (*written.sources, *clock.sources)
    utc = moment.in_utc(offset) if offset is not None else None
    if offset is None or utc is None:
        return Taken(local=moment.text, sources={"local": written.sources})

    sources["utc"] = tuple(dict.fromkeys(written.sources + sources["offset"]))
    skew = None
    if clock and source == "written":
        skew = round((utc.exact - clock.value.exact).total_seconds())
        sources["clock_skew"] = (*sources["utc"], *clock.sources)
    return Taken(
        local=moment.text,
        offset=offset_text(offset),
        offset_source="written" if source == "written" else "gps",
        utc=utc.text,
        clock_skew=skew,
        sources=sources,
    )


def _candidates(exif: _Tags, xmp: _Tags, iptc: _Tags) -> Iterator[_Written]:
    # Of a scanned photograph the original date is often only a year: the date of the
    # scan must not stand for it, in whichever block that one is.
    is_known = _is_original_known(exif, xmp, iptc)
    for name, fraction, zone in _EXIF_ORIGINAL + (() if is_known else _EXIF_DIGITIZED):
        if name in exif and (moment := read_moment(exif[name])):
            yield _of_exif(exif, moment, (name, fraction, zone))
    for name in _XMP_ORIGINAL + (() if is_known else _XMP_DIGITIZED):
        # The XMP reader joins repeated properties.
        if name in xmp and (moment := read_moment(xmp[name].partition("; ")[0])):
            yield _Written(moment, (name,), moment.offset, (name,))
    for date, time in _IPTC_ORIGINAL + (() if is_known else _IPTC_DIGITIZED):
        if date in iptc and time in iptc:
            day, clock = (iptc[name].partition("; ")[0] for name in (date, time))
            if moment := read_moment(f"{day} {clock}"):
                names = (f"IPTC {date}", f"IPTC {time}")
                yield _Written(moment, names, moment.offset, names[1:])


def _is_original_known(exif: _Tags, xmp: _Tags, iptc: _Tags) -> bool:
    """Return whether a tag for the original date has at least a year."""
    texts = (
        *(exif.get(name, "") for name, *_ in _EXIF_ORIGINAL),
        *(xmp.get(name, "") for name in _XMP_ORIGINAL),
        *(iptc.get(name, "") for name, _ in _IPTC_ORIGINAL),
    )
    return any(map(has_year, texts))


def _of_exif(exif: _Tags, moment: Moment, names: tuple[str, str, str]) -> _Written:
    name, fraction, zone = names
    sources: tuple[str, ...] = (name,)
    finer = moment.with_fraction(exif.get(fraction, ""))
    if finer != moment:
        sources += (fraction,)
    offset = read_offset(exif.get(zone, ""))
    if offset is not None:
        return _Written(finer, sources, offset, (zone,))
    return _Written(finer, sources, moment.offset, (name,))


def _offset_to(clock: GpsTime, moment: Moment) -> timedelta | None:
    """Return how far local time is from the GPS clock, as an offset in use, or None."""
    ahead = (moment.exact - clock.value.exact).total_seconds()
    quarters = round(ahead / _QUARTER_S)
    if abs(ahead - quarters * _QUARTER_S) > MAX_RESIDUAL_S:
        return None
    offset = timedelta(seconds=quarters * _QUARTER_S)
    return offset if MIN_OFFSET <= offset <= MAX_OFFSET else None
