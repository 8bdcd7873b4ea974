"""Texts are grouped by their keys."""

from __future__ import annotations

import random
from itertools import groupby
from operator import itemgetter
from pathlib import Path

from fpcrawler.tables.texts import Keyed, grouped, repeats


def test_each_text_comes_once_and_those_of_a_key_together_as_they_came(
    tmp_path: Path,
) -> None:
    of = random.Random(3)
    listed = [
        (key > 30, f"{key}", f"{key}/{of.randrange(900)}")
        for key in (of.randrange(40) for _ in range(30_000))
    ]
    with grouped(listed, tmp_path) as found:
        pairs = [*found]
    runs = [(key, [*run]) for key, run in groupby(pairs, key=itemgetter(0, 1))]

    assert pairs == sorted(pairs, key=itemgetter(0))
    assert len(runs) == len(dict(runs)) == 40
    assert runs != sorted(runs, key=itemgetter(0))
    for key, run in runs:
        assert run == [*dict.fromkeys(one for one in listed if one[:2] == key)]
    with grouped(listed, tmp_path) as again:
        assert pairs == [*again]
    assert not [*tmp_path.iterdir()]


def test_texts_that_differ_in_one_character_are_two() -> None:
    texts = ["a?a=1&b=2", "a?b=2&a=1", "%41", "A", "a", "'\t\"\\,", "NULL", "", "é"]
    listed: list[Keyed] = [(False, "", text) for text in [*texts, *texts]]

    with grouped(listed, None) as found:
        assert [text for _, _, text in found] == texts


def test_repeats_are_counted() -> None:
    assert repeats(["", "a", "A", "é", "\0", "a", "é", "", "a"], None) == 4
    assert repeats([], None) == 0
