"""Compare the groups of SQL with the verdicts on all pairs of records."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from fpcrawler.core.fingerprint.evidence import fingerprint_of
from fpcrawler.core.fingerprint.rules import VerdictName
from tests.duplicates.facts import FACTS, broken
from tests.duplicates.tables import grouped
from tests.duplicates.worlds import (
    BLOCKS,
    CONTENTS,
    RICH,
    THICK,
    Record,
    blocks,
    digest,
)


@pytest.mark.untraced
@pytest.mark.parametrize("name", FACTS)
def test_groups_are_as_the_verdicts_on_pairs_say(name: str) -> None:
    # The same lists in each run; ``python -m tests.duplicates.search`` draws others.
    drawn = Random(1)
    worlds = [FACTS[name].draw(drawn) for _ in range(500)]

    assert broken(FACTS[name], worlds) == []


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
