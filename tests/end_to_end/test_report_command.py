"""``scrapy report`` writes a whole page, or reports an error in one line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands import run_scrapy
from tests.report.pages import read_report


@pytest.mark.untraced
def test_above_20000_images_the_tags_are_left_out_unless_asked(tmp_path: Path) -> None:
    feed = tmp_path / "feed.jsonl"
    with feed.open("w") as file:
        for number in range(20_001):
            url = f"http://a.example/{number}"
            file.write(
                f'{{"url": "{url}", "exif": {{"Image Make": "tag-{number}"}}}}\n'
            )
    short = run_scrapy("report", "feed.jsonl", "-O", "short.html", cwd=tmp_path)
    long = run_scrapy(
        "report", "feed.jsonl", "-O", "long.html", "--tags", "all", cwd=tmp_path
    )

    assert short.stderr.endswith("to short.html, without tags (add --tags all)\n")
    assert " · without tags" in (tmp_path / "short.html").read_text()
    assert "exif" not in read_report(tmp_path / "short.html").blocks[0]
    assert long.stderr.endswith("to long.html\n")
    assert "exif" in read_report(tmp_path / "long.html").blocks[0]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["-O", "r.html"], "no feed is named"),
        (["feed.jsonl", "-O", "feed.jsonl"], "is also an input; name another file"),
        (["feed.jsonl", "-O", "own.html"], "does not hold a report, so it is kept"),
        (["feed.jsonl", "-O", "none/r.html"], "its folder does not exist; create it"),
        (["feed.jsonl", "-O", ""], "-O is empty; name a file, or omit -O for stdout"),
        (["feed.jsonl", "-O", "n" * 260], "cannot be written (File name too long)"),
        (["feed.jsonl", "-O", "n" * 252], "cannot be written (File name too long)"),
        (["feed.jsonl", "--tags", "few"], "invalid choice: 'few'"),
    ],
)
def test_an_error_is_one_line_and_changes_no_file(
    tmp_path: Path, arguments: list[str], sentence: str
) -> None:
    (tmp_path / "feed.jsonl").write_text('{"url": "http://a.example/"}\n')
    (tmp_path / "own.html").write_text("<!DOCTYPE html><title>my page</title>")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    child = run_scrapy("report", *arguments, cwd=tmp_path)

    assert child.returncode == 1
    assert child.stderr.count("\n") == 1
    assert sentence in child.stderr
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_report_replaces_a_report_and_goes_to_stdout(tmp_path: Path) -> None:
    (tmp_path / "feed.jsonl").write_text('{"url": "http://a.example/"}\nbroken\n')
    first = run_scrapy("report", "feed.jsonl", "-O", "r.html", cwd=tmp_path)
    again = run_scrapy("report", "feed.jsonl", "-O", "r.html", cwd=tmp_path)
    printed = run_scrapy("report", "feed.jsonl", cwd=tmp_path)

    assert [first.returncode, again.returncode, printed.returncode] == [0, 0, 0]
    assert first.stderr.startswith(
        "scrapy report: feed.jsonl: 1 invalid line skipped\n"
    )
    assert printed.stdout.startswith("<!DOCTYPE html>\n<!-- fpcrawler report -->\n")
    assert read_report(tmp_path / "r.html").head["urls"] == ["http://a.example/"]
