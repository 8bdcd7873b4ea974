"""References as Chromium resolves them (``python -m tests.chromium``)."""

from __future__ import annotations

import json

import pytest

from fpcrawler.core.links.references import Base
from fpcrawler.core.web.charsets import encoded_query
from tests.chromium import PAGE, SAMPLE, TABLE, codes_of, digest_of

TOLD = json.loads(TABLE.read_text(encoding="utf-8"))


@pytest.mark.parametrize(("reference", "url"), TOLD["references"].items(), ids=ascii)
def test_a_reference_is_asked_for_as_chromium_does(reference: str, url: str) -> None:
    assert Base(PAGE).absolute(reference)[1] == url


@pytest.mark.parametrize(("charset", "url"), TOLD["samples"].items())
def test_a_query_is_in_the_character_set_of_its_page(charset: str, url: str) -> None:
    assert Base(PAGE, charset).absolute(SAMPLE)[1] == url


@pytest.mark.untraced
@pytest.mark.parametrize(("charset", "digest"), TOLD["digests"].items())
def test_each_character_has_the_bytes_that_chromium_sends(
    charset: str, digest: str
) -> None:
    queries = [encoded_query(f"?{chr(code)}x", charset) for code in codes_of(charset)]

    assert digest_of(queries) == digest


@pytest.mark.parametrize(
    ("charset", "meant"),
    [
        pytest.param("latin-1", "windows-1252", id="Encoding 4.2 labels"),
        pytest.param("gb2312", "gbk", id="gb2312"),
        pytest.param("utf-16", "utf-8", id="Encoding 4.3 output encoding"),
        pytest.param("hex", "utf-8", id="not of text"),
        pytest.param("no such set", "utf-8", id="unknown"),
    ],
)
def test_a_character_set_means_another(charset: str, meant: str) -> None:
    one, other = (
        Base(PAGE, each).absolute("?\x91\u20ac\u753b") for each in (charset, meant)
    )

    assert one == other
