from __future__ import annotations

import pytest

from fpcrawler.console.program import instead_of


def test_a_url_as_command_is_answered_with_the_command_for_it() -> None:
    assert instead_of("https://u:secret@a.example/a.jpg?b&c") == (
        "a URL is not a command; use scrapy crawl images "
        "-a urls='https://…@a.example/a.jpg?b&c'."
    )


@pytest.mark.parametrize("word", ["crawl", "crwl", "a.jpg"])
def test_other_words_may_be_commands(word: str) -> None:
    assert instead_of(word) == ""
