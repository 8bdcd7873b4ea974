from __future__ import annotations

import pytest

from fpcrawler.console.summary import summary_lines
from fpcrawler.feeds.outcome import Feed


def test_an_empty_crawl_has_its_three_lines() -> None:
    assert summary_lines({}, []) == [
        "pages   0 crawled",
        "images  0 found: 0 kept",
        "bytes   0 bytes read of 0 bytes (all images)",
    ]


def test_the_summary_of_a_full_crawl_is_in_order() -> None:
    stats = {
        "pages/crawled": 3,
        "pages/failed/Http404": 1,
        "pages/failed/OutsideFolder": 2,
        "pages/duplicates": 4,
        "images/found": 9,
        "item_scraped_count": 1,
        "item_dropped_count": 6,
        "item_dropped_reasons_count/TooSmall": 5,
        "item_dropped_reasons_count/NotAnImage": 1,
        "images/duplicates": 2,
        "pages/left_out/max_pages": 3,
        "images/left_out/max_images_per_page": 1,
        "list/rejected": 2,
        "images/bytes_downloaded": 92_169,
        "images/bytes_total": 12_345_678,
        "downloader/request_count": 99,
    }
    feeds = [
        Feed(uri="data/images.json", records=1, is_stored=True),
        Feed(uri="s3://a/b.jsonl", records=1, is_stored=False),
    ]

    assert summary_lines(stats, feeds) == [
        "pages   3 crawled, 3 failed (OutsideFolder 2, Http404 1), 4 duplicate",
        "images  8 found: 1 kept, 5 dropped (TooSmall 5), 2 duplicate",
        "others  1 file not an image",
        "skipped 3 (max_pages), 1 (max_images_per_page)",
        "list    2 invalid lines",
        "bytes   92.2 KB read of 12.3 MB (all images)",
        "feed    data/images.json (1 record)",
        "feed    s3://a/b.jsonl (1 record, NOT STORED)",
    ]


def test_reasons_are_sorted_by_count_and_then_by_name() -> None:
    stats = {
        "images/failed/Http500": 1,
        "images/failed/Http404": 1,
        "images/failed/PrivateAddress": 2,
    }

    _, images, _ = summary_lines(stats, [])

    assert images.endswith("4 failed (PrivateAddress 2, Http404 1, Http500 1)")


@pytest.mark.parametrize(
    ("stats", "line"),
    [
        pytest.param(
            {"metadata/incomplete": 1, "metadata/xmp/incomplete": 1},
            "metadata 1 incomplete (xmp 1)",
            id="not EXIF",
        ),
        pytest.param(
            {
                "metadata/incomplete": 3,
                "metadata/exif/incomplete": 2,
                "metadata/xmp/incomplete": 3,
                "metadata/iptc/damaged": 4,
                "metadata/failed/Http404": 2,
            },
            "metadata 3 incomplete (xmp 3, exif 2): 2 requests failed (Http404 2)",
            id="two kinds, and why",
        ),
        pytest.param(
            {"picture/incomplete": 2, "picture/failed/Http404": 1},
            "picture 2 incomplete: 1 request failed (Http404 1)",
            id="the picture",
        ),
    ],
)
def test_what_is_incomplete_is_named(stats: dict[str, int], line: str) -> None:
    assert summary_lines(stats, [])[2] == line


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1_000, "1.0 KB"),
        (10_241, "10.2 KB"),
        (999_949, "999.9 KB"),
        pytest.param(999_950, "1.0 MB", id="rounding reaches the next unit"),
        (1_000_000, "1.0 MB"),
        (4 * 10**9, "4.0 GB"),
        (10**12, "1.0 TB"),
        (10**16, "10000.0 TB"),
    ],
)
def test_bytes_have_a_fitting_unit(number: int, text: str) -> None:
    *_, line = summary_lines({"images/bytes_downloaded": number}, [])

    assert line.startswith(f"bytes   {text} read of 0 bytes")


@pytest.mark.parametrize(
    ("feed", "line"),
    [
        (
            Feed(uri="a.json", records=2, is_stored=True),
            "feed    a.json (2 records)",
        ),
        (
            Feed(uri="stdout:", records=1, is_stored=True),
            "feed    stdout (1 record)",
        ),
        (
            Feed(uri="s3://b/a.json.partial", records=2, is_stored=True),
            "feed    s3://b/a.json.partial (2 records, crawl not complete)",
        ),
        (
            Feed(uri="s3://b/a.json", records=2, is_stored=False, kept="kept/a.json"),
            "feed    s3://b/a.json (2 records, NOT STORED, kept in kept/a.json)",
        ),
    ],
)
def test_the_outcome_of_a_feed_is_shown(feed: Feed, line: str) -> None:
    assert summary_lines({}, [feed])[-1] == line


def test_earlier_work_is_counted() -> None:
    pages, images, _ = summary_lines(
        {"pages/done_before": 2, "images/found": 3, "images/done_before": 3}, []
    )

    assert pages == "pages   0 crawled, 2 done before"
    assert images == "images  3 found: 0 kept, 3 done before"


@pytest.mark.parametrize(
    ("reason", "first"),
    [
        ("shutdown", "stopped by a signal"),
        ("closespider_itemcount", "stopped by CLOSESPIDER_ITEMCOUNT"),
        ("feeds_unwritable", "stopped because no feed can be written"),
        ("of_a_plug_in", "stopped (of_a_plug_in)"),
    ],
)
def test_what_a_stopped_crawl_has_left_is_named(reason: str, first: str) -> None:
    stats = {
        "finish_reason": reason,
        "list/is_whole": False,
        "list/rejected": 1,
        "pages/found": 5,
        "pages/crawled": 1,
        "pages/dropped/NotAPage": 1,
        "images/found": 1_171,
        "item_scraped_count": 173,
    }

    assert summary_lines(stats, [], "COMMAND") == [
        first,
        "pages   1 crawled, 1 dropped (NotAPage 1), 3 not asked for",
        "images  1171 found: 173 kept, 998 not asked for",
        "list    1 invalid line, not read to its end",
        "bytes   0 bytes read of 0 bytes (all images)",
        "go on   COMMAND",
    ]


def test_a_finished_crawl_says_nothing_of_going_on() -> None:
    stats = {"finish_reason": "finished", "list/is_whole": True}

    assert summary_lines(stats, [], "COMMAND") == summary_lines({}, [])


@pytest.mark.parametrize(
    ("number", "line"),
    [
        (1, "1 image that you listed dropped as TooSmall; -s"),
        (2, "2 images that you listed dropped as TooSmall; -s"),
    ],
)
def test_listed_images_that_were_too_small_end_the_summary(
    number: int, line: str
) -> None:
    stats = {"images/too_small_in_list": number}

    last = summary_lines(stats, [Feed(uri="a.json", records=1)])[-1]
    assert last == f"note    {line} MIN_IMAGE_SIZE=0 keeps all"
