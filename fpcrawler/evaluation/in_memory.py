"""Read a file in memory as a crawl does: the sample, then the planned ranges."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fpcrawler.core.file.sparse import SparseFile
from fpcrawler.core.fingerprint.evidence import Fingerprint, fingerprint_of
from fpcrawler.core.fingerprint.head import SAMPLE_BYTES, head_sha256
from fpcrawler.crawl.budget import Spending
from fpcrawler.crawl.reading import Reading, read_received

if TYPE_CHECKING:
    from fpcrawler.crawl.budget import ReadOptions


def received(data: bytes, wanted: ReadOptions) -> Reading:
    """Return what a crawl has read of a file when nothing more is planned."""
    file = SparseFile(len(data))
    file.add(0, data[:SAMPLE_BYTES])
    spending = Spending()
    while True:
        reading = read_received(file, wanted.kinds, has_picture=True)
        planned = spending.plan(reading.needs, wanted.budgets)
        if not planned:
            return reading
        for purpose, extent in planned:
            file.add(extent.first, data[extent.first : extent.end])
            spending.requests[purpose] += 1
            spending.received[purpose] += extent.length


def read_in_memory(data: bytes, wanted: ReadOptions) -> Fingerprint:
    """Take a fingerprint as the crawl does."""
    return fingerprint_of(
        {
            "image_size": len(data),
            "sha256_first_10240_bytes": head_sha256(data[:SAMPLE_BYTES]),
            **received(data, wanted).fields,
        }
    )
