from __future__ import annotations

from fpcrawler.crawl.list_limits import Listed, ListLimits, TooMany


def test_a_list_may_lead_to_lists_up_to_a_depth() -> None:
    limits = ListLimits(depth=2)
    refusals = [limits.refusal(Listed("a", n, is_list=True)) for n in range(4)]

    assert refusals == [None, None, None, TooMany.DEPTH]


def test_the_lists_that_a_list_leads_to_are_counted_once() -> None:
    limits = ListLimits(number=3)

    assert limits.room("a", 2) == 2
    assert limits.refusal(Listed("a", 1, is_list=True)) is None
    assert limits.refusal(Listed("a", 1, is_list=False)) is None
    assert limits.refusal(Listed("a", 1, is_list=False)) == TooMany.NUMBER
    assert limits.room("a", 2) == 0
    assert limits.room("b", 4) == 3
