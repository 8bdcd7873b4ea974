"""Read in what records differ, as numbers that ``splitting`` compares."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from fpcrawler.core.fingerprint.rules import WHOLE_DIGESTS, Rule
from fpcrawler.duplicates.splitting import disputed, paired

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from fpcrawler.duplicates.components import Numbers


class Refuting(NamedTuple):
    """The columns in which copies never differ; see ``Rule``."""

    fitting: tuple[str, ...]
    undisputed: tuple[str, ...]
    among: tuple[str, ...]

    @property
    def kinds(self) -> list[str]:
        """The kinds of digests among the columns."""
        return [kind for kind in WHOLE_DIGESTS if kind in self.undisputed]

    @property
    def columns(self) -> list[str]:
        """The other columns."""
        columns = (*self.fitting, *self.undisputed)
        return [column for column in columns if column not in WHOLE_DIGESTS]


class Difference(NamedTuple):
    """The values of one column; ``among``: the records that are compared in it.

    Both count from 1; 0 is unknown, and not compared.
    """

    values: Numbers
    among: Numbers

    def within(self, groups: Numbers) -> Numbers:
        """Return the values of the records that some of their group refute, or 0."""
        compared = np.where(self.among > 0, self.values, 0)
        return disputed(paired(groups, self.among), compared)


def refuting_of(rules: Sequence[Rule]) -> Refuting:
    """Return the columns in which copies by any of these rules never differ."""
    first = rules[0]
    return Refuting(
        tuple(c for c in first.fitting if all(c in rule.fitting for rule in rules)),
        tuple(
            c
            for c in first.undisputed
            if all(c in rule.undisputed and c not in rule.known for rule in rules)
        ),
        tuple(dict.fromkeys(name for rule in rules for name in rule.among)),
    )


def contradicted(refuting: Refuting) -> str:
    """Return a query for the labels of records that are known to be different.

    It reads the table ``found``: ``number``, ``label``.
    """
    images = "FROM found JOIN candidates USING (number)"
    queries = ["SELECT label FROM found WHERE false"]
    queries += [
        f"SELECT label {images} GROUP BY label HAVING min({column}) <> max({column})"
        for column in refuting.fitting
    ]
    if refuting.kinds:
        kinds = ", ".join(f"'{kind}'" for kind in refuting.kinds)
        known = (f"{column} IS NOT NULL" for column in refuting.among)
        queries.append(f"""
            SELECT label {images} JOIN refuting USING (number)
            WHERE {" AND ".join([f"kind IN ({kinds})", *known])}
            GROUP BY {", ".join(("label", "kind", *refuting.among))}
            HAVING min(value) <> max(value)
        """)
    return " UNION ".join(queries)


def read_differences(
    connection: DuckDBPyConnection, numbers: Numbers, refuting: Refuting
) -> Iterator[Difference]:
    """Yield the differences of these candidates, sorted numbers, by column."""
    connection.register("found", {"number": numbers})
    coded = [_coded((column,)) for column in refuting.columns]
    coded.append(_coded(refuting.among) if refuting.among else "1")
    columns = connection.execute(
        f"SELECT {', '.join(f'{code} AS c{n}' for n, code in enumerate(coded))} "
        "FROM found JOIN candidates USING (number) ORDER BY number"
    ).fetchnumpy()
    digests = connection.execute(_DIGESTS, [refuting.kinds]).fetchnumpy()
    connection.unregister("found")

    *others, among = (columns[f"c{n}"].astype(np.int64) for n in range(len(coded)))
    everywhere = np.ones_like(among)
    for column, values in zip(refuting.columns, others, strict=True):
        yield Difference(values, everywhere if column in refuting.fitting else among)
    for place in np.unique(digests["place"]):
        is_kind = digests["place"] == place
        values = np.zeros_like(among)
        places = np.searchsorted(numbers, digests["number"][is_kind])
        values[places] = digests["value"][is_kind]
        yield Difference(values, among)


def _coded(columns: Sequence[str]) -> str:
    """Return SQL for a number from 1 for each value of the columns; 0 is unknown."""
    known = " AND ".join(f"{column} IS NOT NULL" for column in columns)
    rank = f"dense_rank() OVER (ORDER BY {', '.join(columns)})"
    return f"CASE WHEN {known} THEN {rank} ELSE 0 END"


_DIGESTS = """
SELECT
    number,
    list_position($1, kind) AS place,
    dense_rank() OVER (ORDER BY value) AS value
FROM found JOIN refuting USING (number)
WHERE list_contains($1, kind)
"""
