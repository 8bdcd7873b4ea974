"""No output replaces a file that the user may need."""

from __future__ import annotations

import gzip
import json
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from fpcrawler.items import RECORD_FIELDS
from tests.commands import run_scrapy
from tests.pictures import drawing, saved
from tests.servers.quirks import GALLERY

if TYPE_CHECKING:
    from tests.crawls import Crawl

LIST = ("-a", "urls_file=list")
KNOWN = ("-s", "KNOWN_LISTS=known-*")
RECORD = dict.fromkeys(RECORD_FIELDS)
OTHER = "so it is kept; name another file or remove it."


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Make a list, a known list and a feed with links to them, and other files."""
    feed = f"{json.dumps(RECORD)}\n"
    shutil.copy(GALLERY / "harbour.jpg", tmp_path)
    shutil.copy(GALLERY / "harbour.jpg", tmp_path / "photo.json")
    (tmp_path / "list").write_text("harbour.jpg\n")
    (tmp_path / "known-1.jsonl").write_text(feed.replace("null", '"0"'))
    (tmp_path / "hard.jsonl").hardlink_to(tmp_path / "known-1.jsonl")
    (tmp_path / "done.jsonl").write_text(feed.replace("null", '"http://x/"', 1))
    (tmp_path / "done-hard.jsonl").hardlink_to(tmp_path / "done.jsonl")
    (tmp_path / "own.jsonl").write_text('{"url": "https://a.example/"}\n')
    (tmp_path / "own.csv.gz").write_bytes(gzip.compress(b"url,title\na,b\n"))
    (tmp_path / "images").mkdir()
    shutil.copy(GALLERY / "harbour.jpg", tmp_path / "images")
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([*LIST, "-O", "list:json"], "feed list is also an input"),
        ([*LIST, "--logfile=list", "-a", "depth=x"], "LOG_FILE list is also an input"),
        ([*LIST, *KNOWN, "-O", "hard.jsonl"], "feed hard.jsonl is also an input"),
        (
            [*LIST, "-a", "resume=done.jsonl", "-O", "done-hard.jsonl"],
            "feed done-hard.jsonl is also an input",
        ),
        (
            ["-a", "folder=.", "-O", "photo.json"],
            f"does not hold records as json, {OTHER}",
        ),
        ([*LIST, "-o", "own.jsonl"], f"does not hold records as jsonl, {OTHER}"),
        ([*LIST, "-O", "own.csv.gz"], f"does not hold records as csv, {OTHER}"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_crawl_spoils_no_file(
    home: Path, arguments: list[str], sentence: str
) -> None:
    before = contents(home)
    child = run_scrapy("crawl", "images", *arguments, cwd=home)

    assert_refused(child, "scrapy crawl: ", sentence)
    assert contents(home) == before


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["-O", "done.jsonl"], "does not hold earlier output of -O"),
        (["-O", "images/harbour.jpg"], "does not hold earlier output of -O"),
        (["--curve", "drawing.png"], "does not hold earlier output of --curve"),
        (["--curve", "images/own.svg"], "images/own.svg is also an input"),
        (["--curve", "new.svg", "-O", "new.svg"], "are one file; name two files"),
        (
            ["-s", "LOG_FILE=harbour.jpg"],
            "LOG_FILE harbour.jpg exists but does not hold",
        ),
        (
            ["-s", "STATS_FILE=images/harbour.jpg"],
            "STATS_FILE images/harbour.jpg exists but does not hold",
        ),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_an_evaluation_spoils_no_file(
    home: Path, arguments: list[str], sentence: str
) -> None:
    (home / "drawing.png").write_bytes(saved(drawing(1), "PNG"))
    (home / "images" / "own.svg").write_text("<svg><title>fpcrawler evaluate</title>")
    before = contents(home)
    child = run_scrapy("evaluate", "images", *arguments, cwd=home)

    assert_refused(child, "scrapy evaluate: ", sentence)
    assert contents(home) == before


def test_what_a_command_wrote_it_replaces(home: Path) -> None:
    feeds = [
        "a.json",
        "a.jsonl.gz",
        "a.csv",
        "%(batch_id)d.json:jl",
    ]
    named = [part for feed in feeds for part in ("-O", feed)]
    files = {"LOG_FILE": "log", "STATS_FILE": "new/stats", "PAGES_FEED": "pages"}
    sets = [part for pair in files.items() for part in ("-s", "=".join(pair))]
    crawl = ("crawl", "images", "-a", "urls=page.html", *named, *sets)
    (home / "page.html").write_text("<!DOCTYPE html><img src=harbour.jpg>")
    export = ("export", "a.json", "-O", "a.parquet")
    evaluate = ("evaluate", "images", "-O", "n.json", "--curve", "c.png")
    again = (*crawl, "-s", "LOG_FILE_APPEND=False")
    commands = [crawl, again, export, export, evaluate, evaluate]
    children = [run_scrapy(*command, cwd=home) for command in commands]

    assert [child.returncode for child in children] == [0] * 6, children
    assert len(json.loads((home / "a.json").read_bytes())) == 1
    assert len((home / "pages").read_text().splitlines()) == 1
    assert json.loads((home / "new/stats").read_bytes())["finish_reason"] == "finished"


def test_a_feed_stays_until_the_first_record(crawl: Crawl, tmp_path: Path) -> None:
    names = ("a.json", "a.jsonl", "a.csv", "a.json.gz")
    feeds = [part for name in names for part in ("-O", name)]
    crawl("-a", f"folder={GALLERY}", *feeds, feed=False)
    pairs = '{"page_url": "", "url": "", "found_in": "", "alt": null}\n'
    (tmp_path / "pairs").write_text(pairs)
    before = contents(tmp_path)
    too_small = ("-a", f"urls={GALLERY / 'icon.png'}", "-s", "PAGES_FEED=pairs")
    crawled = crawl(*too_small, *feeds, "-O", "new.json", feed=False)
    after = contents(tmp_path)

    assert crawled.exit_code == 0
    assert [line for line in crawled.summary if line.startswith("feed")] == [
        *(f"feed    {name} (0 records, earlier content kept)" for name in names),
        "feed    new.json (0 records)",
    ]
    assert json.loads(after.pop("new.json")) == []
    assert "dropped" in after.pop("new.json.notes").decode()
    assert "exit_code" in after.pop("new.json.run").decode()
    assert "dropped" in before["a.json.notes"].decode()
    del before["observed.json"], after["observed.json"]
    assert after == before


def contents(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def assert_refused(
    child: subprocess.CompletedProcess[str], begin: str, sentence: str
) -> None:
    assert child.returncode == 1
    assert child.stderr.startswith(begin)
    assert child.stderr.count("\n") == 1
    assert sentence in child.stderr
