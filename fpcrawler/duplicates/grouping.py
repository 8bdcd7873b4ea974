"""Join candidates into groups, each with its weakest verdict."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from fpcrawler.core.fingerprint.rules import VerdictName
from fpcrawler.duplicates.components import joined
from fpcrawler.duplicates.differences import (
    contradicted,
    read_differences,
    refuting_of,
)
from fpcrawler.duplicates.keys import Edges, edges_by, rules_of
from fpcrawler.duplicates.splitting import joined_values

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from fpcrawler.duplicates.components import Numbers


class Labels(NamedTuple):
    """The label of each candidate, for each strength of verdict."""

    part: Numbers
    file: Numbers
    identical: Numbers


def group_candidates(connection: DuckDBPyConnection) -> None:
    """Create the table ``members``: which candidate, ``number``, is in which group.

    ``weakest`` and ``root`` identify a group. The three verdicts that are proof form
    one kind of group, named by the weakest, same-picture: in it, ``file`` labels what
    same-file joins, ``identical`` what identical joins. A group of another verdict
    has two or more ``part`` labels: what stronger verdicts join.
    """
    (count,) = connection.execute("SELECT count(*) FROM candidates").fetchall()[0]
    identical = _joined(connection, VerdictName.IDENTICAL, np.arange(count))
    file = _joined(connection, VerdictName.SAME_FILE, identical)
    picture = _joined(connection, VerdictName.SAME_PICTURE, file)
    numbers = _not_alone(picture)
    members = Edges(numbers, picture[numbers])
    connection.execute(_MEMBERS)
    _add(
        connection, VerdictName.SAME_PICTURE, members, Labels(picture, file, identical)
    )

    edges = _united(_likely(connection, picture))
    likely = joined(picture, *edges)
    numbers = np.unique(np.concatenate(edges))
    members = Edges(numbers, likely[numbers])
    _add(connection, VerdictName.LIKELY, members, Labels(picture, file, identical))

    # One group for each hash: all that share any of them would be a chain of strangers.
    part = likely
    for place, keys in enumerate(edges_by(connection, VerdictName.SAME_HEAD)):
        edges = _between(keys, part)
        members = Edges(edges.numbers, edges.firsts + place * count)
        _add(connection, VerdictName.SAME_HEAD, members, Labels(part, file, identical))
        part = joined(part, *edges)


def _joined(
    connection: DuckDBPyConnection, verdict: VerdictName, labels: Numbers
) -> Numbers:
    edges = _united(_between(edges, labels) for edges in edges_by(connection, verdict))
    return joined(labels, *edges)


def _united(parts: Iterable[Edges]) -> Edges:
    numbers, firsts = (np.concatenate(ends) for ends in zip(*parts, strict=True))
    return Edges(numbers, firsts)


def _between(edges: Edges, labels: Numbers) -> Edges:
    """Return the edges of keys that candidates with different labels share."""
    is_apart = labels[edges.numbers] != labels[edges.firsts]
    return edges.where(np.isin(edges.firsts, edges.firsts[is_apart]))


def _likely(connection: DuckDBPyConnection, parts: Numbers) -> list[Edges]:
    """Return the edges whose components have no files that are known to be different.

    No key joins such files, but a chain of keys can. Example: A starts as B, whose end
    is unknown, and B has the size and the sample of C; A and C end differently.
    """
    likely = VerdictName.LIKELY
    refuting = refuting_of(rules_of(likely))
    found = [_between(edges, parts) for edges in edges_by(connection, likely)]
    numbers = np.unique(np.concatenate(_united(found)))
    labels = joined(parts, *_united(found))[numbers]
    connection.register("found", {"number": numbers, "label": labels})
    wrong = connection.execute(contradicted(refuting)).fetchnumpy()["label"]
    connection.unregister("found")
    if not len(wrong):
        return found

    is_wrong = np.isin(labels, wrong)
    numbers, labels = numbers[is_wrong], labels[is_wrong]
    values = np.zeros_like(parts)
    for difference in read_differences(connection, numbers, labels, refuting):
        labels = joined(parts, *_united(found))[numbers]
        values[numbers] = joined_values(parts[numbers], difference.within(labels))
        found = [edges.split(values[edges.numbers]) for edges in found]
    return [_between(edges, parts) for edges in found]


def _not_alone(labels: Numbers) -> Numbers:
    """Return the candidates that share their label with another."""
    sizes = np.bincount(labels, minlength=len(labels))
    return np.flatnonzero(sizes[labels] > 1)


_MEMBERS = """
CREATE TABLE members (
    number BIGINT, weakest VARCHAR, root BIGINT,
    part BIGINT, file BIGINT, identical BIGINT
)
"""


def _add(
    connection: DuckDBPyConnection, weakest: VerdictName, members: Edges, parts: Labels
) -> None:
    numbers, roots = members
    added = {
        "number": numbers,
        "root": roots,
        "part": parts.part[numbers],
        "file": parts.file[numbers],
        "identical": parts.identical[numbers],
    }
    connection.register("added", added)
    connection.execute(
        "INSERT INTO members SELECT number, ?, root, part, file, identical FROM added",
        [weakest],
    )
    connection.unregister("added")
