from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fpcrawler.core.metadata.plain_text import CUT, cut_to_bytes, decoded, safe


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        pytest.param(b"harbour", "harbour", id="ASCII"),
        pytest.param("Häfen, 港".encode(), "Häfen, 港", id="UTF-8"),
        pytest.param("Häfen".encode("utf-8-sig"), "Häfen", id="UTF-8 with a mark"),
        pytest.param("港 a".encode("utf-16"), "港 a", id="UTF-16 with a mark"),
        pytest.param(b"H\xe4fen und Meer", "Häfen und Meer", id="Latin-1"),
        pytest.param(b"Jos\xe9", "José", id="Latin-1, the last character"),
        pytest.param(b"5 \x80", "5 €", id="Windows-1252"),
        pytest.param("ää港".encode()[:-1], "ää", id="UTF-8, cut in a character"),
        pytest.param(b"a\x81\xff", "a\ufffdÿ", id="not in Windows-1252"),
    ],
)
def test_the_character_set_is_found(raw: bytes, text: str) -> None:
    assert decoded(raw) == text


@pytest.mark.parametrize(
    ("text", "safe_text"),
    [
        ("a\tb\r\nc", "a\tb\r\nc"),
        ("\0 a \r\n\0", "a"),
        ("a\0b\x1b[31m\x7f", "a\ufffdb\ufffd[31m\ufffd"),
        ("\ud800a\udfff", "\ufffda\ufffd"),
    ],
)
def test_what_json_or_a_table_cannot_hold_is_replaced(
    text: str, safe_text: str
) -> None:
    assert safe(text) == safe_text


@given(st.text(), st.integers(0, 60))
def test_a_cut_text_is_the_beginning_and_a_mark(text: str, limit: int) -> None:
    cut = cut_to_bytes(text, limit)

    assert len(cut.encode()) <= limit
    assert cut in {text, ""} or (cut[-1] == CUT and text.startswith(cut[:-1]))
    assert (cut == text) == (len(text.encode()) <= limit)
