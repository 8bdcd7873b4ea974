from __future__ import annotations

import csv
import gzip
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from scrapy import signals
from scrapy.http import Response
from scrapy.utils.test import get_crawler

from fpcrawler.crawl.errand import errand_of
from fpcrawler.crawl.failures import ReadingStopped
from fpcrawler.crawl.requests import request_for
from fpcrawler.errors import BadInput
from fpcrawler.feeds.files import feed_words, joined_feeds, resumed_feeds
from fpcrawler.items import RECORD_FIELDS, ImageRecord
from fpcrawler.pipelines.size import TooSmall
from fpcrawler.resume import loading
from fpcrawler.resume.notes import ResumeNotes, _NotesFile
from fpcrawler.resume.page_tracker import PageTracker
from tests.errands import image, page

if TYPE_CHECKING:
    from scrapy.exceptions import DropItem

    from fpcrawler.core.progress.done import Done

ONION = "http://vww6ybal4bd7szmgncyruucpgfkqahzddi37ktceo3ah7ngmcopnpyyd.onion/"
URL = "https://a.example/{}.jpg"
RECORDS: list[dict[str, Any]] = [
    {"url": URL.format(number), "page_url": None} for number in range(5)
]


def done_before(resume: object) -> Done:
    """Read without the cache, which expects one set of feeds per process."""
    return loading.done_before.__wrapped__(str(resume))


def write(path: Path, records: list[dict[str, Any]]) -> Path:
    """Write a feed in the format of its suffix."""
    opened = gzip.open if path.suffix == ".gz" else open
    form = path.name.removesuffix(".gz").rpartition(".")[2]
    with opened(path, "wt", newline="") as file:
        if form == "json":
            json.dump(records, file)
        elif form == "jsonl":
            file.writelines(f"{json.dumps(record)}\n" for record in records)
        else:
            table = csv.DictWriter(file, ["url", "page_url"])
            table.writeheader()
            table.writerows(records)
    return path


def note(feed: Path, *lines: object, end: str = "") -> None:
    texts = "".join(f"{json.dumps(line)}\n" for line in lines)
    feed.with_name(feed.name + ".notes").write_text(texts + end)


@pytest.mark.parametrize("ending", ["", ".gz"])
@pytest.mark.parametrize("form", ["json", "jsonl", "csv"])
def test_the_records_of_a_feed_are_done(tmp_path: Path, form: str, ending: str) -> None:
    done = done_before(write(tmp_path / f"a.{form}{ending}", RECORDS))

    assert all(done.has_image(record["url"], by_tor=False) for record in RECORDS)
    assert not done.has_image(URL.format(5), by_tor=False)
    assert len(done) == 5


@pytest.mark.parametrize("form", ["json", "jsonl", "csv"])
def test_a_feed_without_records_has_nothing_done(tmp_path: Path, form: str) -> None:
    feed = write(tmp_path / f"a.{form}", [])
    if form == "csv":
        feed.write_text("")

    assert len(done_before(feed)) == 0


@pytest.mark.parametrize("resume", ["{0}/*", "{0}/a.json {0}/b.jsonl", "{0}/**"])
def test_feeds_are_named_by_a_glob_or_separated_by_spaces(
    tmp_path: Path, resume: str
) -> None:
    note(write(tmp_path / "a.json", RECORDS[:2]), {"dropped": "x"})
    write(tmp_path / "b.jsonl", RECORDS[2:])
    found = resumed_feeds(resume.format(tmp_path).replace("**", "*.json*"))

    assert [feed.path.name for feed in found] == ["a.json", "b.jsonl"]


def test_a_name_with_spaces_is_one_name(tmp_path: Path) -> None:
    feed = write(tmp_path / "my feed.json", RECORDS)

    assert [found.path for found in resumed_feeds(str(feed))] == [feed]


def test_one_of_several_names_with_spaces_is_quoted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    names = ["a.jsonl", "it's a.jsonl", 'b "c" d.jsonl', "x" * 200 + ".jsonl"]
    for name in names:
        write(Path(name), RECORDS)
    resume = joined_feeds(names)

    assert feed_words(resume) == names
    assert [str(feed.path) for feed in resumed_feeds(resume)] == names
    assert feed_words(joined_feeds(["b c.jsonl"])) == ["b", "c.jsonl"]
    assert feed_words("") == []


def test_a_feed_of_s3_that_was_stopped_is_read_once_downloaded(tmp_path: Path) -> None:
    feed = write(tmp_path / "a.json", RECORDS)

    assert len(done_before(feed.rename(tmp_path / "a.json.partial"))) == 5


