from __future__ import annotations

from scrapy.utils.test import get_crawler

from fpcrawler.crawl.stats import Stats

CRAWLER = {"STATS_CLASS": "fpcrawler.crawl.stats.Stats"}


def test_it_counts_as_scrapys_does() -> None:
    stats = get_crawler(settings_dict=CRAWLER).stats

    stats.inc_value("images/found", 2)
    stats.inc_value("images/found")
    stats.max_value("most", 3)

    assert isinstance(stats, Stats)
    assert stats.get_stats() == {"images/found": 3, "most": 3}


def test_a_call_is_not_checked_for_a_spider() -> None:
    stats = get_crawler(settings_dict=CRAWLER).stats

    assert stats.inc_value.__func__ is Stats.inc_value  # type: ignore[attr-defined]
