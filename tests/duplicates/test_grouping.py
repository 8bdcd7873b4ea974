"""Compare the groups of SQL with the verdicts on all pairs of records."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from itertools import combinations
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fpcrawler.console.feed_command import MEMORY
from fpcrawler.core.fingerprint.digests import FILE_DIGESTS
from fpcrawler.core.fingerprint.evidence import (
    fingerprint_of,
)
from fpcrawler.core.fingerprint.rules import PROVEN, VerdictName
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
    "is_upper_bound": False,
    "ends_in_checksum": False,
}
THICK = {**RICH, "blocks_deflated": 2_000}
EVIDENCE = [
    RICH,
    THICK,
    {**RICH, "blocks_deflated": 900},
    {**THICK, "is_upper_bound": True},
    {**THICK, "is_constant_size": True},
    {**THICK, "is_divided": True},
    {**RICH, "picture_coded": 3_000},
    {**RICH, "is_constant_size": True},
    {**RICH, "is_upper_bound": True},
    {**RICH, "ends_in_checksum": True},
    {**RICH, "ends_in_checksum": True, "is_constant_size": True},
    {},
]
HASHES = ("sha256_first_10240_bytes", "picture_sha256", "end_sha256")


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
            digests = {
                name: {kind: salted(value, world) for kind, value in given.items()}
                for name, given in record.items()
                if name in {"server_digests", "file_digests", "blocks_sha256"}
                and isinstance(given, dict)
            }
            line = {**record, **hashes, **digests}
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


HIGHEST = (*PROVEN, VerdictName.LIKELY)
"""The verdicts that others never take from records with equal fields."""

CONTENTS = [
    (300_000, "s0", "p0", 290_000, "e0"),
    (300_100, "s1", "p0", 290_000, "e0"),  # the first one, with other tags
    (300_100, "s2", "p0", 290_000, "e1"),  # a picture that starts with the same bytes
    (300_200, "s0", "p1", 290_000, "e2"),  # the first one's tags
    (300_300, "s0", "p2", 4_000, "e3"),
    (500, "s3", "p3", 400, "e4"),
    (500, "s4", "p3", 400, "e4"),
]
"""Size, sample, picture, its length and its end of files that differ."""


OFFSETS = [(), (8_000, 90_000), (70_000, 90_000), (90_000,)]
BLOCKS: list[list[tuple[int, str]]] = [
    [],
    [(8_000, "b1"), (90_000, "b2")],
    [(8_000, "b1"), (90_000, "b3")],
    [(8_000, "b1"), (70_000, "b4"), (90_000, "b2")],
    [(6_000, "b5"), (90_000, "b3")],
    [(90_000, "b2")],
    [(4_096, "b6"), (5_120, "b7")],
]
"""Offsets and contents of blocks: of some pairs none is shared, equal or different."""


def blocks(*pairs: tuple[int, str]) -> dict[str, str]:
    return {str(offset): digest(text) for offset, text in pairs}


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
        "blocks_sha256": blocks(
            *((at, f"{picture} {end} {at}") for at in draw(st.sampled_from(OFFSETS)))
        )
        if known > 1
        else {},
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
        "blocks_sha256": blocks(*draw(st.sampled_from(BLOCKS))) if length else {},
        "evidence": draw(st.sampled_from(EVIDENCE)),
        "server_digests": {
            kind: digest(value, FILE_DIGESTS[kind].digits)
            for kind, value in draw(digests).items()
        },
        "file_digests": {"sha256": one_of("f1", "f2", None, None, None)},
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
            record.update(picture_length=None, end_sha256=None, blocks_sha256={})
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
        pairs = judged(records)
        likely = [f.numbers for f in found if f.name is VerdictName.LIKELY]
        proven = pairs.parts(*PROVEN)

        assert {f.numbers: f.name for f in found if f.name in PROVEN} == {
            numbers: weakest_of(numbers, pairs)
            for numbers in proven
            if len(numbers) > 1
        }
        for numbers in likely:
            assert not any(numbers <= part for part in proven)
            assert any(
                numbers <= part for part in pairs.parts(*PROVEN, VerdictName.LIKELY)
            )
        for (a, b), name in pairs.pairs.items():
            if name is VerdictName.LIKELY and not together(a, b, likely):
                assert together(a, b, proven) or is_disputed(records, a, b)
        assert_heads(records, found)


def together(a: int, b: int, groups: Iterable[Numbers]) -> bool:
    return any({a, b} <= numbers for numbers in groups)


def is_disputed(records: list[Record], a: int, b: int) -> bool:
    """Return whether a third picture begins as these and is not the same."""
    like = [
        record
        for record in records
        if any(
            record[name] is not None
            and record[name] in (records[a][name], records[b][name])
            for name in ("sha256_first_10240_bytes", "picture_sha256")
        )
    ]
    names = ("picture_sha256", "picture_length", "end_sha256")
    return any(len({r[n] for r in like} - {None}) > 1 for n in names) or any(
        blocks_differ(one, other) for one, other in combinations(like, 2)
    )


def assert_heads(records: list[Record], found: list[Found]) -> None:
    """Assert that a group of each hash joins what nothing stronger joins."""
    strong = [f.numbers for f in found if f.name is not VerdictName.SAME_HEAD]
    samples = shared(records, "sha256_first_10240_bytes")
    pictures = shared(records, "picture_sha256")
    expected = {head for head in samples if not within_one(head, strong)}
    strong += expected
    expected |= {head for head in pictures if not within_one(head, strong)}

    heads = [f.numbers for f in found if f.name is VerdictName.SAME_HEAD]
    assert {*heads} == expected
    assert len(heads) == len(expected)


def shared(records: list[Record], name: str) -> set[Numbers]:
    numbers: dict[str, set[int]] = {}
    for number, record in enumerate(records):
        if record[name] is not None:
            numbers.setdefault(record[name], set()).add(number)
    return {frozenset(some) for some in numbers.values() if len(some) > 1}


def within_one(numbers: Numbers, groups: list[Numbers]) -> bool:
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


@settings(max_examples=20, deadline=None)
@given(several(related(8)))
def test_of_records_that_contradict_each_other_none_is_lost(
    worlds: list[list[Record]],
) -> None:
    # Pairs are judged alone: two records may contradict and both agree with a third.
    worlds = [[*records, *records[-2:]] for records in worlds]
    for records, found in zip(worlds, grouped(worlds), strict=True):
        groups, pairs = [f.numbers for f in found], judged(records)

        for name, numbers in ((f.name, f.numbers) for f in found):
            levels = PROVEN[: PROVEN.index(name) + 1] if name in PROVEN else VerdictName
            assert any(numbers <= part for part in pairs.parts(*levels))
            if name is VerdictName.LIKELY:
                assert not contradict([records[number] for number in numbers])
        for (a, b), pair in pairs.pairs.items():
            is_proven = together(a, b, [f.numbers for f in found if f.name in PROVEN])
            if pair in PROVEN and not is_proven:
                assert some_contradict(records, a, b)
            if pair in HIGHEST and records[a] == records[b]:
                levels = HIGHEST[: max(len(PROVEN), HIGHEST.index(pair) + 1)]
                same = [f.numbers for f in found if f.name in levels]
                assert together(a, b, same)
            if pair is not None and share_head(records[a], records[b]):
                assert within_one(frozenset({a, b}), groups)


def contradict(records: list[Record]) -> bool:
    """Return whether pictures differ in their end, or files of one head in a digest."""
    if len({record["end_sha256"] for record in records} - {None}) > 1:
        return True
    if any(blocks_differ(a, b) for a, b in combinations(records, 2)):
        return True
    values: dict[tuple[Any, ...], set[str]] = {}
    wrong = set(mistaken(records))
    for record in records:
        file = (record["image_size"], record["sha256_first_10240_bytes"])
        for kind, value in fingerprint_of(record).digests.items():
            if (
                None not in file
                and (record["file_digests"]["sha256"], kind) not in wrong
            ):
                values.setdefault((kind, *file), set()).add(value)
    return any(len(found) > 1 for found in values.values())


def blocks_differ(a: Record, b: Record) -> bool:
    if any(record["evidence"].get("is_upper_bound") for record in (a, b)):
        return False
    one, other = a["blocks_sha256"], b["blocks_sha256"]
    return any(one[offset] != other[offset] for offset in one.keys() & other)


def mistaken(records: list[Record]) -> Iterator[tuple[str, str]]:
    """Yield files and the kinds of their digests of which servers state two values."""
    for one, other in combinations(records, 2):
        whole = one["file_digests"]["sha256"]
        if whole is not None and whole == other["file_digests"]["sha256"]:
            a, b = one["server_digests"], other["server_digests"]
            yield from ((whole, kind) for kind in a.keys() & b if a[kind] != b[kind])


def some_contradict(records: list[Record], a: int, b: int) -> bool:
    """Return whether any two records that share a key with these two contradict."""
    keys = [keys_of(record) for record in records]
    sharing = [
        record
        for record, own in zip(records, keys, strict=True)
        if own & keys[a] & keys[b]
    ]
    return any(map(differ, *zip(*combinations(sharing, 2), strict=True)))


def keys_of(record: Record) -> set[tuple[Any, ...]]:
    file = (record["image_size"], record["sha256_first_10240_bytes"])
    picture = (record["picture_sha256"], record["picture_length"])
    return {file, picture, *fingerprint_of(record).digests.items()}


def differ(a: Record, b: Record) -> bool:
    """Return whether two records contradict.

    What servers state of one file, as its digest was computed, contradicts nothing.
    """
    one, other = ({**fingerprint_of(r).digests, **r} for r in (a, b))
    names = {"image_size", "sha256_first_10240_bytes", "end_sha256"}
    whole = a["file_digests"]["sha256"]
    if whole is None or whole != b["file_digests"]["sha256"]:
        names |= {*FILE_DIGESTS}
    known = [n for n in names if one.get(n) is not None and other.get(n) is not None]
    return any(one[name] != other[name] for name in known) or blocks_differ(a, b)


def share_head(a: Record, b: Record) -> bool:
    return any(
        a[name] is not None and a[name] == b[name]
        for name in ("sha256_first_10240_bytes", "picture_sha256")
    )


def file(number: int, **changes: Any) -> Record:
    """Return a record of the content ``number``; nothing after its head was read."""
    size, sample, picture, length, _ = CONTENTS[number]
    return {
        "image_size": size,
        "sha256_first_10240_bytes": digest(sample),
        "picture_sha256": digest(picture),
        "picture_length": length,
        "end_sha256": None,
        "blocks_sha256": {},
        "format": "png",
        "evidence": {**RICH, "ends_in_checksum": True},
        "server_digests": {},
        **changes,
    }


END, OTHER_END = ({"end_sha256": digest(name)} for name in ("e0", "e1"))
SEEN, OTHER_SEEN, APART = (
    {
        **END,
        "blocks_sha256": blocks(*pairs),
        "evidence": {**THICK, "ends_in_checksum": False},
    }
    for pairs in (BLOCKS[1], BLOCKS[2], BLOCKS[5])
)
BOUND = {"evidence": {**RICH, "is_upper_bound": True}}
SHORTER = {"picture_length": 289_900}
MD5, OTHER_MD5 = (
    {"server_digests": {"md5": digest(name, 32)}} for name in ("d1", "d2")
)
WHOLE = {"file_digests": {"sha256": digest("f1")}}
CRC, OTHER_CRC = (
    {"server_digests": {"crc32": digest(name, 8)}} for name in ("d1", "d2")
)
SHA1 = {"sha1": digest("d3", 40)}


@pytest.mark.parametrize(("one", "other"), [(MD5, OTHER_MD5), (OTHER_MD5, MD5)])
def test_a_wrong_digest_of_one_file_separates_no_others(
    one: Record, other: Record
) -> None:
    both = {"server_digests": one["server_digests"] | SHA1}
    records = [
        file(0, **both),
        file(0, server_digests=SHA1),
        file(0, **WHOLE, **both),
        file(3, **WHOLE, **other),  # the same file, as its digest was computed
    ]
    (found,) = grouped([records])

    proven = [f.numbers for f in found if f.name is VerdictName.IDENTICAL]
    assert proven == [frozenset(range(4))]


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        ([file(0), file(0), file(1)], {("likely", (0, 1, 2))}),
        (
            [file(0, **END), file(0, **END), file(1)],
            {("same-file", (0, 1)), ("likely", (0, 1, 2))},
        ),
        # An unknown end does not join two ends that differ …
        (
            [file(0, **END), file(0), file(0, **OTHER_END)],
            {("same-head", (0, 1, 2))},
        ),
        (
            [file(0, **END), file(1), file(2, **OTHER_END)],
            {("same-head", (0, 1, 2))},
        ),
        # … and takes nothing from those that agree.
        (
            [file(0, **END), file(0), file(0, **OTHER_END), file(0, **OTHER_END)],
            {("same-file", (2, 3)), ("same-head", (0, 1, 2, 3))},
        ),
        # Nor does a length that may be too long.
        (
            [
                file(0, **END),
                file(1, **BOUND),
                file(1, **OTHER_END, **SHORTER),
            ],
            {("same-head", (0, 1, 2)), ("same-head", (1, 2))},
        ),
        # Two files are known to be different by a digest.
        (
            [file(0, **MD5), file(0), file(0, **OTHER_MD5)],
            {("same-head", (0, 1, 2))},
        ),
        # They do not hide the copies that begin as they do …
        (
            [file(0, **MD5), file(0), file(0, **OTHER_MD5), file(0)],
            {("likely", (1, 3)), ("same-head", (0, 1, 2, 3))},
        ),
        (
            [file(0, **END), file(0), file(0, **OTHER_END), file(0)],
            {("likely", (1, 3)), ("same-head", (0, 1, 2, 3))},
        ),
        (
            [file(0, **CRC), file(0, **CRC), file(0, **OTHER_CRC), file(0)],
            {("likely", (0, 1)), ("same-head", (0, 1, 2, 3))},
        ),
        # … also if the wrong one is stated by a server …
        (
            [file(0, **WHOLE, **MD5), file(0), file(0, **WHOLE, **OTHER_MD5)],
            {("identical", (0, 2)), ("likely", (0, 1, 2))},
        ),
        # … nor those with other tags …
        (
            [file(0, **MD5), file(0), file(0, **OTHER_MD5), file(1)],
            {("likely", (1, 3)), ("same-head", (0, 1, 2))},
        ),
        # … nor do they by a chain of keys.
        (
            [
                *(file(0, **END), file(1, **BOUND), file(1, **BOUND)),
                file(1, **OTHER_END, **SHORTER),
            ],
            {
                *(("likely", (1, 2)), ("same-head", (0, 1, 2, 3))),
                ("same-head", (1, 2, 3)),
            },
        ),
        ([file(0, **MD5), file(1, **OTHER_MD5)], {("likely", (0, 1))}),
        # Blocks prove copies …
        (
            [file(0, **SEEN), file(0, **SEEN), file(1, **SEEN), file(0)],
            {("same-picture", (0, 1, 2)), ("likely", (0, 1, 2, 3))},
        ),
        # … not by one alone …
        ([file(0, **APART), file(0, **APART)], {("likely", (0, 1))}),
        ([file(0, **SEEN), file(0, **APART)], {("likely", (0, 1))}),
        # … and one that differs separates them, also those that it does not know.
        (
            [file(0, **SEEN), file(0), file(1, **OTHER_SEEN), file(1, **OTHER_SEEN)],
            {("same-file", (2, 3)), ("likely", (0, 1)), ("same-head", (0, 1, 2, 3))},
        ),
    ],
)
def test_a_group_of_likely_copies_has_no_files_that_are_known_to_be_different(
    records: list[Record], expected: set[tuple[str, tuple[int, ...]]]
) -> None:
    (found,) = grouped([records])

    assert {(f.name.value, tuple(sorted(f.numbers))) for f in found} == expected


MANY = {str(offset): digest("b") for offset in range(0, 65_000, 1_000)}


@pytest.mark.parametrize(
    "invalid",
    [
        *(None, "x", "", "{", 7, True, [], [1], ["8000"], {}, {"8000": None}, MANY),
        *({key: digest("b9")} for key in ("-1", "08000", "8e3", " 8000", "x", "")),
        {"8000": digest("b9", 62)},
        {"9" * 13: digest("b9")},
    ],
)
def test_invalid_blocks_of_a_feed_are_unknown(invalid: Any) -> None:
    odd = {**SEEN, "blocks_sha256": invalid}
    (found,) = grouped([[file(0, **odd), file(0, **SEEN), file(1, **SEEN)]])

    assert fingerprint_of(odd).blocks == {}
    assert [(f.name.value, sorted(f.numbers)) for f in found] == [
        ("same-picture", [1, 2]),
        ("likely", [0, 1, 2]),
    ]
