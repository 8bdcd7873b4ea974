"""The keys that records must share for a verdict, as edges between candidates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from fpcrawler.core.fingerprint.evidence import CRYPTO_DIGESTS, ENOUGH, ENOUGH_IN_BLOCKS
from fpcrawler.core.fingerprint.head import SAMPLE_BYTES
from fpcrawler.core.fingerprint.verdicts import VerdictName

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from fpcrawler.duplicates.components import Numbers

_HAS_FILE = "sample IS NOT NULL AND image_size IS NOT NULL"
_HAS_PICTURE = "picture IS NOT NULL AND picture_length IS NOT NULL"
_HAS_TELLING_BLOCKS = f"block IS NOT NULL AND block_deflated >= {ENOUGH_IN_BLOCKS}"
_IS_ENOUGH_FOR_FILE = f"""(
    {_HAS_TELLING_BLOCKS} OR NOT is_constant_size
    AND greatest(sample_deflated, picture_deflated) >= {ENOUGH}
)"""
_IS_ENOUGH_FOR_PICTURE = f"""(
    {_HAS_TELLING_BLOCKS}
    OR picture_length BETWEEN 1 AND picture_coded
    OR NOT is_constant_size AND picture_deflated >= {ENOUGH}
)"""


class Edges(NamedTuple):
    """Candidates, and for each the first candidate with the same key."""

    numbers: Numbers
    firsts: Numbers


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """Columns in which candidates must agree; NULL agrees with NULL.

    ``where``: a condition on each candidate. ``having``: a condition on the window
    ``w`` of all candidates with the same key. ``is_of_file``: the key means that the
    files are equal, so different digests of the whole files refute it.
    """

    verdict: VerdictName
    columns: str
    where: str
    having: str = "true"
    table: str = "candidates"
    is_of_file: bool = True


KEYS = (
    *(
        Key(
            verdict=VerdictName.IDENTICAL,
            columns="value",
            table="candidates JOIN digests USING (number)",
            where=f"kind = '{kind}'",
            having="""
                min(image_size) OVER w IS NOT DISTINCT FROM max(image_size) OVER w
                AND min(sample) OVER w IS NOT DISTINCT FROM max(sample) OVER w
            """,
        )
        for kind in CRYPTO_DIGESTS
    ),
    Key(
        verdict=VerdictName.IDENTICAL,
        columns="image_size, sample",
        where=f"{_HAS_FILE} AND image_size <= {SAMPLE_BYTES}",
    ),
    Key(
        verdict=VerdictName.SAME_FILE,
        columns="image_size, sample, picture, picture_length, block",
        where=f"{_HAS_FILE} AND {_IS_ENOUGH_FOR_FILE}",
    ),
    Key(
        verdict=VerdictName.SAME_PICTURE,
        columns="picture, picture_length, block",
        where=f"{_HAS_PICTURE} AND {_IS_ENOUGH_FOR_PICTURE}",
        is_of_file=False,
    ),
    # An unknown value may equal any other, so it matches all of them.
    Key(
        verdict=VerdictName.UNPROVEN,
        columns="image_size, sample, picture, picture_length, block",
        where=_HAS_FILE,
    ),
    Key(
        verdict=VerdictName.UNPROVEN,
        columns="image_size, sample, picture, picture_length",
        where=_HAS_FILE,
        having="bool_or(block IS NULL) OVER w",
    ),
    Key(
        verdict=VerdictName.UNPROVEN,
        columns="image_size, sample, picture",
        where=_HAS_FILE,
        having="bool_or(picture_length IS NULL) OVER w",
    ),
    Key(
        verdict=VerdictName.UNPROVEN,
        columns="image_size, sample",
        where=_HAS_FILE,
        having="bool_or(picture IS NULL) OVER w",
    ),
    Key(
        verdict=VerdictName.UNPROVEN,
        columns="picture, picture_length, block",
        where=_HAS_PICTURE,
        is_of_file=False,
    ),
    Key(
        verdict=VerdictName.UNPROVEN,
        columns="picture, picture_length",
        where=_HAS_PICTURE,
        having="bool_or(block IS NULL) OVER w",
        is_of_file=False,
    ),
    Key(
        verdict=VerdictName.SAME_HEAD,
        columns="sample",
        where="sample IS NOT NULL",
        is_of_file=False,
    ),
)


def edges_of(connection: DuckDBPyConnection, key: Key) -> Edges:
    """Return the edges between candidates that share a key."""
    query = f"""
        SELECT number, min(number) OVER w AS first
        FROM {key.table} WHERE {key.where}
        WINDOW w AS (PARTITION BY {key.columns})
        QUALIFY count(*) OVER w > 1 AND {key.having}
    """
    if key.is_of_file:
        query = _UNREFUTED.format(query)
    found = connection.execute(query).fetchnumpy()
    return Edges(found["number"], found["first"])


_UNREFUTED = """
WITH
    edges AS ({}),
    refuted AS (
        SELECT DISTINCT first FROM edges JOIN digests USING (number)
        GROUP BY first, kind HAVING min(value) <> max(value)
    )
FROM edges ANTI JOIN refuted USING (first)
"""
