from __future__ import annotations

import pytest

from fpcrawler.crawl.logins import Logins


@pytest.mark.parametrize(
    ("url", "login"),
    [
        ("https://a.example/other/b.jpg?c", "Basic x"),
        ("http://a.example/", None),
        ("https://a.example:8443/", None),
        ("https://www.a.example/", None),
        ("https://b.example/https://a.example/", None),
    ],
)
def test_a_login_is_for_one_origin(url: str, login: str | None) -> None:
    logins = Logins()
    logins.add("https://a.example/list", "Basic x")

    assert logins.at(url) == login
    assert logins
    assert not Logins()
