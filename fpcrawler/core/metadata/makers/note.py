"""What a maker note is, where its IFD lies, and what was read of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from fpcrawler.core.anatomy.block import Block
    from fpcrawler.core.file.extents import Extent

MAX_VALUE_BYTES = 64
"""Bytes that are read of a value, unless its tag needs more."""

IdentityField = Literal[
    "serial", "internal_serial", "lens", "lens_serial", "owner", "image_id"
]

Order = Literal["<", ">"]
"""Byte order, as :mod:`struct` spells it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MakerNote:
    """A maker note: ``length`` bytes at ``first`` of a TIFF block.

    ``order`` is that of the block; the note may have its own.
    """

    block: Block
    first: int
    length: int
    order: Order
    make: str
    model: str = ""

    def has(self, first: int, length: int) -> bool:
        """Return whether these bytes of the block are in the note.

        An offset may lead anywhere: bytes of a picture are not a number of a device.
        """
        return self.first <= first and first + length <= self.first + self.length

    def at(self, first: int, length: int) -> bytes:
        """Return these bytes of the note, fewer at its end; raise MissingBytes."""
        return self.block.at(
            self.first + first, max(min(length, self.length - first), 0)
        )


class Value(NamedTuple):
    """A tag with an identity: ``read`` makes a text of its bytes, or None."""

    field: IdentityField
    name: str
    read: Callable[[bytes, Order], str | None]
    length: int = MAX_VALUE_BYTES


class Inner(NamedTuple):
    """A tag whose value is an IFD, or points to one.

    ``is_own_base``: if the value is an IFD, the offsets
    in it count from its first byte.
    """

    tags: Tags
    is_own_base: bool = False


Tags = tuple[tuple[int, "Value | Inner"], ...]
"""Tag numbers and what they are; of two with the same field, the first one wins."""


class Movable(NamedTuple):
    """How to see whether the offsets of a note are still right after a move.

    ``gap``: bytes between the last entry and the first value, None if models of the
    maker differ. ``anchor``: a tag and the text that its value begins with, for notes
    with values outside of themselves.
    """

    gap: int | None = 4
    anchor: tuple[int, bytes] | None = None


class Directory(NamedTuple):
    """An IFD: where it is, and what its value offsets count from, in the block.

    ``entries``: bytes from the IFD to its first entry. ``movable``: offsets count from
    the TIFF header, so a program that moves the note may have left them wrong.
    """

    first: int
    base: int
    order: Order
    tags: Tags
    entries: int = 2
    movable: Movable | None = None

    @property
    def has_values_outside(self) -> bool:
        """Whether models put values of this IFD outside of the note."""
        return self.movable is not None and self.movable.anchor is not None


class Identity(NamedTuple):
    """A text, and the tag that it was read from, such as ``MakerNote SerialNumber``."""

    text: str
    name: str


@dataclass(slots=True)
class NoteReading:
    """What a maker note says, and which bytes were missing to read the rest."""

    values: dict[str, Identity] = field(default_factory=dict)
    missing: list[Extent] = field(default_factory=list)

    def add(self, name: str, found: IdentityField, text: str | None) -> None:
        """Add a text, unless the field has one."""
        if text and found not in self.values:
            self.values[found] = Identity(text, name)
