"""How many retagged copies the fingerprints find."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fpcrawler.core.file.sparse import SparseFile
from fpcrawler.core.fingerprint.evidence import Fingerprint, fingerprint_of
from fpcrawler.core.fingerprint.head import SAMPLE_BYTES, head_sha256
from fpcrawler.core.fingerprint.verdicts import verdict
from fpcrawler.crawl.budget import Spending
from fpcrawler.crawl.reading import read_received
from fpcrawler.evaluation.retagging import EDITS, Edit, retagged
from fpcrawler.evaluation.scoring import FOUND, Rate

if TYPE_CHECKING:
    from fpcrawler.crawl.budget import ReadOptions

EditedFormat = tuple[str, Edit]
"""An image format, and the edit of its files."""


@dataclass(slots=True)
class Retags:
    """The verdicts on retagged copies of images, by format and edit."""

    wanted: ReadOptions
    verdicts: defaultdict[EditedFormat, Counter[str]] = field(
        default_factory=lambda: defaultdict(Counter)
    )
    missed: list[tuple[str, Edit, str]] = field(default_factory=list)

    def add(
        self, name: str, image_format: str, original: Fingerprint, data: bytes
    ) -> None:
        """Make each retagged copy of a file and compare it with the file's record."""
        for edit in EDITS:
            copy = retagged(data, edit)
            if copy is None:
                continue
            found = verdict(original, read_in_memory(copy, self.wanted))
            name_found = found.name.value if found else "nothing"
            self.verdicts[image_format, edit][name_found] += 1
            if not (found and found.name in FOUND):
                self.missed.append((name, edit, name_found))

    def found(self, *kinds: EditedFormat) -> Rate:
        """Return how many copies of these kinds are found, by default of all kinds."""
        counts = [self.verdicts[kind] for kind in kinds or self.verdicts]
        found = sum(count[verdict_name] for count in counts for verdict_name in FOUND)
        return Rate(found, sum(count.total() for count in counts))

    def counts(self, *kinds: EditedFormat) -> dict[str, int]:
        """Return verdict to count, the most frequent first."""
        counts: Counter[str] = Counter()
        for kind in kinds:
            counts += self.verdicts[kind]
        return dict(counts.most_common())


def read_in_memory(data: bytes, wanted: ReadOptions) -> Fingerprint:
    """Take a fingerprint as the crawl does: from the sample and the planned ranges."""
    file = SparseFile(len(data))
    file.add(0, data[:SAMPLE_BYTES])
    spending = Spending()
    while True:
        reading = read_received(file, wanted.kinds, has_picture=True)
        planned = spending.plan(reading.needs, wanted.budgets)
        if not planned:
            break
        for purpose, extent in planned:
            file.add(extent.first, data[extent.first : extent.end])
            spending.requests[purpose] += 1
            spending.received[purpose] += extent.length
    return fingerprint_of(
        {
            "image_size": len(data),
            "sha256_first_10240_bytes": head_sha256(data[:SAMPLE_BYTES]),
            **reading.fields,
        }
    )
