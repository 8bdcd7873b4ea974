from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fpcrawler.core.metadata.limits import (
    CUT,
    MAX_CHARS,
    MAX_PROPERTIES,
    with_missing,
    within_limits,
)


def test_the_longest_texts_are_cut_to_one_length() -> None:
    texts = {"a": "x" * 90_000, "b": "short", "c": "y" * 70_000, "d": "z" * 20_000}

    kept, is_cut = within_limits(texts)

    assert is_cut
    assert kept["b"] == "short"
    assert kept["d"] == "z" * 20_000
    assert kept["a"] == "x" * (len(kept["c"]) - 1) + CUT
    assert kept["c"].endswith("y" + CUT)


@pytest.mark.parametrize(
    "texts",
    [
        pytest.param({str(i): "x" for i in range(MAX_PROPERTIES + 1)}, id="many"),
        pytest.param({f"{i}{'n' * 900}": "x" for i in range(100)}, id="long names"),
    ],
)
def test_the_last_texts_are_dropped(texts: dict[str, str]) -> None:
    kept, is_cut = within_limits(texts)

    assert is_cut
    assert list(kept) == list(texts)[: len(kept)]
    assert 0 < len(kept) < len(texts)


@given(
    st.dictionaries(
        st.text(max_size=3),
        st.builds("x".__mul__, st.sampled_from([1, 9, 9_000, 40_000, 90_000])),
        max_size=12,
    )
)
def test_all_texts_together_fit(texts: dict[str, str]) -> None:
    kept, is_cut = within_limits(texts)

    assert kept.keys() == texts.keys()
    assert sum(map(len, kept.values())) <= MAX_CHARS
    assert is_cut == (kept != texts)
    assert all(kept.values())


def test_only_missing_texts_are_added() -> None:
    joined = with_missing({"a": "1"}, {"b": "2", "a": "3"})

    assert list(joined.items()) == [("a", "1"), ("b", "2")]
