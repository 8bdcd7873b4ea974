"""Connected components of graphs with millions of edges."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int64]


def joined(labels: Numbers, first: Numbers, second: Numbers) -> Numbers:
    """Return new labels: both ends of each edge get the same label.

    A label is the smallest node number of its component. ``np.arange`` labels a graph
    without edges. Each round hooks roots to smaller roots and then shortens all
    paths, so a few rounds suffice for any graph.
    """
    labels = labels.copy()
    while True:
        one, other = labels[first], labels[second]
        is_apart = one != other
        if not is_apart.any():
            return labels
        first, second = first[is_apart], second[is_apart]
        one, other = one[is_apart], other[is_apart]
        np.minimum.at(labels, np.maximum(one, other), np.minimum(one, other))
        labels = _shortened(labels)


def _shortened(labels: Numbers) -> Numbers:
    while True:
        shorter = labels[labels]
        if np.array_equal(shorter, labels):
            return labels
        labels = shorter
