from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fpcrawler.core.web.url_list import BadLine, first_word, web_url


@pytest.mark.parametrize(
    ("line", "word"),
    [
        pytest.param("https://a.example/b.jpg\n", "https://a.example/b.jpg", id="LF"),
        pytest.param(
            "https://a.example/b.jpg\r\n", "https://a.example/b.jpg", id="CRLF"
        ),
        pytest.param(
            "https://a.example/b.jpg  seen on Monday",
            "https://a.example/b.jpg",
            id="text after the URL",
        ),
        pytest.param("a.jpg\tnote", "a.jpg", id="tab"),
        pytest.param("  a.jpg", "a.jpg", id="indented"),
        pytest.param("\ufeffhttps://a.example/", "https://a.example/", id="BOM"),
        pytest.param(
            "https://a.example/#top", "https://a.example/#top", id="a fragment"
        ),
        pytest.param("", None, id="empty"),
        pytest.param("   \r\n", None, id="blank"),
        pytest.param("\ufeff\n", None, id="BOM alone"),
        pytest.param("# https://a.example/", None, id="comment"),
        pytest.param("  #https://a.example/", None, id="indented comment"),
        pytest.param("\ufeff# a list", None, id="comment after a BOM"),
    ],
)
def test_the_first_word_of_a_line_counts(line: str, word: str | None) -> None:
    assert first_word(line) == word


@pytest.mark.parametrize(
    ("word", "url"),
    [
        pytest.param("http://a.example", "http://a.example/", id="no path"),
        pytest.param("https://a.example/b?c=d", "https://a.example/b?c=d", id="query"),
        pytest.param(
            "https://a.example/b#c", "https://a.example/b", id="RFC 3986 3.5 fragment"
        ),
        pytest.param(
            "HTTPS://A.example/B", "https://a.example/B", id="RFC 3986 3.1 any case"
        ),
        pytest.param("http://[::1]:8000/a", "http://[::1]:8000/a", id="RFC 3986 3.2.2"),
        pytest.param(
            "https://b\u00fccher.example/\u00e4",
            "https://xn--bcher-kva.example/%C3%A4",
            id="RFC 5890 IDN",
        ),
        pytest.param("http://a:b@c.example/", "http://c.example/", id="userinfo"),
    ],
)
def test_a_web_url_is_normalized(word: str, url: str) -> None:
    assert web_url(word) == url


@pytest.mark.parametrize(
    "word",
    ["photos/a.jpg", "/a.jpg", "./a.jpg", "a.jpg", "file:///a.jpg", "FILE:a.jpg", "."],
)
def test_a_path_and_a_file_uri_are_not_web_urls(word: str) -> None:
    assert web_url(word) is None


@pytest.mark.parametrize(
    "word",
    [
        pytest.param("ftp://a.example/b.jpg", id="ftp"),
        pytest.param("data:image/gif;base64,R0lGODlh", id="data"),
        pytest.param("javascript:void(0)", id="javascript"),
        pytest.param("mailto:a@b.example", id="mailto"),
        pytest.param("http:///a.jpg", id="RFC 9110 4.2.1 empty host"),
        pytest.param("https:a.jpg", id="no authority"),
        pytest.param("http://:80/a.jpg", id="port alone"),
        pytest.param("http://[::1/a.jpg", id="bracket left open"),
        pytest.param("http://a.example:99999/", id="RFC 9293 3.1 port above 65535"),
        pytest.param("http://a.example:http/", id="port in letters"),
        pytest.param("http://a%00.example/", id="URL 3.2 forbidden in a host"),
    ],
)
def test_what_cannot_be_crawled_is_refused_in_one_sentence(word: str) -> None:
    with pytest.raises(BadLine) as refused:
        web_url(word)

    text = str(refused.value)
    assert repr(word) in text
    assert text.endswith(".")
    assert "\n" not in text


@given(st.text())
def test_any_line_names_a_url_a_path_or_is_refused(line: str) -> None:
    word = first_word(line)
    if word is None:
        return

    assert len(word.split()) == 1
    try:
        url = web_url(word)
    except BadLine:
        return
    assert url is None or url.lower().startswith(("http:", "https:"))


def test_a_url_that_is_too_long_is_refused() -> None:
    with pytest.raises(BadLine, match="more than 8192 characters; remove it"):
        web_url("https://a.example/" + "x" * 8_192)


def test_a_backslash_is_a_slash() -> None:
    assert web_url(r"http://host\i\bs.jpg") == "http://host/i/bs.jpg"
