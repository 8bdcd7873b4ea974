"""Score a method that groups files: missed copies and false merges."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from fpcrawler.core.fingerprint.columns import columns_of
from fpcrawler.core.fingerprint.rules import PROVEN, RULES, VerdictName
from fpcrawler.evaluation.bounds import lower_bound, upper_bound

if TYPE_CHECKING:
    from fpcrawler.core.fingerprint.columns import Columns
    from fpcrawler.core.fingerprint.evidence import Fingerprint
    from fpcrawler.core.fingerprint.rules import Rule

SAME_FILE = (VerdictName.IDENTICAL, VerdictName.SAME_FILE)
"""The verdicts that mean: no byte differs."""

FOUND = (*PROVEN, VerdictName.LIKELY)
"""The verdicts that find a copy; ``likely`` leaves the proof to others."""

Group = tuple[int, ...]
"""Two or more files that a method joins, by their index in the list of all files."""


@dataclass(frozen=True, slots=True)
class Rate:
    """``count`` cases ``of`` all, with exact one-sided 95 % bounds."""

    count: int
    of: int

    @property
    def value(self) -> float | None:
        """The observed rate, None without any case."""
        return self.count / self.of if self.of else None

    @property
    def lower(self) -> float:
        """The rate is above this, with 95 % confidence."""
        return lower_bound(self.count, self.of)

    @property
    def upper(self) -> float:
        """The rate is below this, with 95 % confidence."""
        return upper_bound(self.count, self.of)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """The result of a method.

    ``redundant_copies``: the files of each group except one.
    ``false_merges``: how many of them are not copies, that is the different pictures
    of each group except one; a rate of all files.
    ``false_groups``: the groups with different pictures.
    ``missed_copies``: true redundant copies that share a group with no other copy; a
    rate of all true redundant copies.
    ``same_picture``: different files of one group that differ only in metadata.
    """

    groups: int
    files_in_groups: int
    redundant_copies: int
    false_merges: Rate
    missed_copies: Rate
    same_picture: int
    false_groups: tuple[Group, ...]


def tally(
    groups: Sequence[Group],
    contents: Sequence[str],
    picture_of: Callable[[int], str | None],
) -> Tally:
    """Compare the groups of a method with the truth.

    ``contents``: the digest of each whole file. ``picture_of``: returns a digest of
    a file's coded data, None if unknown: the file then equals no other file. It is
    called only for groups with different files.
    """
    false_merges = same_picture = 0
    false_groups = []
    for group in groups:
        different = {contents[index]: index for index in group}
        pictures = _pictures(different, picture_of)
        false_merges += len(pictures) - 1
        same_picture += len(different) - len(pictures)
        if len(pictures) > 1:
            false_groups.append(group)
    copies = grouped(contents)
    return Tally(
        groups=len(groups),
        files_in_groups=sum(map(len, groups)),
        redundant_copies=sum(map(len, groups)) - len(groups),
        false_merges=Rate(false_merges, len(contents)),
        missed_copies=Rate(
            _missed(groups, copies), sum(map(len, copies)) - len(copies)
        ),
        same_picture=same_picture,
        false_groups=tuple(false_groups),
    )


def grouped(keys: Iterable[Hashable]) -> list[Group]:
    """Return the groups of files with equal keys, in the order of their first file."""
    places: dict[Hashable, list[int]] = defaultdict(list)
    for index, key in enumerate(keys):
        places[key].append(index)
    return [tuple(group) for group in places.values() if len(group) > 1]


def judged(
    fingerprints: Sequence[Fingerprint], joining: tuple[VerdictName, ...]
) -> list[Group]:
    """Return the groups of files that these verdicts join, also by a chain of pairs.

    ``joining`` are the strongest verdicts, down to one of them.
    """
    sets = list(range(len(fingerprints)))
    columns = list(map(columns_of, fingerprints))
    for rule in (rule for rule in RULES if rule.verdict in joining):
        for a, b in _joined(rule, columns):
            sets[_root(sets, b)] = _root(sets, a)
    return grouped(_root(sets, index) for index in range(len(sets)))


def pairs_judged(
    fingerprints: Sequence[Fingerprint],
) -> dict[tuple[int, int], VerdictName]:
    """Return the verdict on each pair of files that have something in common.

    Only pairs with the same key of a rule are judged.
    """
    found: dict[tuple[int, int], VerdictName] = {}
    columns = list(map(columns_of, fingerprints))
    for rule in RULES:
        keys = [rule.key(values) or index for index, values in enumerate(columns)]
        for group in grouped(keys):
            for a, b in combinations(group, 2):
                if (a, b) not in found and rule.joins(columns[a], columns[b]):
                    found[a, b] = rule.verdict
    return found


def _joined(rule: Rule, columns: Sequence[Columns]) -> Iterator[tuple[int, int]]:
    """Yield pairs that connect all files that the rule connects.

    Files that are equal in all columns of the rule are compared with others only once.
    """
    compared = (*rule.fitting, *rule.undisputed, *rule.among)
    keys = [rule.key(values) or index for index, values in enumerate(columns)]
    for group in grouped(keys):
        alike: dict[Hashable, int] = {}
        for index in group:
            values = tuple(map(columns[index].get, compared))
            first = alike.setdefault(values, index)
            if first != index:
                yield first, index
        for a, b in combinations(alike.values(), 2):
            if rule.joins(columns[a], columns[b]):
                yield a, b


def _root(sets: list[int], index: int) -> int:
    while sets[index] != index:
        sets[index] = sets[sets[index]]
        index = sets[index]
    return index


def _pictures(
    different: dict[str, int], picture_of: Callable[[int], str | None]
) -> set[str]:
    if len(different) == 1:
        return set(different)
    return {picture_of(index) or content for content, index in different.items()}


def _missed(groups: Sequence[Group], copies: Sequence[Group]) -> int:
    """Count for each file the excess parts that a method splits its copies into."""
    number_of = {index: n for n, group in enumerate(groups) for index in group}
    missed = 0
    for group in copies:
        # A copy outside of all groups is a part by itself.
        missed += len({number_of.get(index, -1 - index) for index in group}) - 1
    return missed
