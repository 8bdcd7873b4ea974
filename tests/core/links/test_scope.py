from __future__ import annotations

import pytest

from fpcrawler.core.links.scope import (
    MAX_IMAGES_PER_PAGE,
    BadScope,
    Scope,
    is_same_site,
)

PAGE = "https://a.example/gallery/1.html"


def test_without_arguments_only_listed_pages_are_crawled() -> None:
    scope = Scope.parse({})

    assert scope == Scope(depth=0, max_images_per_page=MAX_IMAGES_PER_PAGE)
    assert scope.refusal(PAGE, pages=1_000_000) is None


@pytest.mark.parametrize(
    ("arguments", "pages", "refusal"),
    [
        ({"allow": "/gallery/"}, 0, None),
        ({"allow": "^/gallery/"}, 0, "allow"),
        ({"deny": r"\.html$"}, 0, "deny"),
        ({"deny": "/private/"}, 0, None),
        ({"allow": "a", "deny": "a"}, 0, "deny"),
        ({"max_pages": "3"}, 2, None),
        ({"max_pages": "3"}, 3, "max_pages"),
        ({"max_pages": "0"}, 3, None),
    ],
)
def test_an_argument_excludes_a_page(
    arguments: dict[str, str], pages: int, refusal: str | None
) -> None:
    assert Scope.parse(arguments).refusal(PAGE, pages=pages) == refusal


@pytest.mark.parametrize("pattern", ["/bücher/", "/b%C3%BCcher/"])
def test_a_pattern_may_be_percent_encoded_or_not(pattern: str) -> None:
    url = "https://a.example/b%C3%BCcher/1.html"

    assert Scope.parse({"allow": pattern}).refusal(url, pages=0) is None
    assert Scope.parse({"deny": pattern}).refusal(url, pages=0) == "deny"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"depth": "two"}, "-a depth=two is not a whole number of 0 or more."),
        ({"depth": "-1"}, "-a depth=-1 is not a whole number of 0 or more."),
        ({"max_pages": "\u0663"}, "is not a whole number"),
        ({"depth": "9" * 5_000}, "is not a whole number"),
        ({"deny": "a{99999999999999}"}, "is not a regular expression"),
        ({"allow": "("}, r"-a allow=\( is not a regular expression \(missing \)"),
    ],
)
def test_an_invalid_argument_is_reported_in_one_sentence(
    arguments: dict[str, str], sentence: str
) -> None:
    with pytest.raises(BadScope, match=sentence):
        Scope.parse(arguments)


@pytest.mark.parametrize(
    ("url", "is_same"),
    [
        ("https://a.example/", True),
        ("http://a.example/other", True),
        ("https://WWW.a.example/", True),
        ("https://b.a.example/", False),
        ("https://a.example:8443/", False),
        ("https://a.example.evil/", False),
        ("file:///gallery/1.html", False),
    ],
)
def test_a_site_is_a_host_and_port(url: str, *, is_same: bool) -> None:
    assert is_same_site(url, PAGE) is is_same


def test_files_are_one_site() -> None:
    assert is_same_site("file:///a/b.html", "file:///a/c.html")
