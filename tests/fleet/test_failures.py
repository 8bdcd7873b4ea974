"""Lists of what failed, and the lists that lead to it again."""

from __future__ import annotations

import gzip

from fpcrawler.fleet.failures import (
    Failure,
    failures_in,
    gzipped,
    list_again,
    visits_again,
)

LISTED = b"http://a.example/\nhttp://b.example/\nhttp://c.example/1.jpg\n"
IMAGE, PAGE = "http://c.example/1.jpg", "http://a.example/"


def failed(url: str, page: str | None = None) -> Failure:
    return Failure(url=url, reason="Http404", page=page)


def test_an_image_is_reached_again_only_by_the_page_that_names_it() -> None:
    assert list_again([failed(IMAGE)], LISTED) == b"http://c.example/1.jpg\n"
    onion = failed("http://x.onion/1.jpg", PAGE)
    assert list_again([onion], LISTED) == b"http://a.example/\n"
    assert list_again([failed(IMAGE, "http://a.example/deeper")], LISTED) == LISTED
    assert list_again(None, LISTED) == LISTED


def test_a_retry_visits_again_what_did_not_fail_by_pages_or_the_whole_list() -> None:
    assert not visits_again([failed(IMAGE), failed(PAGE)])
    assert visits_again([failed(PAGE), failed(IMAGE, PAGE)])
    assert visits_again([])
    assert visits_again(None)


def test_a_list_is_read_whole_or_not_at_all() -> None:
    failures = [failed(IMAGE), failed(PAGE, IMAGE)]
    content = gzipped(failures)

    assert failures_in(content) == failures
    assert failures_in(b"") == []
    for damaged in (content[:-1], b"not gzipped", gzip.compress(b'{"url": 1}\n{"ur')):
        assert failures_in(damaged) is None
