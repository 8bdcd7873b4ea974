from __future__ import annotations

import pytest
from scrapy.http import HtmlResponse, TextResponse

from fpcrawler.crawl.charsets import charset_of, html_of

URL = "http://a.example/"
IMAGE = "<img src='/é.jpg'>"


def page(declared: str, charset: str, header: str = "text/html") -> HtmlResponse:
    body = f"<!doctype html>{declared}{IMAGE}".encode(charset)
    return HtmlResponse(URL, body=body, headers={"Content-Type": header})


@pytest.mark.parametrize(
    ("declared", "charset"),
    [
        pytest.param("<meta charset=utf-16le>", "utf-8", id="HTML 13.2.3.2 UTF-16LE"),
        pytest.param("<meta charset=utf-16>", "utf-8", id="UTF-16"),
        pytest.param("<meta charset=utf-16be>", "utf-8", id="UTF-16BE"),
        pytest.param("<meta charset=unicode>", "utf-8", id="a label of UTF-16"),
        pytest.param(
            "<meta http-equiv=content-type content='text/html; charset=utf-16'>",
            "utf-8",
            id="http-equiv",
        ),
        pytest.param("<meta charset=x-user-defined>", "cp1252", id="x-user-defined"),
        pytest.param("<meta charset=x-cp1252>", "cp1252", id="Encoding 4.2 x-cp1252"),
        pytest.param("<meta charset=utf-16>", "utf-16", id="a byte order mark"),
    ],
)
def test_a_page_is_read_as_in_browsers(declared: str, charset: str) -> None:
    assert IMAGE in html_of(page(declared, charset)).text


@pytest.mark.parametrize("charset", ["utf-16le", "utf-16be"])
def test_a_header_means_what_it_says(charset: str) -> None:
    header = f"text/html; charset={charset}"

    assert IMAGE in html_of(page("", charset, header)).text


def test_utf_16_without_a_mark_is_little_endian() -> None:
    header = "text/html; charset=utf-16"

    assert IMAGE in html_of(page("", "utf-16le", header)).text


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("iso-8859-8-i", "iso8859-8"),
        ("logical", "iso8859-8"),
        ("koi8-ru", "koi8-u"),
        ("x-mac-ukrainian", "mac-cyrillic"),
        ("windows-949", "cp949"),
        ("iso88599", "cp1254"),
        ("x-gbk", "gbk"),
    ],
)
def test_labels_that_python_lacks_have_their_set(label: str, name: str) -> None:
    response = TextResponse(URL, body=f"<meta charset={label}>".encode())

    assert charset_of(html_of(response)) == name
