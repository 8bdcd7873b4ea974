from __future__ import annotations

import pytest
from scrapy.http import HtmlResponse, TextResponse

from fpcrawler.crawl.charsets import charset_of, forget_text, html_of, text_of

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


# Encodings of Python that browsers do not know.
UNKNOWN = [
    "undefined",
    "hex",
    "idna",
    "unicode_escape",
    "raw_unicode_escape",
    "punycode",
    "mbcs",
    "oem",
    "rot13",
    "base64",
    "bz2",
    "zlib",
    "uu",
    "quopri",
    "utf-7",
    "utf-32",
    "cp437",
    "iso-2022-kr",
    "johab",
    "x",
]


@pytest.mark.parametrize("label", UNKNOWN)
def test_unknown_labels_are_ignored(label: str) -> None:
    """Encoding Standard section 4.2."""
    header = f"text/html; charset={label}"
    style = TextResponse(URL, body=IMAGE.encode(), headers={"Content-Type": header})

    assert IMAGE in html_of(page("", "utf-8", header)).text
    assert IMAGE in html_of(page("", "cp1252", header)).text
    assert IMAGE in html_of(page("<meta charset=windows-1252>", "cp1252", header)).text
    assert IMAGE in html_of(page(f"<meta charset={label}>", "utf-8")).text
    assert IMAGE in html_of(page("<meta charset=utf-16>", "utf-8", header)).text
    xml = f"<?xml version='1.0' encoding='{label}'?>{IMAGE}".encode()
    assert IMAGE in html_of(HtmlResponse(URL, body=xml)).text
    assert text_of(style) == IMAGE


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
        ("ibm866", "cp866"),
        ("latin1", "cp1252"),
        ("l5", "cp1254"),
        ("iso-8859-16", "iso8859-16"),
        ("tis-620", "cp874"),
        ("macintosh", "mac-roman"),
        ("big5-hkscs", "big5hkscs"),
        ("ks_c_5601-1987", "cp949"),
        ("sjis", "cp932"),
        ("iso-2022-jp", "iso2022_jp"),
        ("euc-jp", "euc_jp"),
    ],
)
def test_labels_that_python_lacks_have_their_set(label: str, name: str) -> None:
    response = TextResponse(URL, body=f"<meta charset={label}>".encode())

    assert charset_of(html_of(response)) == name


def test_a_text_that_is_forgotten_is_decoded_again() -> None:
    response = page("", "utf-8")
    first = response.text
    assert response.text is first

    forget_text(response)

    assert response.text == first
    assert response.text is not first
