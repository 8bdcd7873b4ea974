"""Hosts that reply go first; those that do not hold no place of theirs."""

from __future__ import annotations

import pytest
from scrapy.utils.test import get_crawler

from fpcrawler.crawl.places import SILENT_AFTER
from fpcrawler.crawl.scraper_room import ScraperRoom
from fpcrawler.crawl.turns import Turns
from fpcrawler.crawl.waiting import HostWaits

LIMIT = 4
LATER = 1e9
"""A time at which every host has become silent."""


@pytest.fixture
def turns() -> Turns:
    hosts = HostWaits(timeout=600, retry_times=2)
    return Turns(hosts, ScraperRoom(get_crawler()), limit=LIMIT, tor_limit=2)


def take(turns: Turns, *keys: str) -> None:
    for key in keys:
        turns.take(key)


def test_hosts_that_have_replied_go_first_once_new_ones_have_half(turns: Turns) -> None:
    turns.places.replied("known", 0)
    take(turns, "a")
    assert not turns.comes_later("b")
    take(turns, "b")

    assert turns.may_differ
    assert turns.comes_later("c")
    assert not turns.comes_later("known")
    assert not turns.comes_later("tor:c")


def test_silent_hosts_hold_no_place_and_get_no_request(turns: Turns) -> None:
    take(turns, "a", "b", "c", "d")
    assert turns.are_over()
    turns.places.look(LATER)

    assert not turns.are_over()
    assert turns.skips("a")
    assert not turns.skips("e")


def test_beyond_a_number_of_silent_requests_only_known_hosts_get_more(
    turns: Turns,
) -> None:
    turns.places.replied("known", 0)
    take(turns, *(f"host-{number}" for number in range(16 * LIMIT)))
    turns.places.look(LATER)

    assert turns.skips("new")
    assert not turns.skips("known")
    turns.leave("host-0")
    assert not turns.skips("new")


def test_tor_has_its_own_limit_and_is_never_silent(turns: Turns) -> None:
    take(turns, "tor:a", "tor:b")
    turns.places.look(LATER)

    assert turns.places.silent == 0
    assert turns.skips("tor:c")
    assert not turns.skips("web")
    turns.leave("tor:a")
    assert not turns.skips("tor:c")


def test_without_a_limit_nothing_is_left_out() -> None:
    hosts = HostWaits(timeout=600, retry_times=2)
    turns = Turns(hosts, ScraperRoom(get_crawler()), limit=0, tor_limit=2)
    take(turns, *(f"host-{number}" for number in range(100)))
    turns.places.look(SILENT_AFTER)

    assert not turns.are_over()
    assert not turns.skips("new")
    assert not turns.comes_later("new")
