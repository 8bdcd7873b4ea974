from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from scrapy.settings import Settings

from fpcrawler import settings as project_settings
from fpcrawler.errors import BadInput
from fpcrawler.feeds.outputs import check_crawl_outputs, check_log
from fpcrawler.items import RECORD_FIELDS

RECORD = json.dumps(dict.fromkeys(RECORD_FIELDS))
PHOTO = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("list").write_text("https://a.example/\n")
    Path("link").symlink_to("list")
    Path("hard").hardlink_to("list")
    Path("known-1").write_text(f"{RECORD}\n")
    Path("feed-1.jsonl").write_text(f"{RECORD}\n")
    Path("feed-01.json.gz").write_bytes(gzip.compress(f"[{RECORD}]".encode()))
    Path("photo").write_bytes(PHOTO)
    Path("page").write_text("<!DOCTYPE html>")
    Path("text").write_text("what I thought of it\n")
    return tmp_path


def check(feed: str = "", form: str = "jsonlines", **values: Any) -> None:
    settings = Settings()
    settings.setmodule(project_settings)
    overwrite = values.pop("overwrite", True)
    arguments = {k: v for k, v in values.items() if k.islower()}
    options = {"format": form, "overwrite": overwrite}
    settings.setdict(
        {"FEEDS": {feed: options} if feed else {}}
        | {k: v for k, v in values.items() if k.isupper()},
        "cmdline",
    )
    arguments = arguments or {"urls_file": "list"}
    check_log(settings, arguments)
    check_crawl_outputs(settings, arguments)


@pytest.mark.parametrize("overwrite", [True, False])
@pytest.mark.parametrize("feed", ["list", "./list", "link", "hard", "file:list"])
def test_a_feed_is_not_the_list(feed: str, overwrite: bool) -> None:  # noqa: FBT001
    for name in ("list", "file:list"):
        with pytest.raises(BadInput, match="is also an input; name another"):
            check(feed, overwrite=overwrite, urls_file=name)


@pytest.mark.parametrize("name", ["PAGES_FEED", "STATS_FILE", "LOG_FILE"])
def test_no_other_output_is_the_list(name: str) -> None:
    with pytest.raises(BadInput, match=f"^{name} hard is also an input"):
        check(**{name: "hard"})
    with pytest.raises(BadInput, match=f"^{name} link is also an input"):
        check(**{name: "link", "URLS_FILE": "list", "depth": "1"})


@pytest.mark.parametrize(
    "feed", ["known-1", "known-%(batch_id)d", "%(depth)s-%(batch_id)d"]
)
def test_a_feed_is_not_a_known_list(feed: str) -> None:
    with pytest.raises(BadInput, match="feed known-1 is also an input"):
        check(feed, KNOWN_LISTS="known-*", depth="known", urls="https://a.example/")


def test_a_feed_that_is_resumed_is_added_to_and_not_replaced() -> None:
    resume = "feed-*.jsonl"
    check("feed-1.jsonl", overwrite=False, urls_file="list", resume=resume)

    with pytest.raises(BadInput, match="is also an input"):
        check("feed-1.jsonl", urls_file="list", resume=resume)


@pytest.mark.parametrize(
    ("feed", "form"),
    [
        ("feed-1.jsonl", "jsonl"),
        ("feed-%(batch_id)02d.json.gz", "json"),
        ("%(time)s", "csv"),
        ("new/feed.csv", "csv"),
        ("/dev/null", "csv"),
        (f"{'n' * 250}", "csv"),
    ],
)
def test_a_feed_of_ours_is_replaced_and_a_new_one_written(feed: str, form: str) -> None:
    check(feed, form)
    check(feed, form, folder=".")


@pytest.mark.parametrize(
    ("name", "form"),
    [
        *((n, f) for n in ("photo", "page", "text") for f in ("json", "csv", "xml")),
        *(("feed-1.jsonl", f) for f in ("json", "csv")),
    ],
)
def test_another_file_is_not_replaced(name: str, form: str) -> None:
    for overwrite in (True, False):
        with pytest.raises(
            BadInput, match=f"^feed {name} exists but does not hold recor"
        ):
            check(name, form, overwrite=overwrite, folder=".")


@pytest.mark.parametrize("name", ["PAGES_FEED", "STATS_FILE", "LOG_FILE"])
@pytest.mark.parametrize("file", ["photo", "page", "feed-1.jsonl"])
def test_no_other_output_replaces_another_file(name: str, file: str) -> None:
    with pytest.raises(BadInput, match="name another file or remove it"):
        check(**{name: file})


def test_a_log_is_appended_to_any_text_and_replaces_only_a_log() -> None:
    check(LOG_FILE="text")

    with pytest.raises(BadInput, match="exists but does not hold a log"):
        check(LOG_FILE="text", LOG_FILE_APPEND=False)
    Path("text").write_text("2026-11-01 12:00:00 [scrapy.core] INFO: begun\n")
    check(LOG_FILE="text", LOG_FILE_APPEND=False)


def test_foreign_notes_beside_a_feed_stay() -> None:
    Path("text").rename("feed.csv.notes")

    with pytest.raises(
        BadInput, match=r"feed\.csv\.notes exists but does not hold notes"
    ):
        check("feed.csv", "csv")


def test_a_foreign_file_stays_where_the_record_of_the_run_would_be() -> None:
    Path("text").rename("feed.csv.run")

    with pytest.raises(BadInput, match=r"feed\.csv\.run exists but does not hold"):
        check("feed.csv", "csv")


def test_two_outputs_are_two_files() -> None:
    with pytest.raises(BadInput, match=r"^feed new and STATS_FILE new are one file"):
        check("new", STATS_FILE="./new")
    check("/dev/null", STATS_FILE="/dev/null")