@pytest.mark.parametrize(
    ("resume", "sentence"),
    [
        ("none.json", "none.json does not exist; name a feed."),
        ("none*.json", r"none\*.json matches no file"),
        ("none.json none.csv", "none.json does not exist"),
        (".", "is a folder; name the feeds in it"),
        ("s3://bucket/a.json", r"^s3://bucket/a.json is not a local path; copy it"),
    ],
)
def test_a_missing_feed_is_refused(resume: str, sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence):
        resumed_feeds(resume)


def test_a_file_that_is_not_a_feed_is_named_by_its_kind(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a pipe.json")
    (tmp_path / "a feed.doc").touch()

    for name, words in (
        ("a pipe.json", "is a pipe"),
        ("a feed.doc", "has an unknown suffix"),
    ):
        with pytest.raises(BadInput, match=f"{name} {words}"):
            resumed_feeds(str(tmp_path / name))


def test_a_broken_feed_is_refused_in_a_sentence(tmp_path: Path) -> None:
    feed = tmp_path / "a.json"
    feed.write_text('[{"url": "https://a.example/1.jpg"}, {"url": "https:')

    with pytest.raises(BadInput, match="is not a complete JSON array"):
        done_before(feed)


def test_notes_hold_dropped_images_and_pages(tmp_path: Path) -> None:
    feed = write(tmp_path / "a.json", RECORDS)
    note(
        feed,
        {"dropped": URL.format(7), "reason": "TooSmall", "tor": False},
        {"dropped": URL.format(8), "reason": "NotAnImage", "tor": False},
        {"page": "https://a.example/", "depth": 1, "tor": False},
    )
    done = done_before(feed)

    assert done.has_image(URL.format(7), by_tor=False)
    assert done.has_no_image(URL.format(8), by_tor=False)
    assert not done.has_image(URL.format(8), by_tor=False)
    assert done.has_page("https://a.example/", depth=1, by_tor=False)
    assert not done.has_page("https://a.example/", depth=2, by_tor=False)


def test_the_notes_of_a_feed_that_was_gzipped_afterwards_are_found(
    tmp_path: Path,
) -> None:
    feed = write(tmp_path / "a.json.gz", RECORDS)
    note(
        tmp_path / "a.json",
        {"dropped": URL.format(7), "reason": "TooSmall", "tor": False},
    )

    assert done_before(feed).has_image(URL.format(7), by_tor=False)


def test_a_note_counts_only_if_it_is_complete(tmp_path: Path) -> None:
    feed = write(tmp_path / "a.json", RECORDS)
    whole = json.dumps({"page": "https://a.example/", "depth": 0, "tor": False})
    for cut in range(0, len(whole), 4):
        note(feed, end=whole[:cut])

        assert len(done_before(feed)) == 5
    note(feed, end=whole)
    assert len(done_before(feed)) == 6


@pytest.mark.parametrize(
    "line",
    [
        [],
        "page",
        None,
        {},
        {"page": "x"},
        {"page": 1, "depth": 1, "tor": False},
        {"page": "x", "depth": "1", "tor": False},
        {"dropped": ["x"], "tor": False},
        {"dropped": "x", "tor": 1},
        {"record": "x", "tor": False, "redirects": {}},
    ],
)
def test_a_line_that_is_not_a_note_is_skipped(tmp_path: Path, line: object) -> None:
    feed = write(tmp_path / "a.json", RECORDS)
    note(feed, line)

    assert len(done_before(feed)) == 5


def test_an_endless_line_is_read_in_pieces(tmp_path: Path) -> None:
    feed = write(tmp_path / "a.json", RECORDS)
    note(feed, "x" * 10_000_000, {"page": "y", "depth": 0, "tor": False})

    assert done_before(feed).has_page("y", depth=0, by_tor=False)


def test_the_page_of_a_record_shows_its_route(tmp_path: Path) -> None:
    records = [
        {"url": URL.format(1), "page_url": ONION},
        {"url": URL.format(2), "page_url": "https://a.example/"},
    ]
    done = done_before(write(tmp_path / "a.json", records))

    assert done.has_image(URL.format(1), by_tor=True)
    assert not done.has_image(URL.format(1), by_tor=False)
    assert done.has_image(URL.format(2), by_tor=False)
    assert not done.has_image(URL.format(2), by_tor=True)


def test_a_note_gives_the_route_where_the_page_does_not(tmp_path: Path) -> None:
    page_url = "https://a.example/listed-in-an-onions-sitemap"
    record = {"url": URL.format(1), "page_url": page_url}
    feed = write(tmp_path / "a.json", [record])
    note(
        feed,
        {
            "record": URL.format(1),
            "page_url": page_url,
            "tor": True,
            "redirects": [URL.format(1)],
        },
    )
    done = done_before(feed)

    assert done.has_image(URL.format(1), by_tor=True)
    assert not done.has_image(URL.format(1), by_tor=False)


def test_the_redirects_of_a_record_are_done_too(tmp_path: Path) -> None:
    feed = write(tmp_path / "a.json", RECORDS)
    redirects = ["https://b.example/1", "https://c.example/1.jpg"]
    note(
        feed,
        {
            "record": URL.format(1),
            "page_url": None,
            "tor": False,
            "redirects": redirects,
        },
    )

    assert all(done_before(feed).has_image(url, by_tor=False) for url in redirects)


def test_a_note_after_one_that_was_cut_is_a_line_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "a.json.notes"
    path.write_text('{"page": "ht')
    notes = _NotesFile(path)
    notes.add(b"{}\n")
    notes.close()

    assert path.read_text() == '{"page": "ht\n{}\n'


def test_notes_that_cannot_be_written_are_reported_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "none").touch()
    notes = _NotesFile(tmp_path / "none" / "a.json.notes")
    notes.add(b"{}\n")
    notes.add(b"{}\n")
    notes.close()

    (message,) = caplog.messages
    assert "cannot be written (File exists)" in message


