"""How well a method that groups files finds the copies among them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fpcrawler.core.fingerprint.verdicts import VerdictName, verdict
from fpcrawler.evaluation.bounds import lower_bound, upper_bound

if TYPE_CHECKING:
    from fpcrawler.core.fingerprint.evidence import Fingerprint

SAME_FILE = (VerdictName.IDENTICAL, VerdictName.SAME_FILE)
"""The verdicts that say that no byte differs."""

JOINING = (*SAME_FILE, VerdictName.SAME_PICTURE)
"""The verdicts that call two files copies."""

Group = tuple[int, ...]
"""Two or more files that a method joins, by their places in the list of all."""


@dataclass(frozen=True, slots=True)
class Rate:
    """So many cases of so many, with exact one-sided 95 % bounds."""

    count: int
    of: int

    @property
    def value(self) -> float | None:
        """The rate that was seen, None if nothing was."""
        return self.count / self.of if self.of else None

    @property
    def lower(self) -> float:
        """It is above this, with 95 % confidence."""
        return lower_bound(self.count, self.of)

    @property
    def upper(self) -> float:
        """It is below this, with 95 % confidence."""
        return upper_bound(self.count, self.of)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What came of a method.

    ``redundant_copies`` are the files of each group but one. ``false_merges``
    are those of them that are no copy: of each group its different pictures but
    one, of all files. ``false_groups`` are the groups that hold such.
    ``missed_copies`` are those of the true redundant copies that are in no group
    with another of their copies. ``same_picture``: files that differ from all
    others of their group, and only in their metadata from some of them.
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
    """Hold the groups of a method against the truth.

    ``contents`` has the digest of each whole file, ``picture_of`` returns one of
    all that is coded in a file, None if that cannot be told: the file is then
    like no other. It is asked only where a group holds different files.
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
    """Return the groups of files with equal keys, in the order of their first one."""
    places: dict[Hashable, list[int]] = defaultdict(list)
    for index, key in enumerate(keys):
        places[key].append(index)
    return [tuple(group) for group in places.values() if len(group) > 1]


def judged(
    fingerprints: Sequence[Fingerprint], joining: tuple[VerdictName, ...] = JOINING
) -> list[Group]:
    """Return the groups of files that these verdicts join.

    Verdicts join those of one size and sample, or of one picture, and of enough
    evidence: each file is judged beside the first one that it agrees with so.
    """
    sets = list(range(len(fingerprints)))
    for keys in (
        [(f.image_size, f.sample_sha256) for f in fingerprints],
        [
            (f.image_size, f.sample_sha256, f.profile, f.is_enough_for_file)
            for f in fingerprints
        ],
        [(f.profile, f.is_enough_for_picture) for f in fingerprints],
    ):
        for first, *others in grouped(keys):
            for other in others:
                found = verdict(fingerprints[first], fingerprints[other])
                if found and found.name in joining:
                    sets[_root(sets, other)] = _root(sets, first)
    return grouped(_root(sets, index) for index in range(len(sets)))


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
    """Count into how many parts too many the copies of one file fall."""
    number_of = {index: n for n, group in enumerate(groups) for index in group}
    missed = 0
    for group in copies:
        # One that is in no group is a part of its own.
        missed += len({number_of.get(index, -1 - index) for index in group}) - 1
    return missed
