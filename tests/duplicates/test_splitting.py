from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fpcrawler.duplicates.splitting import (
    disputed,
    joined_values,
    lowest,
    one_each,
    paired,
)

ROWS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2)), max_size=12)


def columns(rows: list[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    table = np.array(rows, np.int64).reshape(-1, 2)
    return table[:, 0], table[:, 1]


@given(ROWS)
def test_a_group_is_disputed_if_it_knows_two_values(
    rows: list[tuple[int, int]],
) -> None:
    expected = [
        value if {1, 2} <= {v for g, v in rows if g == group} else 0
        for group, value in rows
    ]

    assert disputed(*columns(rows)).tolist() == expected


@pytest.mark.parametrize(
    ("groups", "files", "expected"),
    [
        ([7, 7, 7, 7], [0, 0, 0, 0], [3, 2, 0, 1]),
        ([7, 7, 7, 7], [1, 1, 1, 0], [2, 2, 2, 1]),
        ([7, 8, 7, 7], [1, 1, 1, 0], [3, 2, 3, 1]),
        ([7, 7, 9, 7], [1, 0, 1, 1], [1, 2, 0, 1]),
    ],
)
def test_a_file_has_one_of_its_known_values_in_each_group(
    groups: list[int], files: list[int], expected: list[int]
) -> None:
    values = np.array([3, 2, 0, 1])

    assert one_each(np.array(groups), np.array(files), values).tolist() == expected


@given(ROWS)
def test_the_lowest_number_stands_for_each_pair(rows: list[tuple[int, int]]) -> None:
    groups = paired(*columns(rows))

    assert lowest(groups, np.arange(len(rows))).tolist() == [*map(rows.index, rows)]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([0, 0, 2], [0, 0, 2]),
        ([0, 1, 2], [1, 1, 2]),
        ([1, 1, 0], [1, 1, 0]),
    ],
)
def test_a_known_value_of_a_part_wins(values: list[int], expected: list[int]) -> None:
    found = joined_values(np.array([7, 7, 9]), np.array(values))

    assert found.tolist() == expected


def test_parts_that_dispute_themselves_share_no_value() -> None:
    parts, values = np.array([7, 7, 8, 8, 9, 9]), np.array([1, 2, 1, 2, 2, 0])
    a, b, c, d, e, f = joined_values(parts, values).tolist()

    assert (a, c, e) == (b, d, f)
    assert len({a, c, e, 1}) == 4
