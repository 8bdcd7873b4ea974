"""Make a record of the texts of a feed, which may come from anywhere."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, get_args, get_origin, get_type_hints, is_typeddict

from fpcrawler.items import ImageRecord

Reader = Callable[[str], Any]
"""Returns the value of a text; raises ValueError."""

_MAX_DIGITS = 18
BOOLEANS = {"true": True, "false": False}
"""In lower case: a CSV feed has ``True`` and ``False``."""


def record_of(texts: Mapping[str, str | None]) -> ImageRecord:
    """Return the record whose fields have these texts; objects and lists as JSON.

    A field that is missing, or of another type, has its default; else it is None.
    """
    values = {name: _value(text, _READERS[name]) for name, text in texts.items()}
    known = {name: value for name, value in values.items() if value is not None}
    return ImageRecord(**{**_missing(), **known})


def later_than(old: str, now: str) -> str:
    """Return ``now``, or a second after a record whose time is not before it.

    So a record that a wrong clock dated to the future does not hide a later one.
    """
    try:
        time = datetime.fromisoformat(old)
        if time.tzinfo is not None:
            time = time.astimezone(UTC).replace(tzinfo=None)
        after = time.replace(microsecond=0) + timedelta(seconds=1)
    except (ValueError, OverflowError):
        return now
    return after.isoformat() if time.isoformat() >= now else now


def _value(text: str | None, read: Reader) -> object:
    if text is None:
        return None
    try:
        return read(text)
    except (ValueError, RecursionError):
        return None


def _missing() -> dict[str, Any]:
    """Return the values of the fields without a default."""
    return {
        each.name: {} if each.name == "requests" else None
        for each in fields(ImageRecord)
        if each.default is MISSING and each.default_factory is MISSING
    } | {"bytes_downloaded": 0}


def _number(text: str) -> int:
    if len(text) > _MAX_DIGITS:
        raise ValueError
    return int(text)


def _boolean(text: str) -> bool | None:
    return BOOLEANS.get(text.lower())


def _json(hint: Any, text: str) -> object:
    value = json.loads(text)
    return value if _is_like(value, hint) else None


def _is_like(value: object, hint: Any) -> bool:
    """Return whether a value of JSON has a type; of an object with keys: is one."""
    if is_typeddict(hint):
        return isinstance(value, dict)
    kind, of = get_origin(hint), get_args(hint)
    if kind in {dict, Mapping}:
        return isinstance(value, dict) and all(
            _is_like(v, of[1]) for v in value.values()
        )
    if kind is list:
        return isinstance(value, list) and all(_is_like(one, of[0]) for one in value)
    if hint is int:  # a longer one could not be written again
        return isinstance(value, int) and 0 <= value < 10**_MAX_DIGITS
    if hint is str or of == (str, type(None)):
        return isinstance(value, hint)
    return True


def _reader(hint: Any) -> Reader:
    kind = next((arg for arg in get_args(hint) if arg is not type(None)), hint)
    if is_typeddict(hint) or get_origin(hint) in {dict, Mapping, list}:
        return partial(_json, hint)
    return {int: _number, bool: _boolean}.get(kind, str)


_READERS = {name: _reader(hint) for name, hint in get_type_hints(ImageRecord).items()}
