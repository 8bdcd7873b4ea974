"""Draw where in a file metadata and picture are, and what was read of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING

from fpcrawler.console.text import size_in_words
from fpcrawler.show.layout import Row

if TYPE_CHECKING:
    from fpcrawler.core.metadata.spans import Span, SpanKind

_KINDS: tuple[SpanKind, ...] = (
    "read",
    "exif",
    "xmp",
    "iptc",
    "texts",
    "provenance",
    "thumbnail",
    "coded",
)
_SIZE_CELLS = 10
"""Cells of the size beside a bar, with the space before it."""

_HALF = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Glyphs:
    """The characters of a bar, by how much of a cell is covered, and of the ruler."""

    whole: str
    half: str
    some: str
    none: str
    left: str
    middle: str
    right: str


BLOCKS = Glyphs(
    whole="█", half="▓", some="░", none="·", left="├", middle="─", right="┤"
)
ASCII = Glyphs(whole="#", half="=", some="-", none=".", left="|", middle="-", right="|")


def glyphs_for(encoding: str) -> Glyphs:
    """Return characters that the encoding of a terminal has."""
    try:
        "".join(astuple(BLOCKS)).encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return ASCII
    return BLOCKS


def bar_rows(
    spans: Sequence[Span], size: int | None, width: int, glyphs: Glyphs
) -> list[Row]:
    """Return a ruler for the whole file, a bar for each kind of span, and a legend.

    ``size``: bytes of the file, None if unknown: then the ruler ends with the last
    span. ``width``: cells of a row's value.
    """
    total = max([size or 0, *(end for _, end, _ in spans)])
    length = width - _SIZE_CELLS
    if not total or length < 1:
        return []
    ruler = glyphs.left + glyphs.middle * (length - 2) + glyphs.right
    rows = [Row("file", _with_size(ruler, "?" if size is None else _words(total)))]
    for kind in _KINDS:
        of_kind = [(first, end) for first, end, what in spans if what == kind]
        if of_kind:
            covered = sum(end - first for first, end in of_kind)
            bar = _bar(of_kind, total, length, glyphs)
            rows.append(Row(kind, _with_size(bar, _words(covered))))
    words = ((glyphs.whole, "all"), (glyphs.half, "half"), (glyphs.some, "less"))
    legend = "  ".join(f"{glyph} {word}" for glyph, word in words)
    return [*rows, Row("cells", legend)]


def _bar(
    extents: Sequence[tuple[int, int]], total: int, length: int, glyphs: Glyphs
) -> str:
    cells = []
    for number in range(length):
        # Whole numbers: a file may be shorter than its bar.
        first, end = number * total, (number + 1) * total
        covered = sum(
            max(0, min(end, last * length) - max(first, start * length))
            for start, last in extents
        )
        cells.append(_glyph(covered / total, glyphs))
    return "".join(cells)


def _glyph(share: float, glyphs: Glyphs) -> str:
    if share >= 1:
        return glyphs.whole
    if share >= _HALF:
        return glyphs.half
    return glyphs.some if share else glyphs.none


def _words(size: int) -> str:
    return size_in_words(size).replace(" bytes", " B")


def _with_size(bar: str, size: str) -> str:
    return f"{bar}{size:>{_SIZE_CELLS}}"
