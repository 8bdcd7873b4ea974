"""The rules of the verdicts as SQL: edges between candidates that share a key."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from fpcrawler.core.fingerprint.columns import COMPUTED
from fpcrawler.core.fingerprint.rules import (
    RULES,
    WHOLE_DIGESTS,
    Rule,
    VerdictName,
    Within,
)
from fpcrawler.duplicates.differences import (
    Refuting,
    read_differences,
    refuting_of,
)
from fpcrawler.duplicates.splitting import lowest, paired

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection
    from numpy.typing import NDArray

    from fpcrawler.duplicates.components import Numbers


class Edges(NamedTuple):
    """Candidates, and for each the first candidate with the same key."""

    numbers: Numbers
    firsts: Numbers

    def where(self, wanted: NDArray[np.bool_] | Numbers) -> Edges:
        """Return some of the edges: a mask, or their places in order."""
        return Edges(self.numbers[wanted], self.firsts[wanted])

    def split(self, values: Numbers) -> Edges:
        """Return edges only between candidates with the same key and value."""
        groups = paired(self.firsts, values)
        return Edges(self.numbers, lowest(groups, self.numbers))


def rules_of(verdict: VerdictName) -> list[Rule]:
    """Return the rules that give this verdict."""
    return [rule for rule in RULES if rule.verdict is verdict]


def edges_by(connection: DuckDBPyConnection, verdict: VerdictName) -> Iterator[Edges]:
    """Yield the edges between candidates that share a key of the verdict's rules.

    Where the candidates of a key are known to differ, those with each known value
    form a key of their own, and so do those with an unknown one. A key is in one part.
    """
    for rule in rules_of(verdict):
        found = connection.execute(_query(rule)).fetchnumpy()
        edges, is_disputed = Edges(found["number"], found["first"]), found["disputed"]
        yield edges.where(~is_disputed)
        if is_disputed.any():
            yield _split(connection, edges.where(is_disputed), refuting_of([rule]))


def holds(condition: Within) -> str:
    """Return a condition as SQL."""
    column = condition.column
    most = "" if condition.most is None else f" AND {column} <= {condition.most}"
    unless = f" AND NOT {condition.unless}" if condition.unless else ""
    return f"({column} >= {condition.least}{most}{unless})"


def _split(connection: DuckDBPyConnection, edges: Edges, refuting: Refuting) -> Edges:
    edges = edges.where(np.argsort(edges.numbers))
    keys = edges.firsts
    for difference in read_differences(connection, edges.numbers, keys, refuting):
        edges = edges.split(difference.within(edges.firsts))
    return edges


def _query(rule: Rule) -> str:
    """Return a query for the edges; those of a ``disputed`` key may be wrong.

    Few keys are disputed: it is enough to find them here.
    """
    table, equal = "candidates", (*rule.known, *rule.alike)
    where = _known(rule.known)
    kind = COMPUTED.get(rule.known[0], rule.known[0])
    if kind in WHOLE_DIGESTS:
        table = "candidates JOIN digests USING (number)"
        equal = ("value", *equal[1:])
        where = [f"kind = '{kind}'", *where[1:]]
    if rule.known[0] in COMPUTED:
        where.append("is_computed")
    if rule.condition:
        where.append(f"({' OR '.join(map(holds, rule.condition))})")
    refuting = refuting_of([rule])
    differ = " OR ".join(map(_differs, refuting.columns)) or "false"
    edges = f"""
        SELECT number, min(number) OVER w AS first, {differ} AS disputed
        FROM {table} WHERE {" AND ".join(where)}
        WINDOW w AS (PARTITION BY {", ".join(equal)})
        QUALIFY count(*) OVER w > 1
    """
    refuted = _refuted(refuting)
    return _disputed(edges, refuted) if refuted else edges


def _known(columns: Sequence[str]) -> list[str]:
    return [f"{column} IS NOT NULL" for column in columns]


def _differs(column: str) -> str:
    # NULL is neither the lowest nor the highest value.
    return f"min({column}) OVER w IS DISTINCT FROM max({column}) OVER w"


def _refuted(refuting: Refuting) -> str:
    """Return a query for the keys of which digests or blocks differ, "" for none."""
    queries = []
    if refuting.kinds:
        names = ", ".join(f"'{kind}'" for kind in refuting.kinds)
        queries.append(f"""
            SELECT first FROM edges JOIN refuting USING (number)
            WHERE kind IN ({names})
            GROUP BY first, kind HAVING min(value) <> max(value)
        """)
    if refuting.has_blocks:
        queries.append("""
            SELECT first FROM edges JOIN blocks USING (number)
            GROUP BY first, place HAVING min(value) <> max(value)
        """)
    return " UNION ".join(queries)


def _disputed(edges: str, refuted: str) -> str:
    """Return a query in which a key is also disputed if it is refuted."""
    return f"""
        WITH
            edges AS MATERIALIZED ({edges}),
            refuted AS (SELECT DISTINCT first FROM ({refuted}))
        SELECT number, first, disputed OR refuted.first IS NOT NULL AS disputed
        FROM edges LEFT JOIN refuted USING (first)
    """
