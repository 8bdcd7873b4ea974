"""Remember what was read of a file, while further bytes of it arrive."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol, TypeVar, cast

if TYPE_CHECKING:
    from fpcrawler.core.anatomy import Extent, Part


class _HasNeeds(Protocol):
    @property
    def needs(self) -> tuple[Extent, ...]: ...


_Reading = TypeVar("_Reading", bound=_HasNeeds)


class Memory:
    """The readings of one file that further bytes cannot change, by kind.

    That is so if all bytes of the same parts were here. Parts that were decoded are
    read again, since all decoding of a file has one limit.
    """

    def __init__(self) -> None:
        self._known: dict[str, tuple[tuple[Part, ...], object]] = {}

    def reading(
        self, kind: str, parts: tuple[Part, ...], read: Callable[[], _Reading]
    ) -> _Reading:
        """Return the reading of these parts, which ``read`` makes the first time."""
        if not parts:
            return read()
        known = self._known.get(kind)
        if known is not None and known[0] == parts:
            return cast("_Reading", known[1])
        reading = read()
        if not reading.needs and not any(part.encodings for part in parts):
            self._known[kind] = parts, reading
        return reading
