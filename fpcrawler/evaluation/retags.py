"""How many retagged copies the fingerprints find."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fpcrawler.core.fingerprint.verdicts import verdict
from fpcrawler.evaluation.in_memory import read_in_memory
from fpcrawler.evaluation.retagging import EDITS, Edit, retagged
from fpcrawler.evaluation.scoring import FOUND, Rate

if TYPE_CHECKING:
    from fpcrawler.core.fingerprint.evidence import Fingerprint
    from fpcrawler.crawl.budget import ReadOptions
    from fpcrawler.evaluation.verifying import Verifier

EditedFormat = tuple[str, Edit]
"""An image format, and the edit of its files."""


@dataclass(slots=True)
class Retags:
    """The verdicts on retagged copies of images, by format and edit.

    With a ``verifier``, after a second look at image and copy.
    """

    wanted: ReadOptions
    verifier: Verifier | None = None
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
            pair = [original, read_in_memory(copy, self.wanted)]
            if self.verifier is not None:
                pair = self.verifier.looked_again(pair, (data, copy).__getitem__)
            found = verdict(*pair)
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
