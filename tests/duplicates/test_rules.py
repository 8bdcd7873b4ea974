"""The table of rules is the only place: the judge and the SQL follow any edit of it."""

from __future__ import annotations

import functools
import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from fpcrawler.core.fingerprint import verdicts
from fpcrawler.core.fingerprint.digests import FILE_DIGESTS
from fpcrawler.core.fingerprint.evidence import fingerprint_of
from fpcrawler.core.fingerprint.rules import RULES, Rule, VerdictName, Within
from fpcrawler.duplicates import keys
from tests.duplicates.tables import grouped
from tests.duplicates.worlds import BLOCKS, EVIDENCE, THICK, blocks, digest

NEVER = Within("image_size", 2**62)
DIGITS = {name: kind.digits for name, kind in FILE_DIGESTS.items()}
DRAWN = random.Random(1)


def record() -> dict[str, Any]:
    def one_of(*values: str) -> str | None:
        return digest(DRAWN.choice(values)) if DRAWN.random() < 0.8 else None

    length = DRAWN.choice([290_000, 4_000, None])
    return {
        "image_size": DRAWN.choice([300_000, 300_000, 500, None]),
        "sha256_first_10240_bytes": one_of("s1", "s1", "s2"),
        "picture_sha256": one_of("p1", "p1", "p2") if length else None,
        "picture_length": length,
        "end_sha256": one_of("e1", "e1", "e2") if length else None,
        "blocks_sha256": blocks(*DRAWN.choice([*BLOCKS, *2 * BLOCKS[:2]]))
        if length
        else {},
        "evidence": DRAWN.choice([*EVIDENCE, *6 * [THICK]]),
        "server_digests": {
            kind: digest(DRAWN.choice(["d1", "d1", "d2"]), DIGITS[kind])
            for kind in DRAWN.sample(sorted(DIGITS), DRAWN.choice([0, 0, 0, 1, 3]))
        },
        "file_digests": {
            "md5": None,
            "sha1": None,
            "sha256": DRAWN.choice([None, None, None, digest("d1"), digest("d2")]),
        },
    }


def pair() -> list[dict[str, Any]]:
    """Return two records with more in common than by chance."""
    one, other = record(), record()
    mixed = {name: DRAWN.choice([one[name], one[name], other[name]]) for name in one}
    for found in (one, mixed):
        if found["picture_sha256"] is None or found["picture_length"] is None:
            found.update(picture_length=None, end_sha256=None, blocks_sha256={})
    return [one, mixed]


PAIRS = [pair() for _ in range(600)]


@functools.cache
def unedited() -> list[VerdictName | None]:
    return judged()


def judged() -> list[VerdictName | None]:
    found = [verdicts.verdict(*map(fingerprint_of, pair)) for pair in PAIRS]
    return [one.name if one else None for one in found]


def in_sql() -> list[VerdictName | None]:
    return [groups[0].name if groups else None for groups in grouped(PAIRS)]


def never(name: VerdictName) -> Callable[[Rule], Rule]:
    def edit(rule: Rule) -> Rule:
        return replace(rule, condition=(NEVER,)) if rule.verdict is name else rule

    return edit


EDITS: dict[str, Callable[[Rule], Rule]] = {
    **{f"{name} is never given": never(name) for name in VerdictName},
    "no condition has to hold": lambda rule: replace(rule, condition=()),
    "digests refute nothing": lambda rule: replace(rule, undisputed=()),
    "what is unknown differs": lambda rule: replace(
        rule, known=(*rule.known, *rule.fitting), fitting=()
    ),
    "what is unknown is equal": lambda rule: replace(
        rule, alike=rule.alike + rule.fitting, fitting=()
    ),
    "digests of any files are compared": lambda rule: replace(rule, among=()),
}


def test_the_judge_and_the_sql_agree_on_random_pairs() -> None:
    found = unedited()

    assert found == in_sql()
    assert {*found} == {*VerdictName, None}


@pytest.mark.untraced
@pytest.mark.parametrize("edit", EDITS)
def test_both_follow_an_edit_of_the_table(
    edit: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, edited = unedited(), tuple(map(EDITS[edit], RULES))
    monkeypatch.setattr(verdicts, "RULES", edited)
    monkeypatch.setattr(keys, "RULES", edited)
    found = judged()

    assert found == in_sql()
    assert found != before
