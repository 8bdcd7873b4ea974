from __future__ import annotations

import random
from dataclasses import dataclass, field

import pytest

from fpcrawler.core.progress.completeness import Completeness, Page


def page(name: str) -> Page:
    return Page(url=name, depth=0, by_tor=False)


@pytest.fixture
def completeness() -> Completeness:
    return Completeness()


def test_a_page_without_links_is_complete_once_read(
    completeness: Completeness,
) -> None:
    page_id = completeness.begin(page("a"), None)

    assert completeness.end(page_id) == [page("a")]
    assert len(completeness) == 0


def test_a_page_is_complete_when_its_last_image_has_ended(
    completeness: Completeness,
) -> None:
    page_id = completeness.begin(page("a"), None)
    for _ in range(3):
        completeness.lead(page_id)

    ended = [completeness.end(page_id) for _ in range(4)]
    assert ended == [[], [], [], [page("a")]]


def test_an_image_that_ends_while_the_page_is_read_does_not_complete_it(
    completeness: Completeness,
) -> None:
    page_id = completeness.begin(page("a"), None)
    completeness.lead(page_id)

    assert completeness.end(page_id) == []
    assert completeness.end(page_id) == [page("a")]


@pytest.mark.parametrize("failed", range(3))
def test_a_page_with_an_image_that_failed_is_not_complete(
    completeness: Completeness, failed: int
) -> None:
    page_id = completeness.begin(page("a"), None)
    completeness.lead(page_id)
    completeness.lead(page_id)

    assert not any(
        completeness.end(page_id, is_well=number != failed) for number in range(3)
    )
    assert len(completeness) == 0


def test_a_page_waits_for_the_pages_that_it_leads_to(
    completeness: Completeness,
) -> None:
    first = completeness.begin(page("first"), None)
    completeness.lead(first)
    assert completeness.end(first) == []

    second = completeness.begin(page("second"), first)
    assert completeness.end(second) == [page("second"), page("first")]


def test_a_page_that_leads_to_an_incomplete_one_is_incomplete(
    completeness: Completeness,
) -> None:
    first = completeness.begin(page("first"), None)
    completeness.lead(first)
    completeness.end(first)
    second = completeness.begin(page("second"), first)
    completeness.lead(second)
    completeness.end(second, is_well=False)

    assert completeness.end(second) == []
    assert len(completeness) == 0


@pytest.mark.parametrize("page_id", [None, 99])
def test_a_page_id_of_another_run_is_ignored(
    completeness: Completeness, page_id: int | None
) -> None:
    completeness.lead(page_id)
    assert completeness.end(page_id) == []

    own = completeness.begin(page("a"), page_id)
    assert completeness.end(own) == [page("a")]


def test_a_long_chain_of_pages_needs_no_recursion(
    completeness: Completeness,
) -> None:
    page_id = None
    for number in range(20_000):
        completeness.lead(page_id)
        completeness.end(page_id)
        page_id = completeness.begin(page(str(number)), page_id)

    assert len(completeness.end(page_id)) == 20_000


@dataclass
class Node:
    name: str
    images: list[bool]  # whether each ends well
    pages: list[Node] = field(default_factory=list)

    @property
    def is_well(self) -> bool:
        return all(self.images) and all(below.is_well for below in self.pages)

    def nodes(self) -> list[Node]:
        return [self, *(node for below in self.pages for node in below.nodes())]


def tree(moments: random.Random, name: str = "0", level: int = 0) -> Node:
    names = [f"{name}/{number}" for number in range(moments.randrange(3))]
    return Node(
        name,
        [moments.random() < 0.9 for _ in range(moments.randrange(4))],
        [tree(moments, below, level + 1) for below in names if level < 4],
    )


@pytest.mark.parametrize("seed", range(100))
def test_in_any_order_exactly_the_pages_below_which_all_is_well_are_complete(
    seed: int,
) -> None:
    moments = random.Random(seed)
    root = tree(moments)
    completeness = Completeness()
    complete: list[Page] = []
    waiting: list[tuple[int | None, Node | bool]] = [(None, root)]
    while waiting:
        parent, thing = waiting.pop(moments.randrange(len(waiting)))
        if isinstance(thing, bool):
            complete += completeness.end(parent, is_well=thing)
            continue
        page_id = completeness.begin(page(thing.name), parent)
        below: list[Node | bool] = [*thing.images, *thing.pages]
        for one in below:
            completeness.lead(page_id)
            waiting.append((page_id, one))
        complete += completeness.end(page_id)

    assert {done.url for done in complete} == {
        node.name for node in root.nodes() if node.is_well
    }
    assert len(complete) == len({done.url for done in complete})
    assert len(completeness) == 0
