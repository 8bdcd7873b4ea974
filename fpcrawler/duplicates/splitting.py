"""Split groups of records, so that none has two that are known to differ.

Groups, values and parts are arrays with a number for each record. A value counts from
1; 0 is unknown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from fpcrawler.duplicates.components import Numbers


def disputed(groups: Numbers, values: Numbers) -> Numbers:
    """Return the values of the groups that know two or more; 0 for others."""
    _, places = np.unique(groups, return_inverse=True)
    low, high = _bounds(places, values)
    return np.where((low < high)[places], values, 0)


def one_each(groups: Numbers, files: Numbers, values: Numbers) -> Numbers:
    """Return one of its known values for each file in each group, 0 if none is known.

    Files count from 1; a record of file 0 keeps its value.
    """
    if not files.any():
        return values
    _, places = np.unique(paired(groups, files), return_inverse=True)
    low, high = _bounds(places, values)
    return np.where(files > 0, np.minimum(low, high)[places], values)


def paired(first: Numbers, second: Numbers) -> Numbers:
    """Return a group for each pair of numbers that are not negative."""
    _, places = np.unique(first, return_inverse=True)
    others, other_places = np.unique(second, return_inverse=True)
    return np.asarray(places * len(others) + other_places)


def joined_values(parts: Numbers, values: Numbers) -> Numbers:
    """Return one value for each part, whose records stay together.

    A known value wins. A part with two known values gets a value of its own.
    """
    _, places = np.unique(parts, return_inverse=True)
    low, high = _bounds(places, values)
    own = values.max(initial=0) + 1 + np.arange(len(high))
    return np.where(low < high, own, high)[places]


def lowest(groups: Numbers, numbers: Numbers) -> Numbers:
    """Return the lowest number of each record's group."""
    _, places = np.unique(groups, return_inverse=True)
    low, _ = _bounds(places, numbers + 1)
    return low[places] - 1


def _bounds(places: Numbers, values: Numbers) -> tuple[Numbers, Numbers]:
    """Return the lowest and the highest known value at each place."""
    count, most = places.max(initial=-1) + 1, np.iinfo(np.int64).max
    low, high = np.full(count, most), np.zeros(count, np.int64)
    np.minimum.at(low, places, np.where(values > 0, values, most))
    np.maximum.at(high, places, values)
    return low, high
