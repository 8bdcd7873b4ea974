"""What holds for the groups of any records, by the verdicts on all pairs of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

from fpcrawler.core.fingerprint.evidence import Fingerprint, fingerprint_of
from fpcrawler.core.fingerprint.rules import PROVEN, VerdictName
from fpcrawler.core.fingerprint.verdicts import verdict
from tests.duplicates.contradictions import (
    contradict,
    is_disputed,
    share_head,
    some_contradict,
    stated,
)
from tests.duplicates.tables import Found, Numbers, grouped
from tests.duplicates.worlds import Record, contradicting, honest, pair

if TYPE_CHECKING:
    from random import Random


@dataclass(frozen=True, slots=True)
class Judged:
    """The verdicts on all pairs of records."""

    pairs: dict[tuple[int, int], VerdictName | None]
    count: int

    def parts(self, *names: VerdictName) -> set[Numbers]:
        """Return the components that these verdicts join; others are alone."""
        part = {number: {number} for number in range(self.count)}
        for (a, b), name in self.pairs.items():
            if name in names and part[a] is not part[b]:
                part[a] |= part[b]
                part.update(dict.fromkeys(part[b], part[a]))
        return {frozenset(numbers) for numbers in part.values()}


def judged(records: list[Record]) -> Judged:
    prints = [fingerprint_of(record) for record in records]
    pairs = combinations(range(len(records)), 2)
    found = {(a, b): verdict(prints[a], prints[b]) for a, b in pairs}
    return Judged({ab: v.name if v else None for ab, v in found.items()}, len(records))


HIGHEST = (*PROVEN, VerdictName.LIKELY)
"""The verdicts that others never take from records with equal fields."""


def two_records(records: list[Record], found: list[Found]) -> Iterator[str]:
    """Yield whether a group of two is not as their verdict says."""
    expected = verdict(*map(fingerprint_of, records))
    groups = (
        [Found(expected.name, frozenset({0, 1}), expected.evidence)] if expected else []
    )
    if found != groups:
        yield "two records are a group as their verdict says"


def honest_records(records: list[Record], found: list[Found]) -> Iterator[str]:
    """Yield how groups are not the components of the verdicts on pairs."""
    pairs = judged(records)
    likely = [f.numbers for f in found if f.name is VerdictName.LIKELY]
    proven = pairs.parts(*PROVEN)
    wide = pairs.parts(*PROVEN, VerdictName.LIKELY)

    if {f.numbers: f.name for f in found if f.name in PROVEN} != {
        numbers: weakest_of(numbers, pairs) for numbers in proven if len(numbers) > 1
    }:
        yield "proven groups are the components of the proven pairs"
    for numbers in likely:
        if within_any(numbers, proven):
            yield "a likely group is not proven"
        if not within_any(numbers, wide):
            yield "likely pairs hold a likely group together"
    for (a, b), name in pairs.pairs.items():
        if (
            name is VerdictName.LIKELY
            and not within_any({a, b}, (*likely, *proven))
            and not is_disputed(records, a, b)
        ):
            yield "two that are likely are together, unless a third disputes it"
    yield from heads(records, found)


def contradicting_records(records: list[Record], found: list[Found]) -> Iterator[str]:
    """Yield how groups lose records, or join those that contradict each other.

    Pairs are judged alone: two records may contradict and both agree with a third.
    """
    groups, pairs = [f.numbers for f in found], judged(records)
    numbered = combinations(range(len(records)), 2)
    agreeing = {(a, b): of_any_statement(records, a, b) for a, b in numbered}
    links = Judged(agreeing, len(records))
    for name, numbers in ((f.name, f.numbers) for f in found):
        levels = PROVEN[: PROVEN.index(name) + 1] if name in PROVEN else VerdictName
        if not within_any(numbers, links.parts(*levels)):
            yield "pairs of its verdict or a stronger one hold a group together"
        if name is VerdictName.LIKELY and contradict([records[n] for n in numbers]):
            yield "a likely group has no two that contradict"
    for (a, b), level in pairs.pairs.items():
        if level in PROVEN and not (
            within_any({a, b}, of_verdicts(found, PROVEN))
            or some_contradict(records, a, b)
        ):
            yield "a proven pair is in a proven group, unless its key is disputed"
        if level in HIGHEST and records[a] == records[b]:
            levels = HIGHEST[: max(len(PROVEN), HIGHEST.index(level) + 1)]
            if not within_any({a, b}, of_verdicts(found, levels)):
                yield "records with equal fields are in a group of their verdict"
        if (
            level
            and share_head(records[a], records[b])
            and not connected({a, b}, groups)
        ):
            yield "groups connect those with one head"


def of_any_statement(records: list[Record], a: int, b: int) -> VerdictName | None:
    """Judge a pair by equal digests, if servers state any of the two files.

    Any record of a file, as its digest was computed, may have the right ones.
    """
    one, other = (stated(records, records[number]) for number in (a, b))
    both = {kind: one[kind] & other[kind] for kind in one.keys() & other.keys()}
    equal = {kind: min(values) for kind, values in both.items() if values}
    found = verdict(*(restated(records[number], equal) for number in (a, b)))
    return found.name if found else None


def restated(record: Record, digests: dict[str, str]) -> Fingerprint:
    own = record["server_digests"]
    changed = {kind: digests.get(kind, value) for kind, value in own.items()}
    return fingerprint_of({**record, "server_digests": changed})


class Facts(NamedTuple):
    """How to draw a world, and the broken facts about its groups."""

    draw: Callable[[Random], list[Record]]
    broken: Callable[[list[Record], list[Found]], Iterator[str]]


FACTS = {
    "two": Facts(pair, two_records),
    "honest": Facts(honest, honest_records),
    "contradicting": Facts(contradicting, contradicting_records),
}


def broken(
    facts: Facts, worlds: Sequence[list[Record]]
) -> list[tuple[str, list[Record]]]:
    """Return each fact that does not hold, with its world."""
    return [
        (fact, records)
        for records, found in zip(worlds, grouped(worlds), strict=True)
        for fact in facts.broken(records, found)
    ]


def heads(records: list[Record], found: list[Found]) -> Iterator[str]:
    """Yield whether groups of a hash are not those that nothing stronger joins."""
    strong = [f.numbers for f in found if f.name is not VerdictName.SAME_HEAD]
    samples = shared(records, "sha256_first_10240_bytes")
    pictures = shared(records, "picture_sha256")
    expected = {head for head in samples if not connected(head, strong)}
    strong += expected
    expected |= {head for head in pictures if not connected(head, strong)}

    found_heads = of_verdicts(found, [VerdictName.SAME_HEAD])
    if sorted(map(sorted, found_heads)) != sorted(map(sorted, expected)):
        yield "a group of each hash joins what nothing stronger joins"


def of_verdicts(found: list[Found], names: Collection[VerdictName]) -> list[Numbers]:
    return [f.numbers for f in found if f.name in names]


def shared(records: list[Record], name: str) -> set[Numbers]:
    numbers: dict[str, set[int]] = {}
    for number, record in enumerate(records):
        if record[name] is not None:
            numbers.setdefault(record[name], set()).add(number)
    return {frozenset(some) for some in numbers.values() if len(some) > 1}


def within_any(numbers: Numbers | set[int], groups: Iterable[Numbers]) -> bool:
    return any(numbers <= group for group in groups)


def connected(numbers: Numbers | set[int], groups: list[Numbers]) -> bool:
    """Return whether groups that overlap join all of these."""
    reached, others = set(numbers) & {min(numbers)}, [*groups]
    while near := [group for group in others if group & reached]:
        reached.update(*near)
        others = [group for group in others if group not in near]
    return numbers <= reached


def weakest_of(numbers: Numbers, pairs: Judged) -> VerdictName:
    """Return the weakest verdict that is needed to join a group."""
    return next(
        name
        for level, name in enumerate(PROVEN, start=1)
        if numbers in pairs.parts(*PROVEN[:level])
    )
