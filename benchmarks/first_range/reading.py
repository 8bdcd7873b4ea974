"""Read an image as a crawl does, from a first range of any length."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from fpcrawler import settings
from fpcrawler.core.file.extents import Extent
from fpcrawler.core.file.sparse import SparseFile
from fpcrawler.core.metadata.reader import ALL_KINDS
from fpcrawler.crawl.budget import Budget, ReadOptions, Spending
from fpcrawler.crawl.reading import Reading, read_received

Fetch = Callable[[Sequence[Extent]], Awaitable[list[bytes]]]
"""Return the bytes of some extents, which are requested at the same time."""

_OPTIONS = ReadOptions(
    kinds=ALL_KINDS,
    has_picture=True,
    metadata_budget=Budget(settings.METADATA_MAX_REQUESTS, settings.METADATA_MAX_BYTES),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What an image took: round trips one after the other, requests, bytes."""

    trips: int
    requests: int
    received: int
    format: str


async def read(size: int, first: int, fetch: Fetch) -> Read:
    """Read an image of ``size`` bytes until its record is complete."""
    file, spending, trips = SparseFile(size), Spending(), 1
    (head,) = await fetch([Extent(0, min(first, size))])
    file.add(0, head)
    reading: Reading | None = None
    while True:
        reading = read_received(file, _OPTIONS.kinds, has_picture=True, earlier=reading)
        planned = spending.plan(reading.needs, _OPTIONS.budgets)
        if not planned:
            break
        trips += 1
        pieces = await fetch([extent for _, extent in planned])
        for (purpose, extent), piece in zip(planned, pieces, strict=True):
            file.add(extent.first, piece)
            spending.requests[purpose] += 1
            spending.received[purpose] += len(piece)
    return Read(
        trips=trips,
        requests=spending.requests.total(),
        received=len(head) + spending.received.total(),
        format=reading.anatomy.format or "",
    )
