from __future__ import annotations

from fpcrawler.core.progress.levels import Levels

PAGE = 1


def test_a_page_needs_one_request() -> None:
    levels = Levels()

    assert levels.needs_request(PAGE, 2)
    levels.note(PAGE, 2)
    assert levels.is_known(PAGE)
    assert not levels.needs_request(PAGE, 2)
    assert not levels.needs_request(PAGE, 3)


def test_a_page_that_waits_is_read_at_its_lowest_level() -> None:
    levels = Levels()
    for level in (2, 1, 3):
        levels.note(PAGE, level)
        assert not levels.needs_request(PAGE, 1)

    assert levels.least(PAGE, 2) == 1


def test_a_page_that_was_read_needs_another_where_it_is_nearer() -> None:
    levels = Levels()
    levels.note(PAGE, 2)
    levels.note_read(PAGE)

    assert not levels.needs_request(PAGE, 2)
    assert levels.needs_request(PAGE, 1)


def test_a_page_that_was_forgotten_is_new() -> None:
    levels = Levels()
    levels.note(PAGE, 2)
    levels.forget(PAGE)
    levels.forget(PAGE)

    assert levels.needs_request(PAGE, 3)
    assert not levels.is_known(PAGE)
    assert levels.least(PAGE, 3) == 3
