from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fpcrawler.core.web.reservations import (
    merged,
    words_of_header,
    words_of_meta,
    words_of_tdm,
)


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (["noindex"], ["noindex"]),
        (["NoAI, NoImageAI"], ["noai", "noimageai"]),
        (["noindex", "noimageindex"], ["noimageindex", "noindex"]),
        (["none"], ["noindex"]),
        (["fpcrawler: noai"], ["noai"]),
        (["FPCrawler : noai, noindex"], ["noai", "noindex"]),
        (["*: noai"], ["noai"]),
        (["googlebot: noai, noindex"], []),
        (["googlebot: noai, fpcrawler: noindex"], ["noindex"]),
        (["noai, googlebot: noindex"], ["noai"]),
        (["googlebot: noai", "noindex"], ["noindex"]),
        (["unavailable_after: 25 Jun 2010 15:00:00 PST, noai"], ["noai"]),
        (["max-image-preview: none, noai"], ["noai"]),
        (["index, follow, noarchive, nosnippet"], []),
        (["tdm-reservation"], []),
        (["x" * 5_000 + ", noai"], []),
    ],
)
def test_the_words_of_a_header(lines: list[str], words: list[str]) -> None:
    assert merged(words_of_header(lines, "fpcrawler")) == words


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("robots", "noindex, NOAI", ["noai", "noindex"]),
        ("fpcrawler", "noimageindex", ["noimageindex"]),
        ("googlebot", "noindex", []),
        ("tdm-reservation", " 1 ", ["tdm-reservation"]),
        ("tdm-reservation", "0", []),
        ("description", "noindex", []),
    ],
)
def test_the_words_of_a_meta_element(name: str, content: str, words: list[str]) -> None:
    assert merged(words_of_meta(name, content, "fpcrawler")) == words


def test_words_are_merged_in_one_order() -> None:
    assert merged(["noindex"], ["noai", "noindex"]) == ["noai", "noindex"]


@given(st.text(), st.text())
def test_no_text_raises(text: str, agent: str) -> None:
    words_of_header([text], agent)
    words_of_meta(text, text, agent)
    words_of_tdm([text])
