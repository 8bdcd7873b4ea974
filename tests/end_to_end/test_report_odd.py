"""The page of ``scrapy report`` with records and addresses that are rare."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tests.duplicates.test_report import record
from tests.end_to_end.report_tab import Tab, needs_browser, report_of

PLACES = [(89.5, 10), (86.25, 10), (-89.9, 0), (0, -179.99), (0, 179.99), (45, 100)]
FILLED = 64


def placed(number: int, latitude: float, longitude: float) -> dict[str, Any]:
    """Return a record of 100,000 bytes, a tenth of which was read."""
    return record(
        f"https://a.example/{number}.png",
        "1",
        location={"latitude": latitude, "longitude": longitude},
        format="jpeg" if latitude > 80 else "png",
        image_size=100_000,
        bytes_downloaded=10_000,
    )


def odd(number: int) -> dict[str, Any]:
    """Return a record of unknown size, with an owner of its own."""
    device = {"owner": f"owner {number:02}" if number else " \u3000", "make": "  "}
    return record(
        f"https://b.example/{number:02}.png",
        "2",
        image_size=None,
        bytes_downloaded=5_000,
        device=device,
        texts={"a": 1} if number else [{"name": {"toString": 1}, "text": "said"}],
        location={"altitude": {"toString": 1}},
    )


RECORDS = [
    *(placed(number, *place) for number, place in enumerate(PLACES)),
    *map(odd, range(FILLED)),
    record("https://c.example/1", "3", image_size=100_000, bytes_downloaded=10_000),
    record("https://c.example/2", "3", image_size=None, bytes_downloaded=5_000),
]


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    feed = tmp_path_factory.mktemp("odd") / "gpj.\u202ejsonl.jsonl"
    return report_of(feed, RECORDS)[0]


def caption(page: Any, words: str | re.Pattern[str]) -> None:
    """Wait until the map's caption has these words."""
    page.locator(".map-view .caption").filter(has_text=words).wait_for()


@needs_browser
@pytest.mark.parametrize("size", [(1440, 900), (1440, 420), (360, 740)])
def test_all_places_are_in_view_at_first_and_with_key_0(
    tab: Tab, size: tuple[int, int]
) -> None:
    tab.page.set_viewport_size({"width": size[0], "height": size[1]})
    page = tab.open("view=map")
    whole = re.compile(r"6 images in \d places; 6 of 72 images have a location")
    caption(page, whole)
    page.locator(".stage").focus()
    for _ in range(4):
        page.keyboard.press("+")
    page.locator(".map-view .caption").filter(has_not_text=whole).wait_for()
    page.keyboard.press("0")
    caption(page, whole)


@needs_browser
def test_places_beyond_the_map_have_their_own_degrees(tab: Tab) -> None:
    page = tab.open("view=map&f.format=jpeg")
    caption(page, "2 images in 1 place; 2 of 2 images have a location.")
    places = page.locator(".places button")
    assert "87.875000, 10.000000" in places.inner_text()

    page.get_by_role("button", name="Filter to this view").click()
    assert tab.status() == "2 of 72 images"
    page.get_by_role("button", name="Filtered to an area").click()
    places.click()
    page.wait_for_selector(".grid-view, [role=grid]")
    assert tab.status() == "2 of 72 images"


@needs_browser
def test_what_was_read_is_summed_for_images_of_unknown_size_too(tab: Tab) -> None:
    figures = tab.open().locator(".figures")

    assert "395.0 KB" in figures.inner_text()
    assert "10 % of 700.0 KB; 65 sizes unknown" in figures.inner_text()
    assert (
        "of unknown sizes"
        in tab.open("f.host=b.example").locator(".figures").inner_text()
    )


@needs_browser
def test_a_host_has_a_share_only_of_known_sizes(tab: Tab) -> None:
    page = tab.open("view=hosts&f.host=c.example")

    assert (
        "15.0 KB; 10.0 KB of 100.0 KB (10 %) where"
        in page.locator(".host-card").inner_text()
    )


@needs_browser
@pytest.mark.parametrize(
    ("fragment", "status"),
    [
        ("f.constructor=a&f.__proto__=1&f.toString=x", "72 images"),
        ("taken=0~1e20&view=timeline", "0 of 72 images"),
        ("modified=-1e20~Infinity&view=timeline", "0 of 72 images"),
        ("f.tor=constructor", "0 of 72 images"),
        ("size=50000~1e300", "7 of 72 images"),
        ("group=__proto__&sort=constructor&view=constructor", "0 of 72 images"),
    ],
)
def test_an_address_with_hostile_names_or_times_is_shown(
    tab: Tab, fragment: str, status: str
) -> None:
    page = tab.open(fragment)

    assert tab.status() == status
    assert "native code" not in page.locator("body").inner_text()


@needs_browser
def test_a_filter_of_sizes_shows_sizes(tab: Tab) -> None:
    page = tab.open("size=50000~")

    assert "50.0 KB \u2013 …" in page.locator(".chip").inner_text()


@needs_browser
@pytest.mark.parametrize("number", [6, 7])
def test_a_value_of_another_type_does_not_hide_the_record(
    tab: Tab, number: int
) -> None:
    page = tab.open(f"image={number}")
    detail = page.locator(".detail:not([hidden])")
    detail.wait_for()

    assert detail.get_by_role("alert").count() == 0
    assert "Fingerprints" in detail.inner_text()
    assert ("said" in detail.inner_text()) == (number == 6)


@needs_browser
def test_every_value_of_a_facet_can_be_reached(tab: Tab) -> None:
    page = tab.open()
    facet = page.locator(".facet").filter(has=page.get_by_text("Owner", exact=True))
    values = facet.locator("li")
    assert values.count() == 6
    facet.get_by_role("button", name="54 of 57 more").click()
    assert values.count() == 60
    facet.get_by_role("button", name="3 more").click()
    assert values.count() == FILLED - 1
    assert facet.get_by_text("owner 63").count() == 1
    assert page.get_by_role("heading", name="Camera", exact=True).count() == 0
    facet.get_by_role("button", name="Fewer").click()
    assert values.count() == 6


@needs_browser
def test_a_name_of_a_feed_does_not_turn_the_text(tab: Tab) -> None:
    page = tab.open()

    assert page.title() == "gpj.\\u202ejsonl.jsonl \u2013 image report"
    assert "\u202e" not in page.locator("header.top").inner_text()
