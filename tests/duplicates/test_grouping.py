"""Compare the groups of SQL with the verdicts on all pairs of records."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from itertools import combinations
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from fpcrawler.console.feed_command import MEMORY
from fpcrawler.core.fingerprint.digests import FILE_DIGESTS
from fpcrawler.core.fingerprint.evidence import (
    fingerprint_of,
)
from fpcrawler.core.fingerprint.rules import VerdictName
from fpcrawler.core.fingerprint.verdicts import Grounds, verdict
from fpcrawler.duplicates.candidates import load_candidates
from fpcrawler.duplicates.grouping import group_candidates
from fpcrawler.duplicates.groups import read_groups
from fpcrawler.duplicates.judging import judge_groups
from fpcrawler.feeds.files import find_feeds
from fpcrawler.tables.database import database

Record = dict[str, Any]
Numbers = frozenset[int]
RICH = {
    "sample_coded": 9_000,
    "sample_deflated": 8_000,
    "picture_coded": 4_096,
    "picture_deflated": 4_000,
    "is_constant_size": False,
}
THIN = {**RICH, "sample_deflated": 900, "picture_deflated": 900}
EVIDENCE = [
    RICH,
    THIN,
    {**RICH, "picture_deflated": 900},
    {**RICH, "is_constant_size": True},
    {},
]
HASHES = ("sha256_first_10240_bytes", "picture_sha256", "end_sha256")
PROVEN = [VerdictName.IDENTICAL, VerdictName.SAME_FILE, VerdictName.SAME_PICTURE]


def digest(text: str, digits: int = 64) -> str:
    return (2 * sha256(text.encode()).hexdigest())[:digits]


@dataclass(frozen=True, slots=True)
class Found:
    """A group of the tables; its images are indices in the list of records."""

    name: VerdictName
    numbers: Numbers
    evidence: Grounds


def grouped(worlds: list[list[Record]]) -> list[list[Found]]:
    """Return the groups that the tables give for each list of records.

    All lists are in one feed: to start DuckDB costs more than to group.
    """
    found: list[list[Found]] = [[] for _ in worlds]
    with TemporaryDirectory() as name, database(MEMORY) as connection:
        feed = Path(name, "feed.jsonl")
        feed.write_text("".join(lines_of(worlds)))
        load_candidates(connection, find_feeds([str(feed)]))
        group_candidates(connection)
        judge_groups(connection, between_hosts=False)
        for group in read_groups(connection):
            places = [json.loads(url) for url in group.images]
            (world,) = {world for world, _ in places}
            numbers = frozenset(number for _, number in places)
            found[world].append(Found(group.verdict, numbers, group.evidence))
    return found


def lines_of(worlds: list[list[Record]]) -> Iterator[str]:
    for world, records in enumerate(worlds):
        for number, record in enumerate(records):
            hashes = {name: salted(record[name], world) for name in HASHES}
            digests = record["server_digests"].items()
            salted_digests = {kind: salted(value, world) for kind, value in digests}
            line = {**record, **hashes, "server_digests": salted_digests}
            yield json.dumps({"url": json.dumps([world, number]), **line}) + "\n"


def salted(value: str | None, world: int) -> str | None:
    """Return a hash that differs from those of all other lists."""
    return value and digest(f"{world} {value}", len(value))


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


CONTENTS = [
    (300_000, "s0", "p0", 290_000, "e0"),
    (300_100, "s1", "p0", 290_000, "e0"),  # the first one, with other tags
    (300_100, "s2", "p0", 290_000, "e1"),  # a picture that starts with the same bytes
    (300_200, "s0", "p1", 290_000, "e2"),  # the first one's tags
    (300_300, "s0", "p2", 4_000, "e3"),
    (500, "s3", "p3", 400, "e4"),
    (500, "s4", "p3", 400, "e4"),
]
"""Size, sample, picture, its length and end of files that differ."""


@st.composite
def honest(draw: st.DrawFn) -> Record:
    """Draw a record of one of the files; some of its fields may be unknown."""
    number = draw(st.integers(0, len(CONTENTS) - 1))
    size, sample, picture, length, end = CONTENTS[number]
    known = draw(st.integers(0, 3))  # of the picture: nothing, its hash, its length …
    kinds = draw(st.sets(st.sampled_from([*FILE_DIGESTS]), max_size=2))
    return {
        "image_size": draw(st.sampled_from([size, size, None])),
        "sha256_first_10240_bytes": digest(sample),
        "picture_sha256": digest(picture) if known > 0 else None,
        "picture_length": length if known > 1 else None,
        "end_sha256": digest(end) if known > 2 else None,
        "evidence": draw(st.sampled_from(EVIDENCE)),
        "server_digests": {
            kind: digest(f"{number} {kind}", FILE_DIGESTS[kind].digits)
            for kind in kinds
        },
    }


@st.composite
def any_record(draw: st.DrawFn) -> Record:
    """Draw a record that may contradict any other."""

    def one_of(*values: str | None) -> str | None:
        value = draw(st.sampled_from(values))
        return digest(value) if value else None

    digests = st.dictionaries(
        st.sampled_from(["md5", "sha1", "crc32"]), st.sampled_from(["d1", "d2"])
    )
    picture = one_of("p1", "p2", None)
    length = draw(st.sampled_from([290_000, 4_000, None])) if picture else None
    return {
        "image_size": draw(st.sampled_from([300_000, 300_100, 500, None])),
        "sha256_first_10240_bytes": one_of("s1", "s2", None),
        "picture_sha256": picture,
        "picture_length": length,
        "end_sha256": one_of("e1", "e2", None) if length else None,
        "evidence": draw(st.sampled_from(EVIDENCE)),
        "server_digests": {
            kind: digest(value, FILE_DIGESTS[kind].digits)
            for kind, value in draw(digests).items()
        },
    }


@st.composite
def related(draw: st.DrawFn, size: int) -> list[Record]:
    """Draw records that have more in common than by chance."""
    first, *others = draw(st.lists(any_record(), min_size=2, max_size=size))
    mixed = [
        {name: draw(st.sampled_from([first[name], o[name]])) for name in o}
        for o in others
    ]
    for record in mixed:
        if record["picture_sha256"] is None or record["picture_length"] is None:
            record.update(picture_length=None, end_sha256=None)
    return [first, *mixed]


def several(world: st.SearchStrategy[list[Record]]) -> st.SearchStrategy[Any]:
    return st.lists(world, min_size=1, max_size=30)


@settings(max_examples=40, deadline=None)
@given(several(related(2)))
def test_two_records_are_a_group_as_their_verdict_says(
    worlds: list[list[Record]],
) -> None:
    for (a, b), groups in zip(worlds, grouped(worlds), strict=True):
        expected = verdict(fingerprint_of(a), fingerprint_of(b))

        assert groups == (
            [Found(expected.name, frozenset({0, 1}), expected.evidence)]
            if expected
            else []
        )


@settings(max_examples=20, deadline=None)
@given(several(st.lists(honest(), min_size=2, max_size=9)))
def test_groups_are_the_components_of_the_verdicts_on_pairs(
    worlds: list[list[Record]],
) -> None:
    for records, found in zip(worlds, grouped(worlds), strict=True):
        groups, pairs = [(f.name, f.numbers) for f in found], judged(records)
        proven = pairs.parts(*PROVEN)
        unproven = pairs.parts(*PROVEN, VerdictName.UNPROVEN)

        assert {numbers: name for name, numbers in groups if name in PROVEN} == {
            numbers: weakest_of(numbers, pairs)
            for numbers in proven
            if len(numbers) > 1
        }
        assert_spanning(groups, pairs, unproven, proven)
        assert {n for name, n in groups if name is VerdictName.SAME_HEAD} == {
            head
            for head in heads(records)
            if not any(head <= part for part in unproven)
        }


def heads(records: list[Record]) -> set[Numbers]:
    found: dict[str, set[int]] = {}
    for number, record in enumerate(records):
        found.setdefault(record["sha256_first_10240_bytes"], set()).add(number)
    return {frozenset(numbers) for numbers in found.values()}


def weakest_of(numbers: Numbers, pairs: Judged) -> VerdictName:
    """Return the weakest verdict that is needed to join a group."""
    return next(
        name
        for level, name in enumerate(PROVEN, start=1)
        if numbers in pairs.parts(*PROVEN[:level])
    )


def assert_spanning(
    groups: list[tuple[VerdictName, Numbers]],
    pairs: Judged,
    parts: set[Numbers],
    stronger: set[Numbers],
) -> None:
    """Assert that unproven groups join parts that no stronger verdict joins.

    Of such a part they have at least all that a pair without proof is about.
    """
    found = [numbers for name, numbers in groups if name is VerdictName.UNPROVEN]
    expected = [part for part in parts if part not in stronger]
    concerned = {
        number
        for pair, name in pairs.pairs.items()
        if name is VerdictName.UNPROVEN
        and not any(set(pair) <= part for part in stronger)
        for number in pair
    }

    assert len(found) == len(expected)
    for part in expected:
        (group,) = [numbers for numbers in found if numbers <= part]
        assert part & concerned <= group


@settings(max_examples=20, deadline=None)
@given(several(related(8)))
def test_where_digests_contradict_a_key_joins_none_of_those_that_share_it(
    worlds: list[list[Record]],
) -> None:
    # Pairs are judged alone: two records may contradict and both agree with a third.
    for records, found in zip(worlds, grouped(worlds), strict=True):
        groups, pairs = [(f.name, f.numbers) for f in found], judged(records)
        unproven = pairs.parts(*PROVEN, VerdictName.UNPROVEN)

        for name, numbers in groups:
            levels = PROVEN[: PROVEN.index(name) + 1] if name in PROVEN else VerdictName
            assert any(numbers <= part for part in pairs.parts(*levels))
        for (a, b), pair in pairs.pairs.items():
            is_proven = any({a, b} <= numbers for n, numbers in groups if n in PROVEN)
            if pair is VerdictName.SAME_PICTURE:
                assert is_proven
            if pair in PROVEN and not is_proven:
                assert some_contradict(records, a, b)
            if pair is not None and share(records, a, b, "sha256_first_10240_bytes"):
                is_grouped = any({a, b} <= numbers for _, numbers in groups)
                assert is_grouped or any({a, b} <= part for part in unproven)


def some_contradict(records: list[Record], a: int, b: int) -> bool:
    """Return whether any two records that share a key with these two contradict."""
    keys = [keys_of(record) for record in records]
    sharing = [r for r, k in zip(records, keys, strict=True) if k & keys[a] & keys[b]]
    return any(contradict(*two) for two in combinations(sharing, 2))


def keys_of(record: Record) -> set[tuple[Any, ...]]:
    file = (record["image_size"], record["sha256_first_10240_bytes"])
    return {file, *record["server_digests"].items()}


def contradict(a: Record, b: Record) -> bool:
    one, other = ({**r["server_digests"], **r} for r in (a, b))
    names = {*FILE_DIGESTS, "image_size", "sha256_first_10240_bytes"}
    known = [n for n in names if one.get(n) is not None and other.get(n) is not None]
    return any(one[name] != other[name] for name in known)


def share(records: list[Record], a: int, b: int, name: str) -> bool:
    return records[a][name] is not None and records[a][name] == records[b][name]
