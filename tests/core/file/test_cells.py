from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from fpcrawler.core.file.cells import neutral, original

STARTS = "=+-@\t\r\n\uff1d\uff0b\uff0d\uff20"
SIGNS = "=+-@\uff1d\uff0b\uff0d\uff20"
ODD = st.text(st.sampled_from("'=+-@\t\r\n\uff1d0.eE,;\" a"))


@pytest.mark.parametrize("start", STARTS)
def test_no_text_cell_begins_as_a_formula(start: str) -> None:
    assert neutral(f"{start}cmd|' /C calc'!A0") == f"'{start}cmd|' /C calc'!A0"


@pytest.mark.parametrize("sign", SIGNS)
@pytest.mark.parametrize("divider", [";", "\t", "\r\n", "\n", ';"', "a;;"])
def test_no_part_of_a_cell_begins_as_a_formula(divider: str, sign: str) -> None:
    assert neutral(f"a{divider}{sign}1;b") == f"a{divider}'{sign}1;b"


@given(ODD)
def test_no_separator_makes_a_formula(text: str) -> None:
    _, *parts = re.split("[;\t\r\n]", neutral(text))

    assert {part.lstrip('"')[:1] for part in parts}.isdisjoint(SIGNS)


@pytest.mark.parametrize(
    "text", ["-12", "+1.5", "-1e-7", "0", "", "a=b", "'a", "{}", "a; =b"]
)
def test_numbers_and_other_text_stay(text: str) -> None:
    assert neutral(text) == original(text) == text


@pytest.mark.untraced
@example("'=1")
@example("''-1")
@example("\t';'=1")
@given(ODD | st.text())
def test_each_text_is_read_back(text: str) -> None:
    assert original(neutral(text)) == text
