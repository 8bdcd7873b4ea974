from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from fpcrawler.core.file.cells import neutral, original

STARTS = "=+-@\t\r\n\uff1d\uff0b\uff0d\uff20"
ODD = st.text(st.sampled_from("'=+-@\t\r\n\uff1d0.eE,\" a"))


@pytest.mark.parametrize("start", STARTS)
def test_no_text_cell_begins_as_a_formula(start: str) -> None:
    assert neutral(f"{start}cmd|' /C calc'!A0") == f"'{start}cmd|' /C calc'!A0"


@pytest.mark.parametrize("text", ["-12", "+1.5", "-1e-7", "0", "", "a=b", "'a", "{}"])
def test_numbers_and_other_text_stay(text: str) -> None:
    assert neutral(text) == original(text) == text


@example("'=1")
@example("''-1")
@given(ODD | st.text())
def test_each_text_is_read_back(text: str) -> None:
    assert original(neutral(text)) == text
