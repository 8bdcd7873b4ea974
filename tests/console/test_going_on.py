"""The command that goes on with a stopped crawl."""

from __future__ import annotations

import pytest

from fpcrawler.console.going_on import resuming_command, same_command

START = ["/bin/scrapy", "crawl", "images"]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([], "-o f.json"),
        (["-O", "f.json"], "-o f.json"),
        (["-Of.json"], "-o f.json"),
        (["--overwrite-output=f.json"], "-o f.json"),
        (["--overwrite", "f.json"], "-o f.json"),
        (["-o", "f.json", "-a", "resume=f.json"], "-o f.json"),
        (["-aresume=e.json", "-o", "f.json"], "-o f.json"),
        (["-s", "A=1", "-a", "urls=a?b=1&c=2"], "-s A=1 -a 'urls=a?b=1&c=2' -o f.json"),
        (["-O", "f.csv.gz"], "-o f-2.csv.gz"),
        (["-o", "f-2.json.gz:json"], "-o f-3.json.gz:json"),
        (["-O", "f.jsonl.gz"], "-o f.jsonl.gz"),
    ],
)
def test_it_appends_to_the_feed_and_resumes_from_it(
    words: list[str], expected: str
) -> None:
    command = resuming_command([*START, *words], "f.json", "a.json f.json")

    assert command == f"scrapy crawl images {expected} -a 'resume=a.json f.json'"
    again = resuming_command(["fpcrawler", *START[1:], *words], "f.json", "")
    assert again == f"fpcrawler crawl images {expected}"


def test_with_a_queue_on_the_disk_it_is_the_same_and_replaces_no_feed() -> None:
    words = ["-s", "JOBDIR=queue", "-O", "f.json"]

    assert same_command([*START, *words]) == (
        "scrapy crawl images -s JOBDIR=queue -o f.json"
    )
    assert same_command(["/x/runner.py", "crawl"]) == "scrapy crawl"


@pytest.mark.parametrize(
    "words",
    [
        ["-s", "AWS_SECRET_ACCESS_KEY=hidden"],
        ["-sFTP_PASSWORD=hidden"],
        ["--set", "FTP_PASSWORD=hidden"],
        ["--set=FTP_PASSWORD=hidden"],
        ["--se=FTP_PASSWORD=hidden"],
        ["-a", "urls=http://a.example/?token=hidden"],
        ["-s", 'DEFAULT_REQUEST_HEADERS={"X-Api-Key": "hidden"}'],
    ],
)
def test_secrets_are_masked(words: list[str]) -> None:
    for command in (
        resuming_command([*START, *words], "f.json", "f.json"),
        same_command([*START, *words]),
    ):
        assert "hidden" not in command
        assert "…" in command


def test_a_list_that_cannot_be_read_again_has_another_name() -> None:
    words = ["-a", "urls_file=-", "-o", "f.json"]

    assert same_command([*START, *words], is_list_gone=True) == (
        "scrapy crawl images -a urls_file=LIST -o f.json"
    )
