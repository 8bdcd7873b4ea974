from __future__ import annotations

from pathlib import Path

import pytest

from fpcrawler.errors import BadInput
from fpcrawler.input.words import check_words


def test_the_one_spider_is_all_that_a_crawl_needs() -> None:
    check_words(["images"])


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("-d 2", "-d is not an option; use -a depth=2."),
        ("--depth=2", "--depth=2 is not an option; use -a depth=2."),
        ("--max-pages 9", "--max-pages is not an option; use -a max_pages=9."),
        ("--urls", "--urls is not an option; use -a urls=VALUE."),
        ("--user-agent x", "--user-agent is not an option; use -s USER_AGENT=x."),
        ("--colour", "--colour is not an option; scrapy crawl -h lists the options."),
        ("depth=2", "depth=2 has no option before it; use -a depth=2."),
        ("MIN_IMAGE_SIZE=0", "use -s MIN_IMAGE_SIZE=0."),
        ("https://a.example/?b", "use -a urls='https://a.example/?b'."),
        ("https://me:pw@a.example/", "use -a urls='https://…@a.example/'."),
        ("a.example/b", "use -a urls=https://a.example/b."),
        ("list.txt", "list.txt has no option before it; use -a urls_file=list.txt."),
        ("a.jpg", "a.jpg has no option before it; use -a urls=a.jpg."),
        ("-", "- has no option before it; use -a urls_file=-."),
        ("album", "album has no option before it; use -a folder=album."),
        ("extra", "there is one spider, images, not 'images extra'; run: scrapy crawl"),
        (f"{'x' * 5_000}", "there is one spider, images, not 'images xxx"),
    ],
)
def test_a_word_that_is_no_option_gets_the_one_that_was_meant(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: str, sentence: str
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("list.txt", "a.jpg"):
        Path(name).touch()
    Path("album").mkdir()

    with pytest.raises(BadInput) as refused:
        check_words(["images", *words.split()])

    assert sentence in str(refused.value)
    assert "pw" not in str(refused.value)


@pytest.mark.parametrize("words", [[], ["imagse"]])
def test_the_name_of_the_spider_is_needed(words: list[str]) -> None:
    with pytest.raises(BadInput, match=r"one spider, images, not '(nothing|i)"):
        check_words(words)
