from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fpcrawler.feeds.json_text import JsonText
from tests.commands import ROOT

SEED = json.loads((ROOT / "tests" / "seed_record.json").read_text())["second"]

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
leaves = texts | st.none() | st.booleans() | st.integers() | st.floats()
values = st.recursive(
    leaves, lambda inner: st.lists(inner) | st.dictionaries(texts, inner), max_leaves=12
)


def by_python(value: Any, indent: int) -> bytes:
    text = json.dumps([value], indent=indent or None, ensure_ascii=False)
    return text[1:-1].strip("\n").encode()


@pytest.mark.untraced
@given(value=st.dictionaries(texts, values))
def test_any_value_is_written_as_python_writes_it(value: Any) -> None:
    for indent in (0, 1, 2, 4):
        assert JsonText("utf-8", indent).element(value) == by_python(value, indent)


@pytest.mark.parametrize(
    ("number", "printed"),
    [
        (1e16, "1e+16"),
        (-1e16, "-1e+16"),
        (9999999999999998.0, "9999999999999998.0"),
        (0.0001, "0.0001"),
        (0.00001, "1e-05"),
        (0.0, "0.0"),
        (float("nan"), "NaN"),
        (float("-inf"), "-Infinity"),
    ],
)
@pytest.mark.parametrize("indent", [0, 4])
def test_a_float_is_printed_as_python_prints_it(
    number: float, printed: str, indent: int
) -> None:
    value = {**SEED, "location": {"latitude": [number]}}

    text = JsonText("utf-8", indent).element(value)

    assert printed.encode() in text
    assert text == by_python(value, indent)


@pytest.mark.parametrize("number", [1.5, 1e16])
def test_a_lone_surrogate_is_refused_by_both_encoders(number: float) -> None:
    with pytest.raises(UnicodeEncodeError, match="surrogates not allowed"):
        JsonText("utf-8", 4).element({"alt": "\ud800", "n": number})


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"at": date(2026, 1, 2)}, b'{"at": "2026-01-02"}'),
        ({"both": {1}}, b'{"both": [1]}'),
        ({True: 1, None: 2}, b'{"true": 1, "null": 2}'),
        ({"pair": (1, 2)}, b'{"pair": [1, 2]}'),
    ],
)
def test_what_json_does_not_have_is_written_as_scrapy_writes_it(
    value: Any, text: bytes
) -> None:
    assert JsonText("utf-8", 0).element(value) == text
