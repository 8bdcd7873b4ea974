"""Read the values of a record as they should be: a feed may come from anywhere."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from functools import lru_cache

import msgspec.json

MAX_CHARS = 65_536
"""The limit of a text in the report; a record of this crawler has no longer one."""

_CUT = "…"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECONDS = len("YYYY-MM-DDTHH:MM:SS")
_EXACT = 2.0**53
"""Beyond, a 64-bit float cannot hold each integer."""


def parsed(text: object) -> object:
    """Return the value of a JSON text, None if it is not one."""
    if not isinstance(text, str):
        return None
    try:
        return msgspec.json.decode(text)
    except (ValueError, RecursionError):
        return _leniently(text)


def _leniently(text: str) -> object:
    """Read what Python writes too, but msgspec refuses: NaN, half a surrogate pair.

    JSON has no number that is not finite (RFC 8259 section 6), so such is None.
    """
    try:
        return json.loads(text, parse_constant=_no_number, parse_float=_finite)
    except (ValueError, RecursionError):
        return None


def _no_number(_: str) -> None:
    return None


def _finite(text: str) -> float | None:
    number = float(text)
    return number if math.isfinite(number) else None


def mapping_of(value: object) -> Mapping[str, object]:
    """Return an object, empty if it is none."""
    return value if isinstance(value, dict) else {}


def list_of(value: object) -> list[object]:
    """Return a list, empty if it is none."""
    return value if isinstance(value, list) else []


def text_of(value: object, limit: int = MAX_CHARS) -> str | None:
    """Return a text cut after ``limit`` characters; None if it is only spaces."""
    if not isinstance(value, str) or not value or value.isspace():
        return None
    return value if len(value) <= limit else value[:limit] + _CUT


def number_of(value: object) -> float | None:
    """Return a finite number, also of a text; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) and abs(number) <= _EXACT else None


def degrees_of(value: object, limit: int) -> float | None:
    """Return degrees from ``-limit`` to ``limit``."""
    number = number_of(value)
    return number if number is not None and abs(number) <= limit else None


def seconds_of(value: object) -> float | None:
    """Return an ISO 8601 time as seconds since 1970, by its own clock."""
    text = text_of(value)
    return None if text is None else _iso_seconds(text[:_SECONDS])


# Table and details ask for the same time, one after the other.
@lru_cache(maxsize=64)
def _iso_seconds(text: str) -> float | None:
    try:
        moment = datetime.fromisoformat(text).replace(tzinfo=UTC)
    except ValueError:
        return None
    return (moment - _EPOCH) / timedelta(seconds=1)


def http_seconds_of(value: object) -> float | None:
    """Return the date of an HTTP header as seconds since 1970 (RFC 9110 5.6.7)."""
    text = text_of(value, 64)
    return None if text is None else _http_seconds(text)


@lru_cache(maxsize=64)
def _http_seconds(text: str) -> float | None:
    try:
        moment = parsedate_to_datetime(text)
        return (moment.replace(tzinfo=moment.tzinfo or UTC) - _EPOCH).total_seconds()
    except (ValueError, OverflowError):
        return None


def is_plain_time(value: object) -> bool:
    """Return whether a time is as ``seconds_of`` can be written: to the second."""
    return seconds_of(value) is not None and len(str(value)) == _SECONDS


def is_http_date(value: object) -> bool:
    """Return whether a date is as ``http_seconds_of`` is written by RFC 9110 5.6.7."""
    seconds = http_seconds_of(value)
    if seconds is None:
        return False
    return format_datetime(_EPOCH + timedelta(seconds=seconds), usegmt=True) == value
