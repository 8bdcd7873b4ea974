"""What the progress says, in how many columns."""

from __future__ import annotations

from typing import Any

import pytest

from fpcrawler.console.figures import figures_of
from fpcrawler.console.progress_text import Rate, goal_of, progress_text

LIST_READ = {"list/is_whole": True}
BUSY = {
    **LIST_READ,
    "images/found": 1_180,
    "item_scraped_count": 173,
    "item_dropped_reasons_count/NotAnImage": 9,
    "images/failed/Http404": 3,
    "images/bytes_downloaded": 2_300_000,
    "others/bytes_downloaded": 100_000,
    "pages/found": 2,
    "pages/crawled": 2,
}


def text_of(stats: dict[str, Any], rate: float = 10, width: int | None = None) -> str:
    figures = figures_of(stats)
    goal = goal_of(figures.images, figures.pages, stats)
    return progress_text(figures, goal, rate, width=width)


@pytest.mark.parametrize(
    ("width", "text"),
    [
        (None, "176/1,171 images, 2 pages, 10.0/s, 2.2 MB, 3 failed, 1:40 left"),
        (55, "176/1,171 images, 10.0/s, 2.2 MB, 3 failed, 1:40 left"),
        (47, "176/1,171 images, 10.0/s, 3 failed, 1:40 left"),
        (39, "176/1,171 images, 3 failed, 1:40 left"),
        (30, "176/1,171 images, 1:40 left"),
        (20, "176/1,171 images"),
        (7, "176/1,1"),
    ],
)
def test_it_fits_the_terminal(width: int | None, text: str) -> None:
    assert text_of(BUSY, width=width) == text


@pytest.mark.parametrize(
    ("stats", "text"),
    [
        ({}, "0 images"),
        ({**LIST_READ, "images/found": 1}, "0/1 image"),
        pytest.param(
            {"images/found": 4, "item_scraped_count": 1, "pages/found": 1},
            "1/4+ images",
            id="a page may lead to more",
        ),
        pytest.param(
            {
                "list/expected": 90,
                "list/read": 40,
                "images/found": 40,
                "item_scraped_count": 30,
            },
            "30/90 images",
            id="the rest of the list",
        ),
        pytest.param(
            {
                "list/expected": 90,
                "list/read": 40,
                "pages/crawled": 1,
                "images/found": 40,
                "item_scraped_count": 30,
                "pages/found": 1,
            },
            "30/40+ images, 1 page",
            id="the list also names pages",
        ),
        pytest.param(
            {**LIST_READ, "images/found": 9, "images/done_before": 7},
            "0/2 images",
            id="what was done before is no work",
        ),
    ],
)
def test_a_total_is_shown_where_it_is_known(stats: dict[str, Any], text: str) -> None:
    shown = text_of(stats, rate=0).replace(", 0.0/s", "").replace(", 0 bytes", "")

    assert shown == text


@pytest.mark.parametrize(
    ("rate", "left"),
    [(100, "0:10 left"), (0.1, "2:45:50 left"), (0, "3 failed")],
)
def test_the_time_left_follows_from_the_rate(rate: float, left: str) -> None:
    assert text_of(BUSY, rate).endswith(left)


def test_the_rate_is_that_of_the_last_minute() -> None:
    rate = Rate(0.0)

    assert rate.now(0.0, 0) == 0
    assert rate.now(10.0, 100) == 10
    assert rate.now(70.0, 100) == 0
    assert rate.now(130.0, 700) == 10
