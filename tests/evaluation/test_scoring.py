from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from math import isclose
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from fpcrawler.core.fingerprint.evidence import Evidence, Fingerprint
from fpcrawler.core.fingerprint.rules import PROVEN
from fpcrawler.core.fingerprint.verdicts import verdict
from fpcrawler.evaluation.scoring import (
    FOUND,
    SAME_FILE,
    Group,
    Rate,
    grouped,
    judged,
    tally,
)

if TYPE_CHECKING:
    from fpcrawler.core.fingerprint.rules import VerdictName

RICH = Evidence(sample_deflated=9_000, picture_coded=4_096, picture_deflated=4_000)


def hashes(letters: str) -> st.SearchStrategy[str | None]:
    return st.sampled_from([None, *(letter * 64 for letter in letters)])


FINGERPRINTS = st.builds(
    Fingerprint,
    image_size=st.sampled_from([None, 5_000, 50_000]),
    sample_sha256=hashes("ab"),
    picture_sha256=hashes("cd"),
    picture_length=st.sampled_from([None, 300, 40_000]),
    end_sha256=hashes("e"),
    evidence=st.sampled_from([RICH, replace(RICH, ends_in_checksum=True), Evidence()]),
    digests=st.sampled_from([{}, {"sha256": "1" * 64}, {"sha256": "2" * 64}]),
)


def no_picture(_: int) -> None:
    return None


def test_files_are_grouped_by_equal_keys() -> None:
    assert grouped("abcabd") == [(0, 3), (1, 4)]
    assert grouped([]) == []


def test_a_perfect_method_has_no_errors() -> None:
    found = tally([(0, 1, 2), (4, 5)], "aaabcc", no_picture)

    assert (found.groups, found.files_in_groups, found.redundant_copies) == (2, 5, 3)
    assert found.false_merges == Rate(0, 6)
    assert found.missed_copies == Rate(0, 3)
    assert found.false_groups == ()


def test_different_files_in_a_group_are_false_merges() -> None:
    found = tally([(0, 1, 2, 3), (4, 5)], "aabcdd", no_picture)

    assert found.false_merges == Rate(2, 6)
    assert found.false_groups == ((0, 1, 2, 3),)
    assert found.missed_copies == Rate(0, 2)


def test_copies_that_are_not_joined_are_missed() -> None:
    # Of five copies, two pairs were found and one copy is alone.
    found = tally([(0, 1), (2, 3)], "aaaaab", no_picture)

    assert found.missed_copies == Rate(2, 4)
    assert tally([], "aaab", no_picture).missed_copies == Rate(2, 2)


def test_the_same_picture_with_other_metadata_is_not_a_false_merge() -> None:
    pictures = ["x", "x", "y", None, None]
    found = tally([(0, 1), (1, 2), (3, 4)], "abcde", pictures.__getitem__)

    assert found.same_picture == 1
    assert found.false_merges == Rate(2, 5)
    assert found.false_groups == ((1, 2), (3, 4))


def test_the_picture_is_asked_for_only_where_files_differ() -> None:
    asked: list[int] = []

    def picture_of(index: int) -> str:
        asked.append(index)
        return "x"

    tally([(0, 1), (2, 3, 4)], "aabbc", picture_of)

    assert len(asked) == 2
    assert set(asked) < {2, 3, 4}


@given(st.lists(st.integers(0, 3), max_size=12), st.text("abc", max_size=12))
def test_what_is_found_and_missed_adds_up(keys: list[int], contents: str) -> None:
    contents = contents[: len(keys)]
    found = tally(grouped(keys[: len(contents)]), contents, no_picture)

    true_copies = found.redundant_copies - found.false_merges.count
    assert true_copies == found.missed_copies.of - found.missed_copies.count
    assert found.files_in_groups - found.groups == found.redundant_copies


@given(st.lists(FINGERPRINTS, max_size=12), st.sampled_from([SAME_FILE, PROVEN, FOUND]))
def test_verdicts_join_the_same_files_as_all_pairs(
    fingerprints: list[Fingerprint], joining: tuple[VerdictName, ...]
) -> None:
    joined = connected(fingerprints, joining)

    assert {frozenset(group) for group in judged(fingerprints, joining)} == joined


def connected(
    fingerprints: list[Fingerprint], joining: tuple[VerdictName, ...]
) -> set[frozenset[int]]:
    """Judge all pairs; return the connected components of two files or more."""
    parts = [{index} for index in range(len(fingerprints))]
    for a, b in combinations(range(len(fingerprints)), 2):
        found = verdict(fingerprints[a], fingerprints[b])
        if found and found.name in joining:
            together = {i for part in parts if part & {a, b} for i in part}
            parts = [part for part in parts if not part & {a, b}] + [together]
    return {frozenset(part) for part in parts if len(part) > 1}


def test_a_group_has_the_indices_of_its_files() -> None:
    same = Fingerprint(image_size=100, sample_sha256="a" * 64)
    groups: list[Group] = judged([same, Fingerprint(), same], SAME_FILE)

    assert groups == [(0, 2)]


def test_rates_have_bounds() -> None:
    assert Rate(0, 20_580).value == 0
    assert f"{Rate(0, 20_580).upper:.4%}" == "0.0146%"
    assert Rate(0, 0).value is None
    assert isclose(Rate(3, 3).lower, 0.05 ** (1 / 3))
    assert Rate(3, 3).upper == 1
