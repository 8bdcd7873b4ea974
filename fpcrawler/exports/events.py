"""The known times of an image, as events of a timeline."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from fpcrawler.core.metadata.moments import offset_text, read_moment, read_offset
from fpcrawler.exports.places import full_time

if TYPE_CHECKING:
    from fpcrawler.exports.rows import Record

# Tag, its sub-seconds, its offset (Exif 2.32 section 4.6.5), what happened then. The
# original date is ``taken``.
_EXIF = (
    ("Image DateTime", "EXIF SubSecTime", "EXIF OffsetTime", "File Changed"),
    (
        "EXIF DateTimeDigitized",
        "EXIF SubSecTimeDigitized",
        "EXIF OffsetTimeDigitized",
        "Picture Digitized",
    ),
)
_XMP = {
    "photoshop:DateCreated": "Picture Created",
    "xmp:CreateDate": "Picture Digitized",
    "xmp:ModifyDate": "File Changed",
    "xmp:MetadataDate": "Metadata Changed",
}
_IPTC = (
    ("DateCreated", "TimeCreated", "Picture Created"),
    ("DigitalCreationDate", "DigitalCreationTime", "Picture Digitized"),
)
_TEXTS = {
    "Creation Time": "Picture Created",
    "date:create": "File Created",
    "date:modify": "File Changed",
}
_HISTORY, _WHEN = "xmpMM:History", "/stEvt:when"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened to an image.

    ``datetime``: ISO 8601 with its offset, which is ``+00:00`` where none is known:
    ``is_offset_known``. ``what``: such as ``Picture Taken``. ``source``: the field or
    tag.
    """

    datetime: str
    what: str
    source: str
    is_offset_known: bool = True


def events_of(record: Record) -> Iterator[Event]:
    """Yield the events of an image, what the record derived first."""
    taken, location = record["taken"] or {}, record["location"] or {}
    offset = taken.get("offset")
    yield from _event(taken.get("local"), offset, "Picture Taken", "taken")
    yield from _event(location.get("time"), "+00:00", "GPS Time", "location")
    exif, xmp, iptc = (record[name] or {} for name in ("exif", "xmp", "iptc"))
    for name, fraction, zone, what in _EXIF:
        written = exif.get(zone) or ""
        yield from _written(exif.get(name), what, name, exif.get(fraction), written)
    for name, what in _XMP.items():
        yield from _written(xmp.get(name), what, name)
    yield from _history(xmp)
    for day, time, what in _IPTC:
        if iptc.get(day) and iptc.get(time):
            yield from _written(f"{iptc[day]} {iptc[time]}", what, f"IPTC {day}")
    for text in record["texts"] or []:
        title = (text or {}).get("name")
        if title in _TEXTS:
            yield from _stated(text.get("text"), _TEXTS[title], f"texts {title}")
    yield from _stated(record["last_modified"], "Last Modified", "last_modified")
    yield from _event(record["timestamp"], "+00:00", "Image Received", "timestamp")


def _history(xmp: Mapping[str, str]) -> Iterator[Event]:
    """Yield what editors wrote (XMP part 2, section 1.2.7.3, ResourceEvent)."""
    for name, text in xmp.items():
        if name.startswith(_HISTORY) and name.endswith(_WHEN):
            action = xmp.get(f"{name.removesuffix(_WHEN)}/stEvt:action") or "edited"
            yield from _written(text, f"History: {action}", name)


def _written(
    text: str | None,
    what: str,
    source: str,
    fraction: str | None = None,
    zone: str = "",
) -> Iterator[Event]:
    """Yield the event of a time as EXIF, XMP or IPTC write it."""
    moment = read_moment((text or "").partition("; ")[0])
    if moment is None:
        return
    offset = read_offset(zone)
    if offset is None:
        offset = moment.offset
    moment = moment.with_fraction(fraction or "")
    known = offset_text(offset) if offset is not None else None
    yield from _event(moment.text, known, what, source)


def _stated(text: str | None, what: str, source: str) -> Iterator[Event]:
    """Yield the event of a time as HTTP writes it (RFC 9110 section 5.6.7), or ISO."""
    if text and read_moment(text):
        yield from _written(text, what, source)
        return
    try:
        moment = parsedate_to_datetime(text or "")
    except (ValueError, TypeError, OverflowError, IndexError):
        return
    offset = moment.utcoffset()
    known = offset_text(offset) if offset is not None else None
    yield from _event(moment.replace(tzinfo=None).isoformat(), known, what, source)


def _event(
    time: str | None, offset: str | None, what: str, source: str
) -> Iterator[Event]:
    text = full_time(time)
    known = read_offset(offset or "")
    if text:
        yield Event(
            datetime=f"{text}{offset_text(known or timedelta())}",
            what=what,
            source=source,
            is_offset_known=known is not None,
        )
