from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from fpcrawler.duplicates.components import joined

NODES = 12
EDGES = st.lists(st.tuples(*[st.integers(0, NODES - 1)] * 2), max_size=20)


def labels_of(nodes: int, edges: list[tuple[int, ...]]) -> list[int]:
    ends = np.array(edges, dtype=np.int64).reshape(-1, 2)
    return list(map(int, joined(np.arange(nodes), ends[:, 0], ends[:, 1])))


@given(EDGES)
def test_two_nodes_have_one_label_if_a_path_joins_them(
    edges: list[tuple[int, ...]],
) -> None:
    part = {node: {node} for node in range(NODES)}
    for first, second in edges:
        part[first] |= part[second]
        part.update(dict.fromkeys(part[first], part[first]))

    assert labels_of(NODES, edges) == [min(part[node]) for node in range(NODES)]


@given(EDGES, EDGES)
def test_edges_may_be_added_later(
    edges: list[tuple[int, ...]], more: list[tuple[int, ...]]
) -> None:
    ends = np.array(more, dtype=np.int64).reshape(-1, 2)
    before = np.array(labels_of(NODES, edges))
    unchanged = before.copy()

    after = joined(before, ends[:, 0], ends[:, 1])

    assert after.tolist() == labels_of(NODES, [*edges, *more])
    assert np.array_equal(before, unchanged)


def test_a_chain_of_a_million_in_any_order_is_one_component() -> None:
    # Passing the smallest label from node to node would take a million rounds.
    nodes = np.random.default_rng(1).permutation(1_000_000)

    labels = joined(np.arange(1_000_000), nodes[:-1], nodes[1:])

    assert not labels.any()


def test_no_edges_join_nothing() -> None:
    assert labels_of(3, []) == [0, 1, 2]
