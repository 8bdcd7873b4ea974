from __future__ import annotations

from collections import Counter
from itertools import groupby, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fpcrawler.fleet.shards import Cut, chains, cut, site_of
from fpcrawler.fleet.shards import retry_delay as delay_of

LEAST = st.integers(1, 9)
SITES = st.lists(st.integers(1, 40), max_size=12)
"""How many URLs each site has."""


def listed(sites: list[int]) -> list[tuple[str, str]]:
    return [
        (f"{site}", f"{site}/{n}") for site, of in enumerate(sites) for n in range(of)
    ]


def shards_of(sites: list[int], least: int) -> list[Cut]:
    return list(cut(listed(sites), least))


@settings(deadline=None)
@given(SITES, LEAST)
def test_each_url_is_in_one_shard_in_the_order_of_its_site(
    sites: list[int], least: int
) -> None:
    shards = shards_of(sites, least)
    urls = [url for shard in shards for url in shard.urls]

    assert Counter(urls) == Counter(url for _, url in listed(sites))
    for site in range(len(sites)):
        of_site = [url for url in urls if url.startswith(f"{site}/")]
        assert of_site == [f"{site}/{number}" for number in range(sites[site])]


@settings(deadline=None)
@given(SITES, LEAST)
def test_every_shard_but_the_last_has_from_least_to_twice_as_many(
    sites: list[int], least: int
) -> None:
    *others, last = [len(shard.urls) for shard in shards_of(sites, least)] or [1]

    assert all(least <= size < 2 * least for size in others)
    assert 0 < last < 2 * least


@settings(deadline=None)
@given(SITES, LEAST)
def test_a_site_is_in_one_chain(sites: list[int], least: int) -> None:
    shards = shards_of(sites, least)
    found = chains(shard.follows for shard in shards)
    chain_of = {number: chain.start for chain in found for number in chain}
    where: dict[str, set[int]] = {}
    for number, shard in enumerate(shards):
        for url in shard.urls:
            where.setdefault(url.partition("/")[0], set()).add(chain_of[number])

    assert all(len(of_site) == 1 for of_site in where.values())
    assert sorted(chain_of) == list(range(len(shards)))


@settings(deadline=None)
@given(SITES, LEAST)
def test_a_chain_has_one_site(sites: list[int], least: int) -> None:
    shards = shards_of(sites, least)
    for chain in chains(shard.follows for shard in shards):
        urls = [url for number in chain for url in shards[number].urls]
        assert len(chain) == 1 or len({url.partition("/")[0] for url in urls}) == 1
        assert [shards[n].follows for n in chain] == [False] + [True] * len(chain[1:])


@settings(deadline=None)
@given(SITES, LEAST)
def test_the_urls_of_a_site_come_one_after_the_other(
    sites: list[int], least: int
) -> None:
    for shard in shards_of(sites, least):
        runs = [site for site, _ in groupby(u.partition("/")[0] for u in shard.urls)]
        assert len(runs) == len(set(runs))


@pytest.mark.parametrize(
    ("url", "site"),
    [
        ("https://example.com/a.jpg", "example.com"),
        ("http://WWW.Example.COM.:8080/b", "example.com"),
        ("https://user:word@example.com/", "example.com"),
        ("https://img.example.com/", "img.example.com"),
        ("https://müller.example/", "xn--mller-kva.example"),
        ("https://xn--mller-kva.example/", "xn--mller-kva.example"),
        ("http://127.1:80/", "127.0.0.1"),
        ("http://[::1]/", "::1"),
        (f"http://www.{'a' * 56}.onion/", f"{'a' * 56}.onion"),
        (f"http://{'x' * 70}.example/", f"{'x' * 70}.example"),
        ("http:///", ""),
        ("file:///mnt/a.jpg", "file:///mnt/a.jpg"),
    ],
)
def test_a_site_has_one_spelling(url: str, site: str) -> None:
    assert site_of(url) == site


def test_subdomains_of_an_onion_are_the_onions() -> None:
    onion = "2gzyxa5ihm7nsggfxnu52rck2vv4rvmdlkiu3zzui5du4xyclen53wid"

    assert site_of(f"http://a.{onion}.onion/") == onion
    assert site_of(f"http://{onion}.onion/") == onion


def test_the_delay_doubles_up_to_a_limit() -> None:
    delays = [delay_of(attempt, 30) for attempt in range(1, 20)]

    assert delays[:3] == [30, 60, 120]
    assert all(a <= b <= 2_000 for a, b in pairwise(delays))
