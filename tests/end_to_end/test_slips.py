"""What a new user mistypes: one sentence with the right spelling, and exit code 1."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.commands import ROOT, run_scrapy
from tests.servers.files import folder
from tests.servers.http import serving
from tests.servers.quirks import GALLERY

PHOTO = str(GALLERY / "harbour.jpg")
ONE = ("crawl", "images", "-a", f"urls={PHOTO}")


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        ([*ONE, "-s", "min_image_size=0"], "did you mean MIN_IMAGE_SIZE?"),
        ([*ONE, "-s", "FOO=1"], "-s FOO is not a setting; docs/settings.md lists"),
        (["crawl", "images", "-d", "2"], "-d is not an option; use -a depth=2."),
        (["crawl", "images", "https://a.example/"], "use -a urls=https://a.example/."),
        ([*ONE, "-O", "gs://b/a.json"], "needs the package google-cloud-storage"),
        (["crawl", "images", "-a", "urls_file=gs://b/a"], "not read from gs://); name"),
        ([*ONE, "-s", "PAGES_FEED=p.csv"], "pairs are JSON Lines; name it p.jsonl."),
        ([*ONE, "-O", "a.parquet"], "scrapy export FEED -O a.parquet"),
        ([*ONE, "-O", "a.pickle"], "a crawl does not write pickle; name it .json"),
        ([*ONE, "-s", "CLOSESPIDER_TIMEOUT=abc"], "use a number of 0 or more."),
        ([*ONE, "--logfile", "."], "LOG_FILE is '.', a folder; name a file in it."),
        ([*ONE, "-s", "FEED_EXPORT_FIELDS=foo"], "'foo' is not a field of a record;"),
        (["crawl", "images", "-a", f"urls_file={PHOTO}"], "looks like an image (jpeg)"),
        (["export", "--json"], "unknown option --json; JSON of the records is --to"),
        (["report", "--json"], "it is HTML; JSON is export --to jsonl."),
        (["https://a.example/"], "use scrapy crawl images -a urls=https://a.example/."),
    ],
)
def test_a_slip_is_one_sentence(
    tmp_path: Path, command: list[str], sentence: str
) -> None:
    child = run_scrapy(*command, cwd=tmp_path)

    assert child.returncode == 1
    assert sentence in child.stderr
    assert child.stderr.count("\n") == 1
    assert [*tmp_path.iterdir()] == []


@pytest.mark.parametrize("lines", ["", "nonsense\nftp://a.example/\n"])
def test_stdin_without_a_valid_line_is_bad_input(tmp_path: Path, lines: str) -> None:
    (tmp_path / "feed.json").write_text("[]")
    by = 'printf "$LINES" | "$@" -a urls_file=-'
    child = run_scrapy(
        *("crawl", "images", "-O", "feed.json"),
        cwd=tmp_path,
        env={"LINES": lines},
        prefix=("bash", "-c", by, "bash"),
    )

    assert child.returncode == 1
    assert "'-' has no URL or path to crawl; write one in each line." in child.stderr
    assert child.stderr.count("is neither a URL") == lines.count("nonsense")
    assert child.stderr.count("\n") == 1 + lines.count("\n")
    assert (tmp_path / "feed.json").read_text() == "[]"


def test_paths_on_stdin_are_those_of_the_working_folder(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").symlink_to(PHOTO)
    child = run_scrapy(
        *("crawl", "images", "-a", "urls_file=-", "-O", "-"),
        cwd=tmp_path,
        env={"LC_ALL": "C"},
        prefix=("bash", "-c", 'echo a.jpg | "$@"', "bash"),
    )

    assert child.returncode == 0
    (record,) = json.loads(child.stdout)
    assert record["url"] == (tmp_path / "a.jpg").as_uri()
    assert "WARNING" not in child.stderr


def test_stdout_gets_a_line_for_each_record_without_a_warning(tmp_path: Path) -> None:
    child = run_scrapy(*ONE, "-O", "-:jsonl", cwd=tmp_path)

    assert child.returncode == 0
    assert [json.loads(line)["format"] for line in child.stdout.splitlines()]
    assert child.stderr.startswith("pages ")


def test_no_limit_of_images_on_a_page_is_0(tmp_path: Path) -> None:
    limit = ("-a", "max_images_per_page=0", "-O", "-:jsonl")
    page = f"urls={GALLERY / 'index.html'}"
    child = run_scrapy("crawl", "images", "-a", page, *limit, cwd=tmp_path)

    assert child.returncode == 0
    assert len(child.stdout.splitlines()) > 1


def test_the_help_of_a_crawl_has_a_line_for_each_argument(tmp_path: Path) -> None:
    child = run_scrapy("crawl", "images", "-h", cwd=tmp_path, env={"COLUMNS": "80"})
    lines = [line for line in child.stdout.splitlines() if line.startswith("  -a ")]

    assert child.returncode == 0
    assert "  -a depth=N                follow links on the same host" in child.stdout
    assert len(lines) == 11
    assert max(map(len, lines)) <= 80
    assert ".json, .jsonl, .csv" in child.stdout


def test_scrapys_own_commands_say_why_nothing_was_fetched(tmp_path: Path) -> None:
    with serving(folder(GALLERY)) as server:
        page = f"{server.url}/index.html"
        fetched = run_scrapy("fetch", page, cwd=tmp_path)
        shell = run_scrapy("shell", page, "-c", "response", cwd=tmp_path)
        allowed = ("-s", "PRIVATE_ADDRESSES=allow")
        response = run_scrapy("shell", page, "-c", "response", *allowed, cwd=tmp_path)
        parsed = run_scrapy("parse", page, "--nocolour", cwd=tmp_path)
        image = run_scrapy("parse", f"{server.url}/harbour.jpg", cwd=tmp_path)
    refused = f"scrapy: {page}: {page} leads to the private host 127.0.0.1; "
    refused += "add -s PRIVATE_ADDRESSES=allow to fetch it (PrivateAddress)\n"

    assert (fetched.returncode, fetched.stdout, fetched.stderr) == (4, "", refused)
    assert (shell.stdout, shell.stderr) == ("None\n", refused)
    assert response.stdout == f"<200 {page}>\n"
    assert f"<GET {server.url}/harbour.jpg>" in parsed.stdout
    assert "bytes)" in image.stdout
    assert "b'" not in image.stdout


def test_a_request_that_fails_is_no_traceback(tmp_path: Path) -> None:
    page = "http://nowhere.invalid/"
    child = run_scrapy("fetch", page, cwd=tmp_path)

    assert child.returncode == 4
    assert child.stderr == (
        f"scrapy: {page}: the host name was not found (CannotResolveHostError)\n"
    )


def test_the_project_works_in_each_of_its_folders() -> None:
    child = run_scrapy("show", PHOTO, cwd=ROOT / "docs", env={"LC_ALL": "C"})

    assert child.returncode == 0
