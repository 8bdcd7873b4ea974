from __future__ import annotations

from pathlib import Path

import pytest

from fpcrawler.show.arguments import NamesNoFile, read_named


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "a folder").mkdir()
    for name in ("a.png", "with two spaces.png", "ü%20.png", "tab\t.png"):
        (tmp_path / name).touch()
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("word", "url"),
    [
        ("http://a.example/x", "http://a.example/x"),
        ("HTTPS://A.example/x.jpg#top", "https://a.example/x.jpg"),
        ("http://a.example/a b.jpg", "http://a.example/a%20b.jpg"),
        ("http://faß.example/", "http://xn--fa-hia.example/"),
        ("a.png", "file://{folder}/a.png"),
        ("./a folder/../a.png", "file://{folder}/a.png"),
        ("with two spaces.png", "file://{folder}/with%20two%20spaces.png"),
        ("file://{folder}/with%20two%20spaces.png",) * 2,
        ("ü%20.png", "file://{folder}/%C3%BC%2520.png"),
        ("tab\t.png", "file://{folder}/tab%09.png"),
    ],
)
def test_an_argument_names_a_url_or_a_file(word: str, url: str, folder: Path) -> None:
    word, url = (text.replace("{folder}", str(folder)) for text in (word, url))
    named = read_named(word)

    assert (named.given, named.url) == (word, url)


@pytest.mark.parametrize(
    ("word", "words"),
    [
        ("", "an argument is empty"),
        (" ", "an argument is empty"),
        ("missing.png", "'missing.png' is neither a URL (https://…) nor an existing"),
        ("a folder", "is a folder; name one of its files"),
        ("a folder", "scrapy crawl images -a folder='a folder'"),
        (".", "is a folder"),
        ("ftp://a.example/x.jpg", "is not an http, https or file URL"),
        ("http://", "has no host name"),
        ("http://[::1/x.jpg", "is not a URL"),
        ("x" * 5_000, "nor an existing file"),
        ("a\0b", "nor an existing file"),
    ],
)
def test_what_names_no_file_is_said_in_one_sentence(word: str, words: str) -> None:
    with pytest.raises(NamesNoFile) as error:
        read_named(word)

    assert words in str(error.value)
    assert "\n" not in str(error.value)
