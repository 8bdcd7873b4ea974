"""The rows of a known list, whatever its form."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from weakref import finalize

from fpcrawler.core.fingerprint.known import DigestKind
from fpcrawler.errors import BadInput
from fpcrawler.feeds.files import FeedFile, FeedFormat
from fpcrawler.feeds.scratch import scratch

if TYPE_CHECKING:
    import duckdb

    from fpcrawler.core.fingerprint.known import KnownSet

_MAX_SHOWN = 60


class Head(NamedTuple):
    """The start of a list, decompressed: its bytes, and its text without a BOM."""

    data: bytes
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How the rows of a list stand in its file.

    ``skip``: lines before the header, or before the first row without one.
    ``values``: the columns whose digests are told apart by their length.
    ``kinds``: the column that says the kind of these digests.
    """

    format: FeedFormat = FeedFormat.BARE
    header: tuple[str, ...] = ()
    has_header: bool = True
    delimiter: str = ","
    skip: int = 0
    values: tuple[int, ...] = ()
    kinds: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A form of known lists.

    ``name``: as messages call it. ``layout_of``: the layout of a list by its head,
    None if it has another form. ``rows_of``: the SQL that reads a list from a link
    in an encoding; None for a database, which is asked instead.
    """

    name: str
    layout_of: Callable[[Head], Layout | None]
    rows_of: RowsOf | None


class Holder:
    """A folder that is deleted with the last object that refers to this one."""

    def __init__(self) -> None:
        stack = ExitStack()
        self.folder = stack.enter_context(scratch("known"))
        finalize(self, stack.close)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListFile(FeedFile):
    """A known list on this disk; ``given``: its set by its user.

    ``encoding``: ``utf-8``, or ``utf-16`` with a byte order mark.
    """

    name: str
    encoding: str
    form: Form
    layout: Layout
    given: KnownSet | None = None
    holder: Holder | None = field(default=None, compare=False)
    """The folder of a copy of stdin."""


class Rows(NamedTuple):
    """SQL: the source of the rows, whether a row is broken, its cells and details.

    ``details``: SQL for a text of each field of ``details.FIELDS`` that the list has.
    ``more``: cells of further digests of a kind that a row may have.
    """

    source: str
    is_broken: str
    cells: Mapping[DigestKind, str]
    details: Mapping[str, str] = {}
    more: Sequence[Mapping[DigestKind, str]] = ()


RowsOf = Callable[["duckdb.DuckDBPyConnection", ListFile, Path, str], Rows]


def without_digests(known: ListFile, found: str) -> BadInput:
    """Return the error for a list that has ``found`` only."""
    return BadInput(
        f"known list {known.path} has none of the columns {', '.join(DigestKind)}, "
        f"only {found[:_MAX_SHOWN]!r}; add one."
    )
