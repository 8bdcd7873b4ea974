from __future__ import annotations

from typing import Any

import pytest

from fpcrawler.report.matches import matches_of, sets_of
from tests.matches import match

SAID = match(
    "vic.json",
    "md5",
    row=2,
    set="known-bad",
    category="1",
    series="s",
    flags=("distributed", "suspected"),
    name="a.jpg",
)


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ({"size_agrees": False}, {"size_differs": True}),
        ({"size_agrees": True, "set": "unknown"}, {}),
        ({"set": "known-good"}, {"set": "known-good"}),
        ({"set": "harmless", "category": 5, "flags": "a", "name": ["x"]}, {}),
        ({"set": ["known-bad"], "flags": [None, 5, "b"], "row": "x"}, {"flags": "b"}),
        ({"series": "x" * 600}, {"series": "x" * 500 + "…"}),
    ],
)
def test_a_match_has_what_its_list_says(
    said: dict[str, Any], shown: dict[str, Any]
) -> None:
    record = {"matches": [{"list": "a.csv"} | said]}

    assert [*matches_of(record)] == [{"list": "a.csv"} | shown]


def test_all_that_a_list_says_is_shown() -> None:
    record = {"matches": [SAID, {"list": "old.csv", "kind": "md5"}]}
    said, old = matches_of(record)

    assert said == {
        "list": "vic.json",
        "kind": "md5",
        "row": 2,
        "set": "known-bad",
        "category": "1",
        "series": "s",
        "flags": "distributed, suspected",
        "name": "a.jpg",
    }
    assert old == {"list": "old.csv", "kind": "md5"}
    assert [*sets_of(record)] == ["known-bad"]
