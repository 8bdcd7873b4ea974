"""What a file is cut into, and the edits that there are."""

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
"""``stripped``: no metadata, colour profile, comment or trailer is left.
``tag changed``: the EXIF block is another one. A profile has 60 KB, a large one
150. Texts are before or behind the coded data."""

EDITS: tuple[Edit, ...] = get_args(Edit)


class Unsafe(Exception):
    """The file is not built as its specification says: it is left alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Bytes of a file from one header to the next.

    ``coded`` are those that decide the picture; ``is_metadata`` says that the
    file is as good without the piece.
    """

    name: bytes
    data: bytes
    coded: bytes = b""
    is_metadata: bool = False


def without_metadata(pieces: Iterable[Piece]) -> list[Piece]:
    """Return what has to stay."""
    return [piece for piece in pieces if not piece.is_metadata]


def first_index(pieces: list[Piece], is_it: Callable[[Piece], bool]) -> int:
    """Return the index of the first such piece, the number of all if none is."""
    return next((i for i, piece in enumerate(pieces) if is_it(piece)), len(pieces))


def inserted(pieces: list[Piece], index: int, *new: Piece) -> list[Piece]:
    """Return the pieces with others before that index."""
    return [*pieces[:index], *new, *pieces[index:]]
