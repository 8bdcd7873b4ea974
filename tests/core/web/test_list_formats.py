from __future__ import annotations

import csv
import json
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fpcrawler.core.web.list_formats import words_of
from fpcrawler.core.web.url_list import BadLine

A, B = "https://a.example/a,1.jpg", "https://b.example/b c.jpg"


def words(text: str) -> list[tuple[int, str]]:
    """Return the number and word of each line; a rejected one is ``!``."""
    found = words_of(StringIO(text))
    return [(n, "!" if isinstance(word, BadLine) else word) for n, word in found]


def table(*rows: list[str], delimiter: str = ",") -> str:
    text = StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return text.getvalue()


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
@pytest.mark.parametrize(
    "header", [["id", "URL"], ["page", "Image_URL"], ["alt", "image url"], ["a", "src"]]
)
def test_a_header_names_the_column_of_urls(header: list[str], delimiter: str) -> None:
    text = table(header, ["1", A], ["a, b\n c;|", B], delimiter=delimiter)

    assert words(text) == [(2, A), (4, B)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(f"url\n{B}\n", [(2, B)], id="one column"),
        pytest.param(f'\ufeff"url"\r\n"{A}"\r\n', [(2, A)], id="mark and quotes"),
        pytest.param(f"# a list\n\nurl,id\n{B},1", [(4, B)], id="after a comment"),
        pytest.param(
            "id,url\n1,\n2\n\n,\n3,x", [(2, "!"), (3, "!"), (6, "x")], id="gaps"
        ),
        pytest.param("link,url\nx,y", [(2, "y")], id="the best name"),
        pytest.param("alt,url\na,my photo.jpg", [(2, "my photo.jpg")], id="a path"),
        pytest.param(
            f"{B} url\nurl", [(1, B.partition(" ")[0]), (2, "url")], id="plain lines"
        ),
        pytest.param("a,b\nc", [(1, "a,b"), (2, "c")], id="no column of URLs"),
        pytest.param("link\na", [(1, "link"), (2, "a")], id="a word that is a path"),
    ],
)
def test_the_first_line_decides(text: str, expected: list[tuple[int, str]]) -> None:
    assert words(text) == expected


def test_a_quote_without_end_hides_no_row_after_it() -> None:
    long = "x" * 140_000
    text = f'id,url\n1,"{long}\n2,{B}\n'

    assert words(text) == [(2, "!"), (3, B)]


@pytest.mark.parametrize(
    ("line", "word"),
    [
        (json.dumps({"id": 1, "url": A}), A),
        (json.dumps({"page_url": "p", "url": f" {B} "}), B),
        (json.dumps({"URL": A}), A),
        (json.dumps({"image_url": A, "link": B}), A),
        (json.dumps({"id": 1}), "!"),
        (json.dumps({"url": None}), "!"),
        (json.dumps({"url": ["a"]}), "!"),
        (json.dumps({"url": " "}), "!"),
        (json.dumps({"url": "\ud800"}), "!"),
        (json.dumps([A]), "!"),
        ("{", "!"),
        (A, "!"),
        ("[" * 100_000, "!"),
    ],
)
def test_json_lines_have_a_url(line: str, word: str) -> None:
    first = json.dumps({"url": "first"})

    assert words(f"{first}\n\n{line}\n{first}") == [
        (1, "first"),
        (3, word),
        (4, "first"),
    ]


@given(st.text(alphabet='url,;"{}:\n\t ax/\ud800', max_size=60))
def test_nothing_raises(text: str) -> None:
    words(text)


@pytest.mark.parametrize("first", ["sep=;", "\ufeffsep=;", '"sep=;"', "SEP=;"])
def test_the_line_that_names_the_delimiter_to_excel_is_not_a_url(first: str) -> None:
    assert words(f"{first}\nid;url\n1;{A}\n") == [(3, A)]


@pytest.mark.parametrize(
    "text", [f'["{A}",\n"{B}"]', "[\n", f'[{{"url": "{A}"}}]', "\ufeff [ \r\n"]
)
def test_a_json_array_is_refused_once(text: str) -> None:
    ((number, error),) = words_of(StringIO(f"{text}\n{A}\n"))

    assert number == 1
    assert "JSON Lines" in str(error)


def test_a_file_can_begin_with_a_bracket() -> None:
    assert words("[1].jpg\n") == [(1, "[1].jpg")]
