"""The command that goes on with a stopped crawl."""

from __future__ import annotations

import pytest

from fpcrawler.console.going_on import resuming_command, same_command

START = ["/bin/scrapy", "crawl", "images"]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([], "-o f.json -a resume=f.json"),
        (["-O", "f.json"], "-o f.json -a resume=f.json"),
        (["-Of.json"], "-o f.json -a resume=f.json"),
        (["--overwrite-output=f.json"], "-o f.json -a resume=f.json"),
        (["--overwrite-output", "f.json"], "-o f.json -a resume=f.json"),
        (["-o", "f.json", "-a", "resume=f.json"], "-o f.json -a resume=f.json"),
        (["-aresume=e.json", "-o", "f.json"], "-o f.json -a 'resume=e.json f.json'"),
        (
            ["-s", "A=1", "-a", "urls=http://a/?b=1&c=2"],
            "-s A=1 -a 'urls=http://a/?b=1&c=2' -o f.json -a resume=f.json",
        ),
    ],
)
def test_it_appends_to_the_feed_and_resumes_from_it(
    words: list[str], expected: str
) -> None:
    command = resuming_command([*START, *words], "f.json")

    assert command == f"scrapy crawl images {expected}"
    again = resuming_command(["fpcrawler", *START[1:], *words], "f.json")
    assert again.startswith("fpcrawler crawl")


def test_with_a_queue_on_the_disk_it_is_the_same_and_replaces_no_feed() -> None:
    words = ["-s", "JOBDIR=queue", "-O", "f.json"]

    assert same_command([*START, *words]) == (
        "scrapy crawl images -s JOBDIR=queue -o f.json"
    )
    assert same_command(["/x/runner.py", "crawl"]) == "scrapy crawl"
