from __future__ import annotations

import pickle

import pytest
from scrapy import Request, Spider
from scrapy.utils.test import get_crawler

from fpcrawler.crawl.errand import Errand
from fpcrawler.crawl.failures import NoAnswerFromDns, PrivateAddress
from fpcrawler.crawl.refusals import Refusals, of_listed_origin
from fpcrawler.crawl.requests import request_for
from fpcrawler.tor.route import route_to

URL = "http://intra.example/a.jpg"
REFUSAL = PrivateAddress("intra.example leads to the private address 10.0.0.5")


def errand(url: str = URL, *, own: bool = False) -> Errand:
    return Errand(kind="image", url=url, route=route_to(url), at_listed_origin=own)


def listed(url: str = URL) -> Errand:
    return Errand(
        kind="image",
        url=url,
        route=route_to(url),
        at_listed_origin=True,
        is_listed=True,
    )


def refusals(
    policy: str = "listed", state: dict[str, object] | None = None
) -> Refusals:
    crawler = get_crawler(settings_dict={"PRIVATE_ADDRESSES": policy})
    crawler.spider = Spider.from_crawler(crawler, "images")
    if state is not None:
        vars(crawler.spider)["state"] = state  # as Scrapy's SpiderState does
    return Refusals(crawler)


def test_one_duplicate_of_a_refused_request_is_requested() -> None:
    known = refusals()

    assert not known.takes_over(errand(), REFUSAL)
    assert not known.was_refused(errand())  # another page's is refused as well
    assert not known.was_refused(errand("http://intra.example/b.jpg", own=True))
    assert known.was_refused(errand("http://intra.example/a.jpg", own=True))
    assert not known.was_refused(errand(own=True))


def test_a_refused_request_is_made_again_for_its_duplicate() -> None:
    known = refusals()

    assert not known.was_refused(listed())
    assert not known.takes_over(errand("http://intra.example/b.jpg"), REFUSAL)
    assert known.takes_over(errand(), REFUSAL)


@pytest.mark.parametrize(
    ("policy", "url", "error"),
    [
        pytest.param("deny", URL, REFUSAL, id="nobody may"),
        pytest.param("listed", "http://10.0.0.5/a.jpg", REFUSAL, id="no duplicate"),
        pytest.param("listed", URL, NoAnswerFromDns("x"), id="not refused"),
    ],
)
def test_nothing_is_requested_twice(policy: str, url: str, error: Exception) -> None:
    known = refusals(policy)

    assert not known.takes_over(errand(url), error)
    assert not known.was_refused(listed(url))
    assert not known.takes_over(errand(url), error)


def test_a_refused_request_of_a_listed_origin_ends_there() -> None:
    known = refusals()

    assert not known.was_refused(listed())
    assert not known.takes_over(listed(), REFUSAL)


def test_a_queue_on_the_disk_keeps_what_is_known() -> None:
    state: dict[str, object] = {}
    before = refusals(state=state)
    before.takes_over(errand(), REFUSAL)
    before.was_refused(listed("http://intra.example/b.jpg"))
    stored = pickle.dumps(state)
    after = refusals(state=pickle.loads(stored))  # noqa: S301 - it is our own

    assert after.was_refused(errand(own=True))
    assert after.takes_over(errand("http://intra.example/b.jpg"), REFUSAL)


def test_a_request_of_a_listed_origin_is_no_duplicate() -> None:
    request = request_for(errand(), None, None)
    again = of_listed_origin(request)

    assert again.dont_filter
    assert again.headers == request.headers
    assert again.meta == {**request.meta, "errand": errand(own=True)}
    assert isinstance(again, Request)
