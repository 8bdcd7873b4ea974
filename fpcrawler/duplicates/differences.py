"""Read in what records differ, as numbers that ``splitting`` compares."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from fpcrawler.core.fingerprint.columns import BLOCKS
from fpcrawler.core.fingerprint.rules import WHOLE_DIGESTS, Rule
from fpcrawler.duplicates.splitting import disputed, one_each, paired

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from fpcrawler.duplicates.components import Numbers

    Rows = Mapping[str, Numbers]


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
        """The other columns, without the blocks."""
        columns = (*self.fitting, *self.undisputed)
        return [name for name in columns if name not in {*WHOLE_DIGESTS, BLOCKS}]

    @property
    def has_blocks(self) -> bool:
        """Whether blocks at equal offsets are among the columns."""
        return BLOCKS in self.fitting


class Difference(NamedTuple):
    """The values of one column; ``among``: the records that are compared in it.

    Both count from 1; 0 is unknown, and not compared. ``files``: the records of one
    number, from 1, do not refute each other.
    """

    values: Numbers
    among: Numbers
    files: Numbers

    def within(self, groups: Numbers) -> Numbers:
        """Return the values of the records that some of their group refute, or 0."""
        groups = paired(groups, self.among)
        compared = np.where(self.among > 0, self.values, 0)
        return disputed(groups, one_each(groups, self.files, compared))


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
    """Return a query for the labels of records that may be known to be different.

    Those of one ``file`` are not: ``Difference`` leaves them together. The query reads
    the table ``found``: ``number``, ``label``.
    """
    images = "FROM found JOIN candidates USING (number)"
    queries = ["SELECT label FROM found WHERE false"]
    queries += [
        f"SELECT label {images} GROUP BY label HAVING min({column}) <> max({column})"
        for column in refuting.fitting
        if column != BLOCKS
    ]
    if refuting.has_blocks:
        queries.append("""
            SELECT label FROM found JOIN blocks USING (number)
            GROUP BY label, place HAVING min(value) <> max(value)
        """)
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
    connection: DuckDBPyConnection,
    numbers: Numbers,
    labels: Numbers,
    refuting: Refuting,
) -> Iterator[Difference]:
    """Yield the differences of these candidates, sorted numbers, by column.

    Only candidates with equal ``labels`` will be compared.
    """
    connection.register("found", {"number": numbers, "label": labels})
    coded = [_coded((column,)) for column in refuting.columns]
    coded.append(_coded(refuting.among) if refuting.among else "1")
    columns = connection.execute(
        f"SELECT {', '.join(f'{code} AS c{n}' for n, code in enumerate(coded))} "
        "FROM found JOIN candidates USING (number) ORDER BY number"
    ).fetchnumpy()
    digests = connection.execute(_DIGESTS, [refuting.kinds]).fetchnumpy()
    blocks = connection.execute(_BLOCKS).fetchnumpy() if refuting.has_blocks else None
    connection.unregister("found")

    *others, among = (columns[f"c{n}"].astype(np.int64) for n in range(len(coded)))
    everywhere, alone = np.ones_like(among), np.zeros_like(among)
    for column, values in zip(refuting.columns, others, strict=True):
        is_fitting = column in refuting.fitting
        yield Difference(values, everywhere if is_fitting else among, alone)
    for rows in _by_place(digests):
        values, files = (_spread(numbers, rows, name) for name in ("value", "file"))
        yield Difference(values, among, files)
    if blocks is not None:
        for rows in _by_place(blocks):
            yield Difference(_spread(numbers, rows, "value"), everywhere, alone)


def _by_place(rows: Rows) -> Iterator[Rows]:
    for place in np.unique(rows["place"]):
        is_here = rows["place"] == place
        yield {name: column[is_here] for name, column in rows.items()}


def _spread(numbers: Numbers, rows: Rows, name: str) -> Numbers:
    """Return a column of the rows for all candidates; 0 for those without a row."""
    values = np.zeros_like(numbers)
    values[np.searchsorted(numbers, rows["number"])] = rows[name]
    return values


def _coded(columns: Sequence[str]) -> str:
    """Return SQL for a number from 1 for each value of the columns; 0 is unknown."""
    known = " AND ".join(f"{column} IS NOT NULL" for column in columns)
    rank = f"dense_rank() OVER (ORDER BY {', '.join(columns)})"
    return f"CASE WHEN {known} THEN {rank} ELSE 0 END"


_DIGESTS = """
SELECT
    number,
    list_position($1, kind) AS place,
    dense_rank() OVER (ORDER BY value) AS value,
    coalesce(file + 1, 0) AS file
FROM found JOIN refuting USING (number)
WHERE list_contains($1, kind)
"""

# Offsets of different labels share a place: each label has few, all together many.
_BLOCKS = """
SELECT
    number,
    dense_rank() OVER (PARTITION BY label ORDER BY place) AS place,
    dense_rank() OVER (ORDER BY value) AS value
FROM found JOIN blocks USING (number)
"""