def test_a_note_that_does_not_fit_on_the_disk_ends_the_notes(tmp_path: Path) -> None:
    full = tmp_path / "a.json.notes"
    full.symlink_to("/dev/full")
    notes = _NotesFile(full)
    notes.add(b"{}\n")
    notes.close()

    assert os.path.islink(full)  # noqa: PTH114 - the device is as it was


def recorded(page_url: str | None, *, by_tor: bool, to: str | None = None) -> Any:
    """Return a record, and the response that led to it."""
    request = image(URL.format(1), led_by="a" * 56 if by_tor else None)
    if to is not None:
        request = request.replace(url=to)
        request.meta["redirect_urls"] = [URL.format(1)]
    response = Response(request.url, request=request)
    values: dict[str, Any] = dict.fromkeys(RECORD_FIELDS)
    values |= {"url": URL.format(1), "page_url": page_url}
    return ImageRecord(**values), response


@pytest.mark.parametrize("by_tor", [False, True])
@pytest.mark.parametrize("page_url", [None, "https://a.example/", ONION])
def test_each_route_to_an_image_is_resumed_by_itself(
    tmp_path: Path, page_url: str | None, *, by_tor: bool
) -> None:
    feed = write(tmp_path / "a.json", [{"url": URL.format(1), "page_url": page_url}])
    notes = ResumeNotes(get_crawler())
    notes._files.append(_NotesFile(tmp_path / "a.json.notes"))
    notes.recorded(*recorded(page_url, by_tor=by_tor))
    notes.closed()
    done = done_before(feed)

    assert done.has_image(URL.format(1), by_tor=by_tor)
    assert not done.has_image(URL.format(1), by_tor=not by_tor)
    is_plain = by_tor == (page_url == ONION)
    assert (tmp_path / "a.json.notes").exists() is not is_plain


def test_the_redirects_of_an_image_are_noted(tmp_path: Path) -> None:
    feed = write(tmp_path / "a.json", RECORDS)
    notes = ResumeNotes(get_crawler())
    notes._files.append(_NotesFile(tmp_path / "a.json.notes"))
    notes.recorded(*recorded(None, by_tor=False, to="https://b.example/2"))
    notes.closed()

    assert done_before(feed).has_image("https://b.example/2", by_tor=False)


@pytest.mark.parametrize("reason", [TooSmall, ReadingStopped])
def test_an_image_that_was_stopped_is_not_done_nor_is_its_page(
    tmp_path: Path, reason: type[DropItem]
) -> None:
    crawler = get_crawler()
    tracking, notes = PageTracker(crawler), ResumeNotes.from_crawler(crawler)
    notes._files.append(_NotesFile(tmp_path / "a.json.notes"))
    listed = errand_of(page("https://a.example/"))
    branch = tracking.begin(listed, depth=0)
    led = tracking.lead(branch, errand_of(image(URL.format(1))))
    tracking.end(branch)
    crawler.signals.send_catch_log(
        signals.item_dropped,
        item=recorded(None, by_tor=False)[0],
        response=Response(led.url, request=request_for(led, None, None)),
        exception=reason("of the test"),
    )
    notes.closed()
    done = done_before(write(tmp_path / "a.json", []))

    is_done = reason is not ReadingStopped
    assert done.has_image(URL.format(1), by_tor=False) is is_done
    assert done.has_page(listed.url, depth=0, by_tor=False) is is_done
