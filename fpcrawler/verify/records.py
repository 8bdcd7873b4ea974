"""Make a record of the texts of a feed, which may come from anywhere."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from functools import partial
from typing import Any, get_args, get_origin, get_type_hints, is_typeddict

from fpcrawler.items import ImageRecord

Reader = Callable[[str], Any]
"""Returns the value of a text; raises ValueError."""

_MAX_DIGITS = 18
_BOOLEANS = {"true": True, "false": False}


def record_of(texts: Mapping[str, str | None]) -> ImageRecord:
    """Return the record whose fields have these texts; objects and lists as JSON.

    A field that is missing, or of another type, has its default; else it is None.
    """
    values = {name: _value(text, _READERS[name]) for name, text in texts.items()}
    known = {name: value for name, value in values.items() if value is not None}
    return ImageRecord(**{**_missing(), **known})


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
    return _BOOLEANS.get(text.lower())


def _json(kind: type, text: str) -> object:
    value = json.loads(text)
    return value if isinstance(value, kind) else None


def _reader(hint: Any) -> Reader:
    kind = next((arg for arg in get_args(hint) if arg is not type(None)), hint)
    if is_typeddict(hint) or get_origin(hint) in {dict, Mapping}:
        return partial(_json, dict)
    if get_origin(hint) is list:
        return partial(_json, list)
    return {int: _number, bool: _boolean}.get(kind, str)


_READERS = {name: _reader(hint) for name, hint in get_type_hints(ImageRecord).items()}
