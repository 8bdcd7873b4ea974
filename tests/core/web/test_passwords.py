from __future__ import annotations

from base64 import b64decode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fpcrawler.core.web.passwords import basic_of, shown


@pytest.mark.parametrize(
    ("url", "pair"),
    [
        pytest.param("http://me:pw@a.example/", "me:pw", id="RFC 7617 2"),
        pytest.param("http://me@a.example/", "me:", id="no password"),
        pytest.param("http://:pw@a.example/", ":pw", id="no user"),
        pytest.param("http://m%40e:p%3Aw@a.example/", "m@e:p:w", id="percent-encoded"),
        pytest.param("http://m\xe9:\u20ac@a.example/", "m\xe9:\u20ac", id="UTF-8"),
        pytest.param("http://me:p@w@a.example/", "me:p@w", id="the last @ counts"),
    ],
)
def test_user_and_password_are_basic_authentication(url: str, pair: str) -> None:
    authorization = basic_of(url) or ""

    assert authorization.startswith("Basic ")
    assert b64decode(authorization.removeprefix("Basic ")).decode() == pair


@pytest.mark.parametrize(
    "url", ["http://a.example/", "http://a.example/b@c", "http://@a.example/", "@", ""]
)
def test_a_url_without_a_user_has_none(url: str) -> None:
    assert basic_of(url) is None


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("http://me:pw@a.example/b@c", "http://…@a.example/b@c"),
        ("HTTP:\\\\me:p@w@a.example", "HTTP:\\\\…@a.example"),
        ("https:me:pw@a.example", "https:…@a.example"),
        ("ftp://me:pw@a.example/", "ftp://…@a.example/"),
        ("mailto:me@a.example", "mailto:me@a.example"),
        ("http://a.example/b@c", "http://a.example/b@c"),
        ("photos/me:pw@a.jpg", "photos/me:pw@a.jpg"),
    ],
)
def test_a_message_shows_neither_user_nor_password(url: str, safe: str) -> None:
    assert shown(url) == safe


@given(st.text() | st.builds("http://{}@{}".format, st.text(), st.text()))
def test_no_text_raises(url: str) -> None:
    shown(url)
    basic_of(url)
