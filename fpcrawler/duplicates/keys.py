"""The rules of the verdicts as SQL: edges between candidates that share a key."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from fpcrawler.core.fingerprint.rules import (
    RULES,
    WHOLE_DIGESTS,
    Rule,
    VerdictName,
    Within,
)

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from fpcrawler.duplicates.components import Numbers


class Edges(NamedTuple):
    """Candidates, and for each the first candidate with the same key."""

    numbers: Numbers
    firsts: Numbers


def edges_by(connection: DuckDBPyConnection, verdict: VerdictName) -> Iterator[Edges]:
    """Yield the edges between candidates that share a key of the verdict's rules."""
    rules = (rule for rule in RULES if rule.verdict is verdict)
    for query in chain.from_iterable(map(_queries, rules)):
        found = connection.execute(query).fetchnumpy()
        yield Edges(found["number"], found["first"])


def holds(condition: Within) -> str:
    """Return a condition as SQL."""
    column = condition.column
    most = "" if condition.most is None else f" AND {column} <= {condition.most}"
    known = f" AND {condition.known} IS NOT NULL" if condition.known else ""
    unless = f" AND NOT {condition.unless}" if condition.unless else ""
    return f"({column} >= {condition.least}{most}{known}{unless})"


def _queries(rule: Rule) -> Iterator[str]:
    """Yield a query for each number of fitting columns that may be unknown.

    An unknown value may equal any other, so it matches all of them. In SQL, NULL
    agrees with NULL.
    """
    table, equal = "candidates", (*rule.known, *rule.alike)
    where = [f"{column} IS NOT NULL" for column in rule.known]
    if rule.known[0] in WHOLE_DIGESTS:
        table, equal = "candidates JOIN digests USING (number)", ("value",)
        where = [f"kind = '{rule.known[0]}'"]
    if rule.condition:
        where.append(f"({' OR '.join(map(holds, rule.condition))})")
    having = [
        f"min({column}) OVER w IS NOT DISTINCT FROM max({column}) OVER w"
        for column in rule.undisputed
        if column not in WHOLE_DIGESTS
    ]
    kinds = ", ".join(f"'{kind}'" for kind in WHOLE_DIGESTS if kind in rule.undisputed)
    for count in range(len(rule.fitting), -1, -1):
        fitting, unknown = rule.fitting[:count], rule.fitting[count : count + 1]
        is_unknown = [f"bool_or({column} IS NULL) OVER w" for column in unknown]
        query = f"""
            SELECT number, min(number) OVER w AS first
            FROM {table} WHERE {" AND ".join(where)}
            WINDOW w AS (PARTITION BY {", ".join((*equal, *fitting))})
            QUALIFY {" AND ".join(["count(*) OVER w > 1", *having, *is_unknown])}
        """
        yield _UNREFUTED.format(query, kinds=kinds) if kinds else query


_UNREFUTED = """
WITH
    edges AS ({}),
    refuted AS (
        SELECT DISTINCT first FROM edges JOIN digests USING (number)
        WHERE kind IN ({kinds})
        GROUP BY first, kind HAVING min(value) <> max(value)
    )
FROM edges ANTI JOIN refuted USING (first)
"""
