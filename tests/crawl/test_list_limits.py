from __future__ import annotations

from collections import Counter

from fpcrawler.core.links.listing import Listing
from fpcrawler.crawl.errand import Errand
from fpcrawler.crawl.list_limits import Listed, ListLimits
from fpcrawler.tor.route import route_to

LIST = "http://a.test/index.xml"
MAPS = [f"http://a.test/{number}.xml" for number in range(3)]
PAGES = ["http://a.test/page"]


def led_to(limits: ListLimits, *, by: Listed | None = None) -> list[list[str]]:
    errand = Errand(kind="page", url=LIST, route=route_to(LIST), listed_by=by)
    return [
        urls for urls, _ in limits.led_to(Listing(pages=PAGES, sitemaps=MAPS), errand)
    ]


def test_a_list_may_lead_to_lists_up_to_a_depth() -> None:
    counted: Counter[str] = Counter()
    limits = ListLimits(lambda name, by: counted.update({name: by}), depth=2)
    by_depth = [
        led_to(limits, by=Listed(LIST, depth, is_list=True)) for depth in range(4)
    ]

    assert by_depth == [[MAPS, PAGES]] * 3 + [[]]
    assert counted == {"pages/left_out/list_depth": 4}


def test_the_lists_that_a_list_leads_to_are_counted_once() -> None:
    counted: Counter[str] = Counter()
    limits = ListLimits(lambda name, by: counted.update({name: by}), number=5)
    page = Listed(LIST, 1, is_list=False)

    assert led_to(limits) == [MAPS[:3], PAGES]  # itself is the first of five
    assert led_to(limits, by=Listed(LIST, 1, is_list=True)) == [MAPS[:1], PAGES]
    assert led_to(limits, by=page) == []
    assert led_to(limits, by=Listed("http://b.test/", 0, is_list=True)) == [MAPS, PAGES]
    assert counted == {"pages/left_out/lists": 2 + 4}
