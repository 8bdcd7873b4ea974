from __future__ import annotations

import json
from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st
from parsel import Selector

from fpcrawler.core.links.lazy import lazy_references
from fpcrawler.core.links.loaders import IMAGE_SETS, SRCSETS, URLS
from fpcrawler.core.links.page import page_links

PAGE = "https://a.example/gallery/index.html"


def lazy(html: str) -> list[str]:
    links = page_links(Selector(html), PAGE)
    assert {image.found_in for image in links.images} <= {"lazy"}
    return [image.url.removeprefix("https://a.example/") for image in links.images]


@pytest.mark.parametrize("name", sorted(URLS))
def test_every_attribute_of_a_loader_names_an_image(name: str) -> None:
    assert lazy(f'<img {name}="a/b">') == ["gallery/a/b"]
    assert lazy(f'<p {name}="/b.jpg">') == ["b.jpg"]
    assert lazy(f'<p {name}="url(b.jpg)">') == ["gallery/b.jpg"]


@pytest.mark.parametrize("name", sorted(SRCSETS))
def test_of_a_lazy_srcset_the_largest_is_named(name: str) -> None:
    assert lazy(f'<img {name}="a 1x, b 2x">') == ["gallery/b"]


@pytest.mark.parametrize("name", sorted(IMAGE_SETS))
def test_of_a_lazy_image_set_the_densest_is_named(name: str) -> None:
    value = "url(a.jpg) 1x, url(b.jpg) 2x | url(c.jpg) 1x"

    assert lazy(f'<p {name}="{value}">') == ["gallery/b.jpg", "gallery/c.jpg"]
    assert lazy(f'<p {name}="/a 1x, /b 2x">') == ["b"]


def test_two_backgrounds_in_one_attribute_are_two_images() -> None:
    html = '<p data-bg-multi="url(/a.jpg), url(/b.jpg)">'

    assert lazy(html) == ["a.jpg", "b.jpg"]


@pytest.mark.parametrize(
    ("value", "images"),
    [
        ({"/a": [10, 20], "/b": [30, 10], "/c.jpg": [1, 1]}, ["b"]),
        ({"a": "/a.jpg", "b": [{"c": "./d/b.png?e"}]}, ["a.jpg", "gallery/d/b.png"]),
        (["/a.jpg", "https://b.example/c.JPG"], ["a.jpg", "https://b.example/c.JPG"]),
        ({"srcset": "/a.jpg 1x, /b.jpg 2x"}, ["b.jpg"]),
        ({"page": "/a", "script": "/a.js", "name": "a.jpg", "size": 1}, []),
        ({}, []),
        ([None, True, 1.5, "", " "], []),
    ],
)
@pytest.mark.parametrize("name", ["data-a-dynamic-image", "data-anything", "data-lazy"])
def test_json_in_an_attribute_names_image_files(
    name: str, value: object, images: list[str]
) -> None:
    found = lazy(f'<img {name}="{escape(json.dumps(value))}">')

    assert [url.partition("?")[0] for url in found] == images


def test_pairs_of_image_and_size_are_read() -> None:
    html = '<img data-interchange="[/a.jpg, small], [/b.jpg, (min-width: 9px)]">'

    assert lazy(html) == ["a.jpg", "b.jpg"]


@pytest.mark.parametrize(
    ("attributes", "image"),
    [
        ('data-src="/a_{width}x.jpg" data-widths="[180,360,540]"', "a_540x.jpg"),
        ('data-src="/a_{width}x.jpg" data-widths="540 720, 36"', "a_720x.jpg"),
        ('data-src="/a_%7Bwidth%7Dx.jpg" data-widths="[180]"', "a_180x.jpg"),
        ('data-src="/a_{width}x.jpg"', "a_1080x.jpg"),
        ('data-bg="/{width}/a" data-widths="[9]"', "9/a"),
        (
            'data-src="/{w}x{h}/a.jpg" data-widths="[300]" data-aspectratio="1.5"',
            "300x200/a.jpg",
        ),
        (
            'data-bg="/{width}x{height}/a" data-widths="[8]" data-aspectratio="4/3"',
            "8x6/a",
        ),
        ('data-src="/{width}x{height}/a" data-widths="[8]"', "8x/a"),
        ('data-src="/{width}x{height}/a" data-aspectratio="0"', "1080x/a"),
        ('data-src="/a{pixel_ratio}-{crop}.jpg" data-crop="top"', "a-top.jpg"),
        ('data-cmp-src="/a{.width}.jpeg" data-cmp-widths="320,640"', "a.640.jpeg"),
        ('data-srcset="/a_{width}.jpg 1x" data-widths="[7]"', "a_7.jpg"),
        ('data-master="/a_{width}x.jpg" data-widths="[7]"', "a_7x.jpg"),
    ],
)
def test_a_size_is_filled_in(attributes: str, image: str) -> None:
    assert lazy(f"<img {attributes}>") == [image]


@pytest.mark.parametrize("value", ["/a_{unknown}.jpg", "/a_{crop}.jpg"])
def test_a_placeholder_of_unknown_meaning_names_nothing(value: str) -> None:
    assert lazy(f'<img data-src="{value}" data-crop="../b">') == []


def test_an_unknown_attribute_names_an_image_by_path_and_suffix() -> None:
    attributes = "data-x=/a.jpg data-y=b/c.png data-z=d.jpg data-v=/e"

    assert lazy(f"<div {attributes}></div>") == ["a.jpg", "gallery/b/c.png"]


@given(st.dictionaries(st.sampled_from(sorted(URLS | SRCSETS)), st.text(), max_size=3))
def test_no_value_raises(attributes: dict[str, str]) -> None:
    list(lazy_references("img", attributes, is_image=True))
    json_like = {name: f"[{value}" for name, value in attributes.items()}
    list(lazy_references("div", json_like, is_image=False))
