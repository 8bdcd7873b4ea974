"""A host is new until it replies, and silent while it does not."""

from __future__ import annotations

import random
from collections import Counter

from fpcrawler.crawl.places import SILENT_AFTER, Places

LATER = SILENT_AFTER + 0.1


def take(
    places: Places, *keys: str, now: float = 0.0, is_suspect: bool = False
) -> None:
    for key in keys:
        places.take(key, now, is_suspect=is_suspect, is_watched=True)


def counts(places: Places) -> tuple[int, int, int]:
    return places.total, places.new, places.silent


def test_hosts_are_new_until_they_reply() -> None:
    places = Places()
    take(places, "a", "a", "b")
    assert counts(places) == (3, 3, 0)

    places.replied("a", 0.1)
    assert counts(places) == (3, 1, 0)
    places.leave("a")
    places.leave("a")
    take(places, "a")
    assert counts(places) == (2, 1, 0)
    assert places.is_known("a")


def test_a_host_that_does_not_reply_is_silent_until_it_does() -> None:
    places = Places()
    take(places, "a", "b")
    places.replied("b", 0.4)
    places.look(LATER)
    take(places, "a", now=LATER)

    assert places.is_silent("a")
    assert counts(places) == (3, 0, 2)
    places.replied("a", LATER)
    assert counts(places) == (3, 0, 0)
    places.look(2 * LATER)
    assert counts(places) == (3, 0, 3)


def test_a_host_that_failed_before_is_silent_from_the_start() -> None:
    places = Places()
    take(places, "a", is_suspect=True)

    assert counts(places) == (1, 0, 1)


def test_a_host_that_is_not_watched_is_never_silent_or_new() -> None:
    places = Places()
    places.take("tor:a", 0.0, is_suspect=True, is_watched=False)
    places.replied("tor:a", 0.0)
    places.look(LATER)

    assert counts(places) == (1, 0, 0)


def test_whatever_happens_the_counts_are_those_of_the_hosts() -> None:
    dice, places, running = random.Random(1), Places(), Counter[str]()
    for step in range(5_000):
        key, now = f"{dice.randrange(20)}", step / 50
        match dice.randrange(4):
            case 0:
                take(places, key, now=now, is_suspect=dice.random() < 0.1)
                running[key] += 1
            case 1 if running[key]:
                places.leave(key)
                running[key] -= 1
            case 2:
                places.replied(key, now)
            case _:
                places.look(now)
        silent = sum(n for key, n in running.items() if places.is_silent(key))
        assert (places.total, places.silent) == (running.total(), silent)
        assert 0 <= places.new <= running.total() - silent
