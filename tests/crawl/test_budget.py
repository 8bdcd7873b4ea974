from __future__ import annotations

from collections import Counter

import pytest

from fpcrawler.core.file.extents import JOIN_GAP, Extent
from fpcrawler.core.file.sparse import UNKNOWN_SIZE
from fpcrawler.crawl.budget import PURPOSES, Budget, Purpose, Spending

BUDGETS = dict.fromkeys(PURPOSES, Budget(4, 40_000))
HEAD, AFTER_IT = Extent(10_241, 4_096), Extent(12_000, 8_000)
END = Extent(900_000, 500)

Needs = dict[Purpose, list[Extent]]
Planned = list[tuple[Purpose, Extent]]


@pytest.mark.parametrize(
    ("needs", "planned"),
    [
        pytest.param({}, [], id="nothing"),
        pytest.param({"metadata": [HEAD]}, [("metadata", HEAD)], id="one"),
        pytest.param(
            {"metadata": [HEAD], "picture": [HEAD]}, [("metadata", HEAD)], id="the same"
        ),
        pytest.param(
            {"metadata": [HEAD], "picture": [AFTER_IT]},
            [("metadata", Extent(10_241, 9_759))],
            id="they overlap",
        ),
        pytest.param(
            {"picture": [HEAD], "metadata": [AFTER_IT]},
            [("metadata", Extent(10_241, 9_759))],
            id="they overlap, charged to metadata in any order",
        ),
        pytest.param(
            {
                "metadata": [Extent(20_000, 100)],
                "picture": [Extent(20_100 + JOIN_GAP, 24)],
            },
            [("metadata", Extent(20_000, 100 + JOIN_GAP + 24))],
            id="near",
        ),
        pytest.param(
            {"picture": [HEAD], "metadata": [END]},
            [("picture", HEAD), ("metadata", END)],
            id="far apart, in the order of the file",
        ),
        pytest.param(
            {"metadata": [Extent(30_000, 40_001), HEAD]},
            [("metadata", HEAD)],
            id="one is beyond the budget",
        ),
        pytest.param(
            {"metadata": [Extent(10_241, 50_000)], "picture": [HEAD]},
            [("picture", HEAD)],
            id="beyond the budget of one purpose only",
        ),
        pytest.param(
            {"picture": [Extent(UNKNOWN_SIZE - 1_024, 1_024)]},
            [],
            id="the end of a file of unknown size",
        ),
    ],
)
def test_the_ranges_of_all_purposes_are_planned_together(
    needs: Needs, planned: Planned
) -> None:
    assert Spending().plan(needs, BUDGETS) == planned


@pytest.mark.parametrize(
    ("requests", "received", "planned"),
    [
        (3, 39_500, [("metadata", END)]),
        (4, 0, []),
        (0, 39_501, []),
    ],
)
def test_what_was_spent_is_not_spent_again(
    requests: int, received: int, planned: Planned
) -> None:
    spending = Spending(
        Counter[Purpose]({"metadata": requests}),
        Counter[Purpose]({"metadata": received}),
    )

    assert spending.plan({"metadata": [END]}, BUDGETS) == planned
    assert spending.plan({"picture": [END]}, BUDGETS) == [("picture", END)]
