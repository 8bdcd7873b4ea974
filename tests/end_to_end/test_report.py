"""The page of ``scrapy report``, as an investigator uses it."""

from __future__ import annotations

import re

import pytest

from tests.end_to_end.report_records import RECORDS, photograph
from tests.end_to_end.report_tab import Tab, needs_browser


@needs_browser
def test_every_view_works_without_a_request_or_an_error(tab: Tab) -> None:
    page = tab.open()
    for name in page.locator(".tabs button").all_inner_texts():
        page.get_by_role("button", name=name, exact=True).first.click()
        assert page.locator(".holder > .view").count() == 1
    assert tab.status() == "61 images"
    assert page.locator(".figures").inner_text().startswith("images\n61")
    band = page.locator(".alert-band").inner_text()
    assert "3 images on 4 known lists, 2 known-bad" in band


@needs_browser
def test_a_known_bad_image_comes_first_with_what_its_list_says(tab: Tab) -> None:
    page = tab.open("view=matches")
    cards = [card.inner_text() for card in page.locator(".match-card").all()]
    badges = page.locator(".match-card .badge:first-child").all_inner_texts()

    assert badges == ["known-bad", "known-bad", "known", "known-good"]
    (bad,) = (card for card in cards if "vic.json" in card)
    for said in ("category\n1", "a series", "distributed", "<script>", "differs"):
        assert said in bad
    page.locator('.facet button[data-value="known-bad"]').click()
    assert tab.status() == "2 of 61 images"


@needs_browser
def test_a_facet_filters_all_views_and_stays_in_the_address(tab: Tab) -> None:
    page = tab.open()
    page.locator('.facet button[data-value="Maker Z 6"]').click()
    assert tab.status() == "20 of 61 images"
    page.get_by_role("button", name="Devices", exact=True).click()
    assert page.locator(".device-card").count() == 1
    fragment = page.evaluate("location.hash.slice(1)")

    page = tab.open(fragment)
    assert tab.status() == "20 of 61 images"
    assert page.locator(".device-card").count() == 1
    page.get_by_role("button", name="Clear all").click()
    assert tab.status() == "61 images"
    page.get_by_role("button", name="Hosts", exact=True).click()
    page.go_back()
    page.wait_for_selector(".devices-view")


@needs_browser
@pytest.mark.parametrize(
    ("fragment", "status"),
    [
        ("words=x-t4+B.EXAMPLE", "10 of 61 images"),
        ("words=nothing+has+this", "0 of 61 images"),
        ("taken=1514764800~1546300799", "8 of 61 images"),
        ("box=2~48~4~49", "3 of 61 images"),
        ("f.host=a.example&f.ranges=true", "30 of 61 images"),
        ("f.host=a.example&f.host=b.example", "60 of 61 images"),
        ("group=devices:0", "20 of 61 images"),
        ("box=x&image=99999&view=none&taken=a&f.none=1&size=~", "61 images"),
        ("group=copies:77", "0 of 61 images"),
    ],
)
def test_the_address_has_the_filters(tab: Tab, fragment: str, status: str) -> None:
    tab.open(fragment)

    assert tab.status() == status


@needs_browser
@pytest.mark.parametrize(
    ("words", "status"),
    [
        ("fnumber", "60 of 61 images"),
        ("FNumber x-t4", "20 of 61 images"),
        ("\u00fane phrase", "1 of 61 images"),
        (photograph(7)["picture_sha256"][:20], "2 of 61 images"),
        ("bodyserialnumber", "0 of 61 images"),
    ],
)
def test_the_search_finds_tags_texts_and_digests(
    tab: Tab, words: str, status: str
) -> None:
    page = tab.open()
    page.get_by_role("searchbox", name="Search").fill(words)
    page.wait_for_selector("html[data-searchable]", state="attached")
    page.wait_for_selector(".chip")

    assert tab.status() == status


@needs_browser
def test_the_table_is_sorted_and_moved_through_with_keys(tab: Tab) -> None:
    page = tab.open("view=table")
    page.get_by_role("columnheader", name="Taken").get_by_role("button").click()
    page.get_by_role("columnheader", name="Taken").get_by_role("button").click()
    header = page.get_by_role("columnheader", name="Taken")
    assert header.get_attribute("aria-sort") == "descending"
    assert page.locator(".row .c-taken").first.inner_text().startswith("2022-")

    page.locator('.row[tabindex="0"]').focus()
    page.keyboard.press("End")
    last = page.locator(".row:focus")
    assert last.get_attribute("aria-rowindex") == "62"
    page.keyboard.press("Home")
    page.keyboard.press("ArrowDown")
    name = page.locator(".row:focus .c-url bdi").first.inner_text()
    page.keyboard.press("Enter")
    page.wait_for_selector(".detail:not([hidden])")
    assert page.locator(".detail h2").inner_text() == name
    page.keyboard.press("Escape")
    page.wait_for_selector(".detail", state="hidden")
    assert page.locator(".row:focus").get_attribute("aria-rowindex") == "3"


@needs_browser
def test_an_image_has_its_place_tags_bar_and_links(tab: Tab) -> None:
    wanted = photograph(7)
    number = sorted(each["url"] for each in RECORDS).index(wanted["url"])
    page = tab.open(f"image={number}")
    detail = page.locator(".detail:not([hidden])")
    detail.wait_for()
    text = detail.inner_text()

    latitude, longitude = (
        wanted["location"][name] for name in ("latitude", "longitude")
    )
    found = re.search(r"geo:([\d.-]+),([\d.-]+)", text)
    assert found
    assert [float(found[1]), float(found[2])] == pytest.approx(
        [latitude, longitude], abs=1e-6
    )
    assert wanted["url"] in text
    assert wanted["picture_sha256"] in text
    assert wanted["file_digests"]["sha256"] in text
    assert "identical: 1 other image on 1 host" in text
    assert "sha256 of the whole file; nothing is left to compare" in text
    assert "2022-08-03T00:30:00.25" in text
    assert "2022-08-02T19:00:00.25" in text
    assert "Sat, 01 Aug 2026 10:00:00 GMT" in text
    assert "71234" not in text
    assert "11234" in text
    assert detail.locator(".tags dd").all_inner_texts() == ["Maker", "Z 6", "4"]
    bars = detail.locator(".lane svg")
    assert [bar.get_attribute("aria-label") for bar in bars.all()] == [
        "read: 10.2 KB of 300.0 KB",
        "exif: 9.0 KB of 300.0 KB",
        "picture data: 290.5 KB of 300.0 KB",
    ]
    detail.get_by_role("button", name="Filter to these: Body serial").click()
    assert tab.status() == "20 of 61 images"


@needs_browser
def test_the_map_zooms_to_places_and_filters_to_its_view(tab: Tab) -> None:
    page = tab.open("view=map")
    places = page.locator(".places button")
    places.first.wait_for()
    page.wait_for_function(
        "document.querySelector('.places').textContent.includes('France')"
    )
    before = page.locator(".map-view .caption").inner_text()
    places.first.click()
    page.wait_for_function(
        "before => document.querySelector('.map-view .caption').textContent !== before",
        arg=before,
    )
    page.get_by_role("button", name="Filter to this view").click()
    shown = int(tab.status().split()[0])
    assert 0 < shown < 30
    page.get_by_role("button", name="Filtered to an area").click()
    page.locator(".stage").focus()
    page.keyboard.press("0")
    assert tab.status() == "61 images"
