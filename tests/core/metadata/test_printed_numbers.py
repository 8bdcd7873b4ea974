from __future__ import annotations

import pytest

from fpcrawler.core.metadata.printed_numbers import number_of, numbers_of


@pytest.mark.parametrize(
    ("text", "number"),
    [("41", 41), ("2559/50", 51.18), ("-12.5", -12.5), ("+3", 3), ("0/5", 0)],
)
def test_integers_decimals_and_ratios_are_numbers(text: str, number: float) -> None:
    assert number_of(text) == number


@pytest.mark.parametrize(
    "text", ["", "0/0", "5/0", "nan", "inf", "1e5", "1_0", "٣", "9" * 21, "9" * 9_999]
)
def test_other_texts_are_not_numbers(text: str) -> None:
    assert number_of(text) is None


@pytest.mark.parametrize(
    ("text", "numbers"),
    [("[41, 2559/50, 0]", [41, 51.18, 0]), ("7", [7]), ("[1, 0/0]", []), ("[]", [])],
)
def test_a_list_is_read_whole_or_not_at_all(text: str, numbers: list[float]) -> None:
    assert numbers_of(text) == numbers
