"""The units of a file (segment, chunk, block or box), and the edits of its tags."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal, get_args

Edit = Literal[
    "stripped",
    "tag changed",
    "thumbnail added",
    "profile added",
    "large profile added",
    "text before",
    "text after",
]
"""``stripped``: without metadata, colour profile, comment and trailer.
``tag changed``: with another EXIF block. A profile has 60 KB, a large one 150 KB.
Texts are before or after the coded data."""

EDITS: tuple[Edit, ...] = get_args(Edit)


class Unsupported(Exception):
    """The file violates its specification, or an edit would damage it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """The bytes of a file from one header to the next.

    ``coded``: the part that decides the picture. ``is_metadata``: the picture stays
    the same without the unit.
    """

    name: bytes
    data: bytes
    coded: bytes = b""
    is_metadata: bool = False


def without_metadata(units: Iterable[Unit]) -> list[Unit]:
    """Return the units that decide the picture or the structure."""
    return [unit for unit in units if not unit.is_metadata]


def first_index(units: list[Unit], is_match: Callable[[Unit], bool]) -> int:
    """Return the index of the first matching unit, ``len(units)`` if none matches."""
    return next((i for i, unit in enumerate(units) if is_match(unit)), len(units))


def inserted(units: list[Unit], index: int, *new: Unit) -> list[Unit]:
    """Return the units with ``new`` inserted before ``index``."""
    return [*units[:index], *new, *units[index:]]
