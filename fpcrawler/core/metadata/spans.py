"""What was read of a file, and where its metadata and its picture are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import TYPE_CHECKING, Literal

from fpcrawler.core.file.sparse import UNKNOWN_SIZE

if TYPE_CHECKING:
    from fpcrawler.core.anatomy import MetadataKind, Part, Picture
    from fpcrawler.core.file.extents import Extent
    from fpcrawler.core.file.sparse import SparseFile

MAX_SPANS = 64
"""The limit of spans of a record; TIFFs with thousands of strips exist."""

SpanKind = Literal[
    "read", "exif", "xmp", "iptc", "texts", "provenance", "thumbnail", "coded"
]

Span = tuple[int, int, SpanKind]
"""Offset of the first byte, offset after the last byte, and what is there."""

_KINDS: dict[MetadataKind, SpanKind] = {
    "exif": "exif",
    "xmp": "xmp",
    "maker-note": "exif",
    "extended-xmp": "xmp",
    "iptc": "iptc",
    "texts": "texts",
    "provenance": "provenance",
}


def spans_of(
    file: SparseFile,
    parts: Iterable[Part],
    thumbnails: Sequence[Extent],
    picture: Picture | None,
) -> list[Span]:
    """Return at most MAX_SPANS spans, sorted; they may overlap.

    Adjacent spans of a kind are one. If there are too many, those at the end of this
    list are left out: bytes read, metadata, thumbnails, coded data. A span whose end
    is unknown, in a file of unknown size, is left out.
    """
    by_kind: dict[SpanKind, list[Extent]] = {}
    for part in parts:
        by_kind.setdefault(_KINDS[part.kind], []).extend(part.extents)
    by_kind["thumbnail"] = [*thumbnails]
    by_kind["coded"] = [*picture.extents] if picture else []
    read: list[Span] = [(first, end, "read") for first, end in file.spans]
    located: Iterator[Span] = (
        (first, end, kind)
        for kind, extents in by_kind.items()
        for first, end in _merged(extents, file.size)
    )
    return sorted(islice(chain(read, located), MAX_SPANS))


def _merged(extents: Iterable[Extent], size: int) -> list[tuple[int, int]]:
    """Return first and end of the extents in the file, adjacent ones merged."""
    result: list[tuple[int, int]] = []
    for extent in sorted(extents):
        first, end = extent.first, min(extent.end, size)
        if end <= first or end >= UNKNOWN_SIZE // 2:
            continue
        if result and first <= result[-1][1]:
            result[-1] = result[-1][0], max(end, result[-1][1])
        else:
            result.append((first, end))
    return result
