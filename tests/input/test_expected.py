"""The length of a list is counted ahead."""

from __future__ import annotations

from pathlib import Path

import pytest

from fpcrawler.input import expected
from fpcrawler.input.expected import expected_entries
from fpcrawler.input.sources import Sources

LINES = "# a list\nhttp://a/1.jpg\n\n  http://a/2.jpg # two\nhttp://a/3.jpg"


@pytest.mark.parametrize("block", [1, 7, 1_000])
def test_lines_that_name_something_are_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, block: int
) -> None:
    monkeypatch.setattr(expected, "_BLOCK", block)
    path = tmp_path / "urls.txt"
    path.write_text(LINES)

    assert expected_entries(Sources(urls_file=str(path))) == 3
    assert expected_entries(Sources(urls_file=str(path), urls="a b")) == 5


def test_the_files_of_a_folder_are_counted(tmp_path: Path) -> None:
    (tmp_path / "below").mkdir()
    for name in ("a", "b", "below/c"):
        (tmp_path / name).touch()

    assert expected_entries(Sources(folder=str(tmp_path))) == 3


@pytest.mark.parametrize(
    "name", ["/dev/stdin", "https://a.example/urls.txt", "none.txt", "urls.txt.gz"]
)
def test_the_length_of_other_lists_is_not_known(name: str) -> None:
    assert expected_entries(Sources(urls_file=name, urls="a")) == 0
