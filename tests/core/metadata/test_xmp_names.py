from __future__ import annotations

import pytest

from fpcrawler.core.metadata.xmp_markup import read_markup
from fpcrawler.core.metadata.xmp_names import PREFIXES, usual_prefix


@pytest.mark.parametrize("uri", PREFIXES)
def test_a_known_uri_has_its_usual_prefix(uri: str) -> None:
    assert usual_prefix(uri, "any") == PREFIXES[uri]
    assert usual_prefix(uri.rstrip("/#"), "any") == PREFIXES[uri]


@pytest.mark.parametrize(
    ("uri", "prefix", "expected"),
    [
        ("http://ns.microsoft.com/photo/1.0/", "MicrosoftPhoto", "MicrosoftPhoto"),
        ("http://ns.microsoft.com/photo/1.2", "x", "MP"),
        ("http://prismstandard.org/namespaces/basic/3.0/", "prism", "prism"),
        ("https://ns.google.com/photos/1.0/camera/", "GCamera", "GCamera"),
        ("http://prismstandard.org/namespaces/basic/3.0/", "p", None),
        ("http://a.example/", "dc", None),
        ("", "dc", None),
    ],
)
def test_a_uri_that_was_changed_is_known(
    uri: str, prefix: str, expected: str | None
) -> None:
    assert usual_prefix(uri, prefix) == expected


@pytest.mark.parametrize(
    ("declared", "name", "shown"),
    [
        ('xmlns:d="http://purl.org/dc/elements/1.1/"', "d:title", "dc:title"),
        ('xmlns="http://creativecommons.org/ns#"', "Work", "cc:Work"),
        ('xmlns:my="http://a.example/"', "my:title", "my:title"),
        ('xmlns:dc="http://a.example/"', "dc:title", "{http://a.example/}title"),
        ('xmlns="http://a.example/"', "title", "{http://a.example/}title"),
        ('xmlns:a="u:1"><a:b xmlns:a="u:2"/><a:b', "a:b", "a:b"),
        ("", "dc:title", "dc:title"),
    ],
)
def test_a_name_has_one_namespace(declared: str, name: str, shown: str) -> None:
    root = read_markup(f"<x {declared}><{name}/></x>").root

    assert root.children[0].children[-1].name == shown


def test_a_prefix_of_two_unknown_namespaces_names_the_first() -> None:
    root = read_markup('<a:b xmlns:a="u:1"><a:c xmlns:a="u:2"/><a:d/></a:b>').root

    names = [element.name for element in root.children[0].children]

    assert names == ["{u:2}c", "a:d"]
