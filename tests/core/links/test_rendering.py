from __future__ import annotations

import pytest

from fpcrawler.core.links.rendering import MAX_FRAMES, MAX_IMAGES, MAX_PARTS, PageGate

OWN = "http://127.0.0.1:8000/page"


@pytest.mark.parametrize(
    ("url", "method", "resource_type", "reason"),
    [
        ("https://a.example/app.js", "GET", "script", None),
        ("https://a.example/app.css", "GET", "stylesheet", None),
        ("https://a.example/list.json", "GET", "fetch", None),
        ("http://127.0.0.1:9/list.json", "GET", "xhr", None),
        ("https://a.example/a.jpg", "GET", "image", "image"),
        ("https://a.example/a.mp4", "GET", "media", "media"),
        ("https://a.example/a.woff", "GET", "font", "font"),
        ("https://a.example/", "GET", "document", "document"),
        ("https://a.example/", "POST", "ping", "other"),
        ("https://a.example/", "POST", "fetch", "method"),
        ("ftp://a.example/", "GET", "fetch", "scheme"),
        ("blob:https://a.example/1", "GET", "script", "scheme"),
        ("http://[", "GET", "fetch", "url"),
    ],
)
def test_a_page_may_request_the_parts_of_its_document(
    url: str, method: str, resource_type: str, reason: str | None
) -> None:
    assert PageGate().refuses(url, method, resource_type) == reason


@pytest.mark.parametrize(
    ("url", "method", "reason"),
    [
        ("https://a.example/", "GET", None),
        ("https://a.example/a.jpg", "GET", "image"),
        ("https://a.example/", "POST", "method"),
        ("data:text/html,a", "GET", "scheme"),
    ],
)
def test_a_frame_may_request_its_document(
    url: str, method: str, reason: str | None
) -> None:
    assert PageGate().refuses(url, method, "document", is_frame=True) == reason


def test_the_number_of_frames_of_a_page_is_limited() -> None:
    gate = PageGate()
    reasons = [
        gate.refuses(OWN, "GET", "document", is_frame=True)
        for _ in range(MAX_FRAMES + 1)
    ]

    assert set(reasons[:-1]) == {None}
    assert reasons[-1] == "too_many_frames"
    assert gate.refuses(OWN, "GET", "script") is None


def test_the_number_of_images_that_are_noted_is_limited() -> None:
    gate = PageGate()
    unusable = ["blob:https://a.example/1", "http://[", OWN + "?" + "a" * 8_192]
    noted = [gate.notes_image(url) for url in (*unusable, *[OWN] * (MAX_IMAGES + 1))]

    assert noted == [False] * 3 + [True] * MAX_IMAGES + [False]


def test_a_page_is_opened_once() -> None:
    gate = PageGate()

    assert (gate.opens(), gate.opens()) == (True, False)


def test_the_number_of_requests_of_a_page_is_limited() -> None:
    gate = PageGate()
    reasons = [gate.refuses(OWN, "GET", "fetch") for _ in range(MAX_PARTS + 1)]

    assert set(reasons[:-1]) == {None}
    assert reasons[-1] == "too_many"
