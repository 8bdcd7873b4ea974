from __future__ import annotations

from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fpcrawler.core.progress.done import Done, DoneBuilder, is_told_by

ONION = "vww6ybal4bd7szmgncyruucpgfkqahzddi37ktceo3ah7ngmcopnpyyd.onion"
URL = "https://a.example/photo.jpg"


def done_with(*urls: str, by_tor: bool = False) -> Done:
    builder = DoneBuilder()
    for url in urls:
        builder.add_image(url, by_tor=by_tor)
    return builder.built()


def test_an_image_is_found_and_another_is_not() -> None:
    urls = [f"https://a.example/{number}.jpg" for number in range(1_000)]
    before = done_with(*urls[::2])

    assert [before.has_image(url, by_tor=False) for url in urls] == [True, False] * 500
    assert len(before) == 500


def test_nothing_is_done_at_first() -> None:
    assert not Done().has_image(URL, by_tor=False)
    assert not Done().has_no_image(URL, by_tor=False)
    assert not Done().has_page(URL, depth=0, by_tor=False)


def test_a_number_takes_eight_bytes() -> None:
    numbers = array("q", range(1_000, 0, -1))

    assert len(Done(numbers)) * numbers.itemsize == 8_000
    assert list(numbers) == sorted(numbers)


def test_urls_that_differ_in_one_byte_are_two() -> None:
    before = done_with("https://a.example/photo.jpg?b=1&a=2")

    assert before.has_image("https://a.example/photo.jpg?b=1&a=2", by_tor=False)
    assert not before.has_image("https://a.example/photo.jpg?a=2&b=1", by_tor=False)


def test_the_clear_web_has_two_routes_and_an_onion_has_one() -> None:
    onion = f"http://{ONION}/photo.jpg"
    direct, by_tor = done_with(URL, onion), done_with(URL, onion, by_tor=True)

    assert not direct.has_image(URL, by_tor=True)
    assert not by_tor.has_image(URL, by_tor=False)
    assert direct.has_image(onion, by_tor=True)
    assert by_tor.has_image(onion, by_tor=False)


def test_a_url_that_was_not_an_image_may_be_a_page() -> None:
    builder = DoneBuilder()
    builder.add_no_image(URL, by_tor=False)
    before = builder.built()

    assert before.has_no_image(URL, by_tor=False)
    assert not before.has_image(URL, by_tor=False)
    assert not before.has_page(URL, depth=0, by_tor=False)


@pytest.mark.parametrize(
    ("asked", "is_done"), [(0, True), (1, True), (2, True), (3, False)]
)
def test_a_page_is_done_as_deep_as_it_was_followed(
    asked: int, *, is_done: bool
) -> None:
    builder = DoneBuilder()
    builder.add_page(URL, depth=2, by_tor=False)
    builder.add_page("https://b.example/", depth=7, by_tor=False)

    assert builder.built().has_page(URL, depth=asked, by_tor=False) is is_done


@pytest.mark.parametrize(
    ("page_url", "is_onion"),
    [
        (None, False),
        ("https://a.example/", False),
        (f"http://{ONION}/", True),
        (f"http://www.{ONION}/", True),
        ("http://[/", False),
    ],
)
def test_an_onion_page_shows_the_route(page_url: str | None, *, is_onion: bool) -> None:
    assert is_told_by(page_url) is is_onion


@given(st.text() | st.builds("http://{}".format, st.text()))
def test_no_url_raises(url: str) -> None:
    assert done_with(url).has_image(url, by_tor=False)
    assert done_with(url, by_tor=True).has_image(url, by_tor=True)
