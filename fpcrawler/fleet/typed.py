"""Read dataclasses from untrusted JSON."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import fields
from types import UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

_T = TypeVar("_T")


def typed(kind: type[_T], data: object) -> _T:
    """Return a dataclass made from a JSON object; raises ValueError.

    The object must have exactly the fields of the dataclass, each with a value of
    the field's type. Numbers are counts or times, so they must not be below 0.
    """
    if not isinstance(data, dict):
        raise ValueError(f"{kind.__name__} is not an object")  # noqa: TRY004 - like invalid JSON
    hints = _hints(kind)
    if odd := sorted(hints.keys() ^ data.keys()):
        raise ValueError(f"{odd[0]} is {'missing' if odd[0] in hints else 'unknown'}")
    for name, hint in hints.items():
        if not _fits(data[name], hint):
            raise ValueError(f"{name} has a wrong type or is below 0")
    return kind(**data)


def _hints(kind: type) -> Mapping[str, Any]:
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in fields(kind)}


def _fits(value: object, hint: Any) -> bool:
    if isinstance(hint, UnionType):
        return any(_fits(value, one) for one in get_args(hint))
    if get_origin(hint) is dict:
        of_values = get_args(hint)[1]
        return isinstance(value, dict) and (
            of_values is Any or all(_fits(one, of_values) for one in value.values())
        )
    if get_origin(hint) is list:
        (of_values,) = get_args(hint)
        return isinstance(value, list) and all(
            isinstance(one, of_values) for one in value
        )
    if hint in (int, float):
        numbers = int if hint is int else (int, float)
        return (
            isinstance(value, numbers)
            and not isinstance(value, bool)
            and math.isfinite(value)
            and value >= 0
        )
    return isinstance(value, hint)
