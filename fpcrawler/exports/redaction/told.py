"""Collect what a record says about the subjects that are redacted."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from math import isfinite
from typing import TYPE_CHECKING

from fpcrawler.exports.redaction.coordinates import degrees_in
from fpcrawler.exports.redaction.secrets import Secrets
from fpcrawler.exports.redaction.subjects import Subject, device_keys, says

if TYPE_CHECKING:
    from fpcrawler.exports.rows import Record

_TAGS = ("exif", "xmp", "iptc")
_LEGAL = re.compile(
    r"copyright|\(c\)|©|all rights reserved|\b\d{4}(?:\s*-\s*\d{4})?\b|\bby\b",
    re.IGNORECASE,
)
_PARTS = re.compile(r"[;,\n/|]")
_COORDINATE = re.compile(r"(?:lat|long?|lng|latitude|longt?itude)$", re.IGNORECASE)
_MAX_NAME = 1_000

# The names of places; not their countries, and not what other GPS tags say: "WGS-84".
_PLACE = re.compile(
    r"location|locality|\bcity\b|landmark|address|place|gpsarea", re.IGNORECASE
)
_NO_PLACE = re.compile(
    r"gps(?! |area)|country|province|state|region|latitude|longitude|altitude"
    r"|(?:id|identifier|code)$",
    re.IGNORECASE,
)


def secrets_of(record: Record, subjects: Collection[Subject]) -> Secrets:
    """Return the values that a record has about the subjects."""
    named = [each for each in subjects if each is not Subject.GPS]
    texts = [*_told(record, named)]
    degrees: list[float] = []
    if Subject.GPS in subjects:
        texts += _places(record)
        degrees += _degrees(record)
    parts = [part for text in texts for part in _parts(text)]
    return Secrets(tuple(dict.fromkeys(parts)), tuple(dict.fromkeys(degrees)))


def provenance_keys(subjects: Collection[Subject]) -> set[str]:
    """Return the keys of ``provenance`` that are about the subjects."""
    return {"signer"} if Subject.OWNER in subjects else set()


def _parts(text: str) -> Iterator[str]:
    """Yield a value and what it is made of: one of several names, a line."""
    yield text
    for part in _PARTS.split(_LEGAL.sub(";", text)):
        yield part.strip()


def _told(record: Record, subjects: Collection[Subject]) -> Iterator[str]:
    device = record["device"] or {}
    yield from filter(None, (device.get(key) for key in device_keys(subjects)))
    yield from (value for _, value in _tags(record, subjects))
    if provenance_keys(subjects):
        signer = (record["provenance"] or {}).get("signer") or {}
        yield from filter(None, signer.values())


def _tags(record: Record, subjects: Collection[Subject]) -> Iterator[tuple[str, str]]:
    """Yield the names and values of the tags and texts about the subjects."""
    for field in _TAGS:
        for name, value in (record[field] or {}).items():
            if value and says(name, subjects):
                yield name, value
    for text in record["texts"] or []:
        name = (text or {}).get("name") or ""
        if text and text.get("text") and says(name, subjects):
            yield name, text["text"]


def _places(record: Record) -> Iterator[str]:
    """Yield the names of places, the altitude, the direction and the GPS time."""
    for name, value in _tags(record, [Subject.GPS]):
        if _PLACE.search(name) and not _NO_PLACE.search(name):
            yield value
    location = record["location"] or {}
    for key in ("altitude", "direction"):
        number = location.get(key)
        if number is not None and isfinite(number):
            yield f"{number}"
    if time := location.get("time"):
        yield time
        yield time.replace("T", " ")


def _degrees(record: Record) -> Iterator[float]:
    location = record["location"] or {}
    for key in ("latitude", "longitude"):
        if location.get(key):
            yield location[key]
    for name, value in _tags(record, [Subject.GPS]):
        if _COORDINATE.search(name[-_MAX_NAME:]):
            degrees = degrees_in(value)
            if degrees is not None:
                yield degrees
