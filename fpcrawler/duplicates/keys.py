"""The rules of the verdicts as SQL: edges between candidates that share a key."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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


def contradicted(verdict: VerdictName) -> str:
    """Return a query for the labels of records that are known to be different.

    It reads the table ``found``: ``number``, ``label``. Each rule of the verdict says
    that the records differ.
    """
    rules = [rule for rule in RULES if rule.verdict is verdict]
    images = "FROM found JOIN candidates USING (number)"
    queries = ["SELECT label FROM found WHERE false"]
    queries += [
        f"SELECT label {images} GROUP BY label HAVING min({column}) <> max({column})"
        for column in rules[0].fitting
        if all(column in rule.fitting for rule in rules)
    ]
    among = tuple(dict.fromkeys(chain.from_iterable(rule.among for rule in rules)))
    where = [
        f"kind = '{kind}'"
        for kind in WHOLE_DIGESTS
        if all(kind in rule.undisputed for rule in rules)
    ]
    if where:
        queries.append(f"""
            SELECT label {images} JOIN digests USING (number)
            WHERE {" AND ".join([f"({' OR '.join(where)})", *_known(among)])}
            GROUP BY {", ".join(("label", "kind", *among))}
            HAVING min(value) <> max(value)
        """)
    return " UNION ".join(queries)


def holds(condition: Within) -> str:
    """Return a condition as SQL."""
    column = condition.column
    most = "" if condition.most is None else f" AND {column} <= {condition.most}"
    unless = f" AND NOT {condition.unless}" if condition.unless else ""
    return f"({column} >= {condition.least}{most}{unless})"


def _queries(rule: Rule) -> Iterator[str]:
    """Yield a query for each number of fitting columns that are compared.

    Each compares records that know these columns. The other fitting columns must be
    undisputed, and an unknown value must leave something to join.
    """
    table, equal = "candidates", (*rule.known, *rule.alike)
    where = _known(rule.known)
    if rule.known[0] in WHOLE_DIGESTS:
        table, equal = "candidates JOIN digests USING (number)", ("value",)
        where = [f"kind = '{rule.known[0]}'"]
    if rule.condition:
        where.append(f"({' OR '.join(map(holds, rule.condition))})")
    undisputed = [name for name in rule.undisputed if name not in WHOLE_DIGESTS]
    for count in range(len(rule.fitting), -1, -1):
        fitting, others = rule.fitting[:count], rule.fitting[count:]
        wanted = [
            "count(*) OVER w > 1",
            *map(_is_undisputed, (*others, *undisputed)),
            *(f"bool_or({column} IS NULL) OVER w" for column in others[:1]),
        ]
        yield _unrefuted(
            rule,
            f"""
            SELECT number, min(number) OVER w AS first
            FROM {table} WHERE {" AND ".join([*where, *_known(fitting)])}
            WINDOW w AS (PARTITION BY {", ".join((*equal, *fitting))})
            QUALIFY {" AND ".join(wanted)}
            """,
        )


def _known(columns: Sequence[str]) -> list[str]:
    return [f"{column} IS NOT NULL" for column in columns]


def _is_undisputed(column: str) -> str:
    # NULL is neither the lowest nor the highest value.
    return f"min({column}) OVER w IS NOT DISTINCT FROM max({column}) OVER w"


def _unrefuted(rule: Rule, edges: str) -> str:
    """Return a query for the edges whose key has no digests that differ."""
    kinds = ", ".join(f"'{kind}'" for kind in WHOLE_DIGESTS if kind in rule.undisputed)
    if not kinds:
        return edges
    where = [f"kind IN ({kinds})", *_known(rule.among)]
    return f"""
        WITH
            edges AS ({edges}),
            refuted AS (
                SELECT DISTINCT first
                FROM edges
                JOIN digests USING (number)
                {"JOIN candidates USING (number)" if rule.among else ""}
                WHERE {" AND ".join(where)}
                GROUP BY {", ".join(("first", "kind", *rule.among))}
                HAVING min(value) <> max(value)
            )
        FROM edges ANTI JOIN refuted USING (first)
    """
