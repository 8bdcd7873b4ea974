"""How many renderings of one template the fingerprints take for copies."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from hashlib import sha256
from math import comb
from typing import TYPE_CHECKING

from fpcrawler.core.fingerprint.rules import PROVEN, VerdictName
from fpcrawler.evaluation.in_memory import read_in_memory
from fpcrawler.evaluation.scoring import Rate, pairs_judged
from fpcrawler.evaluation.templating.encodings import ENCODINGS, Encoding
from fpcrawler.evaluation.templating.pictures import decoded
from fpcrawler.evaluation.templating.renderings import template_of

if TYPE_CHECKING:
    from fpcrawler.crawl.budget import ReadOptions
    from fpcrawler.evaluation.templating.renderings import Template
    from fpcrawler.evaluation.verifying import Verifier


@dataclass(slots=True)
class Templates:
    """The verdicts on pairs of different renderings of one template, by format.

    ``pictures``: how many templates were made; equal pictures make one. ``failed``:
    the files that could not be decoded. ``false``: file, format and verdict to the
    number of its pairs. With a ``verifier``, after a second look.
    """

    wanted: ReadOptions
    renderings: int
    verifier: Verifier | None = None
    pictures: int = 0
    failed: list[str] = field(default_factory=list)
    pairs: Counter[str] = field(default_factory=Counter)
    verdicts: defaultdict[str, Counter[VerdictName]] = field(
        default_factory=lambda: defaultdict(Counter)
    )
    false: Counter[tuple[str, str, VerdictName]] = field(default_factory=Counter)
    _seeds: set[str] = field(default_factory=set)

    def add(self, name: str, data: bytes) -> None:
        """Make a template of a file's picture and compare its renderings."""
        picture = decoded(data)
        if picture is None:
            self.failed.append(name)
            return
        seed = sha256(repr(picture.size).encode() + picture.tobytes()).hexdigest()
        if seed in self._seeds:
            return
        self._seeds.add(seed)
        self.pictures += 1
        template = template_of(picture, self.renderings, seed=seed)
        for encoding in ENCODINGS:
            self._compare(name, template, encoding)

    def counts(self, *formats: str) -> Counter[VerdictName]:
        """Return the number of pairs with each verdict, in these formats."""
        return sum((self.verdicts[name] for name in formats), Counter())

    def called_copies(self, *formats: str) -> Rate:
        """Return how many pairs are called copies, by default in all formats."""
        names = formats or tuple(self.pairs)
        counts = self.counts(*names)
        false = sum(counts[verdict_name] for verdict_name in PROVEN)
        return Rate(false, sum(self.pairs[name] for name in names))

    def _compare(self, name: str, template: Template, encoding: Encoding) -> None:
        # Two texts that are cut off, or lost in the coding, make one file.
        files = [
            *dict.fromkeys(map(encoding.encoded, template.renderings(encoding.mode)))
        ]
        fingerprints = [read_in_memory(data, self.wanted) for data in files]
        if self.verifier is not None:
            fingerprints = self.verifier.looked_again(fingerprints, files.__getitem__)
        found = Counter(pairs_judged(fingerprints).values())
        self.pairs[encoding.name] += comb(len(files), 2)
        self.verdicts[encoding.name] += found
        for verdict_name in PROVEN:
            if found[verdict_name]:
                self.false[name, encoding.name, verdict_name] = found[verdict_name]
