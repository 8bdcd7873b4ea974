"""Join candidates into groups, each with its weakest verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from fpcrawler.core.fingerprint.rules import VerdictName
from fpcrawler.duplicates.components import joined
from fpcrawler.duplicates.keys import Edges, edges_by

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

    edges = _edges(connection, VerdictName.UNPROVEN, picture)
    unproven = joined(picture, *edges)
    numbers = np.unique(np.concatenate(edges))
    members = Edges(numbers, unproven[numbers])
    _add(connection, VerdictName.UNPROVEN, members, Labels(picture, file, identical))

    members = _edges(connection, VerdictName.SAME_HEAD, unproven)
    _add(connection, VerdictName.SAME_HEAD, members, Labels(unproven, file, identical))


def _joined(
    connection: DuckDBPyConnection, verdict: VerdictName, labels: Numbers
) -> Numbers:
    return joined(labels, *_edges(connection, verdict, labels))


def _edges(
    connection: DuckDBPyConnection, verdict: VerdictName, labels: Numbers
) -> Edges:
    """Return the edges of keys that candidates with different labels share."""
    found = [_between(edges, labels) for edges in edges_by(connection, verdict)]
    numbers, firsts = (np.concatenate(ends) for ends in zip(*found, strict=True))
    return Edges(numbers, firsts)


def _between(edges: Edges, labels: Numbers) -> Edges:
    numbers, firsts = edges
    is_apart = labels[numbers] != labels[firsts]
    is_shared = np.isin(firsts, firsts[is_apart])
    return Edges(numbers[is_shared], firsts[is_shared])


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
