"""Select the records that share a hash with another: only they can be copies."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, get_type_hints

from fpcrawler.core.fingerprint.blocks import BLOCK_BYTES
from fpcrawler.core.fingerprint.columns import COMPUTED, PROVING, THICK_DEFLATED
from fpcrawler.core.fingerprint.digests import FILE_DIGESTS
from fpcrawler.core.fingerprint.evidence import Evidence
from fpcrawler.core.fingerprint.picture import END_BYTES
from fpcrawler.core.fingerprint.rules import RULES
from fpcrawler.duplicates.blocks import CREATE_BLOCKS, hash_bytes
from fpcrawler.items import JUDGED_FIELDS
from fpcrawler.tables.feeds import THROUGH_TOR
from fpcrawler.tables.latest import load

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from fpcrawler.feeds.files import FeedFile

FIELDS = (
    *("page_url", "timestamp", "tor", "format", "width", "height", "has_ranges"),
    "requests",
    *JUDGED_FIELDS,
)
_COUNTS = [name for name, kind in get_type_hints(Evidence).items() if kind is int]
_FLAGS = [name for name, kind in get_type_hints(Evidence).items() if kind is bool]
_EVIDENCE = dict.fromkeys(_COUNTS, "INTEGER") | dict.fromkeys(_FLAGS, "BOOLEAN")


def load_candidates(
    connection: DuckDBPyConnection, feeds: Sequence[FeedFile]
) -> Counter[Path]:
    """Create the tables ``candidates`` and ``digests``; return skipped lines by feed.

    A candidate has a ``number``, from 0. ``digests`` has a row for each digest or
    checksum of a whole file: ``number``, ``kind``, ``value``, ``is_computed`` (here,
    not by a server). ``refuting`` has the values to compare for a difference; those of
    one ``file`` do not refute each other. ``blocks`` has the ``value`` at each
    ``place``, an offset in the coded data.
    """
    skipped = load(connection, feeds, table="records", fields=FIELDS, columns=_COLUMNS)
    for step in (_DIGESTS, CREATE_BLOCKS, _CANDIDATES, _NUMBERED):
        connection.execute(step)
    return skipped


def _quoted(names: Sequence[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)


def _number(name: str, kind: str = "BIGINT") -> str:
    return f"CASE WHEN TRY_CAST({name} AS {kind}) >= 0 THEN {name}::{kind} END"


_COLUMNS = f"""
    page_url,
    TRY_CAST(timestamp AS TIMESTAMP) AS timestamp,
    {THROUGH_TOR} AS tor,
    {_number("image_size")} AS image_size,
    format,
    {_number("width", "INTEGER")} AS width,
    {_number("height", "INTEGER")} AS height,
    {hash_bytes("sha256_first_10240_bytes")} AS sample,
    {hash_bytes("picture_sha256")} AS picture,
    {_number("picture_length")} AS picture_length,
    {hash_bytes("end_sha256")} AS ending,
    nullif(blocks_sha256, '{{}}') AS blocks_sha256,
    coalesce(lower(has_ranges) = 'false', false) AS is_rangeless,
    coalesce(TRY(json_extract_string(requests, '$.proof')::BIGINT) > 0, false)
        AS is_looked_at,
    TRY(json_transform(evidence, '{json.dumps(_EVIDENCE)}')) AS evidence,
    nullif(server_digests, '{{}}') AS server_digests,
    -- Most records have all keys and no digest: a NULL needs less memory.
    CASE WHEN regexp_matches(file_digests, ':\\s*"') THEN file_digests END
        AS file_digests
"""

_DIGEST_TEXTS = json.dumps(dict.fromkeys(FILE_DIGESTS, "VARCHAR"))

# What was computed of the whole file wins over what its server states.
_DIGESTS = f"""
CREATE TABLE all_digests AS
WITH texts AS (
    SELECT
        rowid AS record,
        TRY(json_transform(server_digests, '{_DIGEST_TEXTS}')) AS stated,
        TRY(json_transform(file_digests, '{_DIGEST_TEXTS}')) AS computed
    FROM records WHERE server_digests IS NOT NULL OR file_digests IS NOT NULL
)
{
    " UNION ALL ".join(
        f"SELECT record, '{kind}' AS kind, "
        f"coalesce({hash_bytes(kind, 'computed.')}, "
        f"{hash_bytes(kind, 'stated.')}) AS value, "
        f"{hash_bytes(kind, 'computed.')} IS NOT NULL AS is_computed "
        f"FROM texts WHERE value IS NOT NULL"
        for kind in FILE_DIGESTS
    )
}
"""

# The columns that a rule needs; any other rule's columns include some of them.
_SHARED = [
    known
    for known in dict.fromkeys(rule.known for rule in RULES)
    if known[0] not in {*FILE_DIGESTS, *COMPUTED}
    and not any(set(other.known) < set(known) for other in RULES)
]


def _sharing(columns: Sequence[str]) -> str:
    """Return SQL: the records that share the known values of these columns."""
    key = f"hash({', '.join(columns)})"
    known = " AND ".join(f"{column} IS NOT NULL" for column in columns)
    return f"""
        SELECT rowid AS record FROM records WHERE {known} AND {key} IN (
            SELECT {key} AS key FROM records WHERE {known}
            GROUP BY key HAVING count(*) > 1
        )
        UNION
    """


# Hashes of hashes need less memory; an extra candidate does no harm.
_CANDIDATES = f"""
CREATE TABLE numbered AS
WITH
    values AS (
        SELECT hash(kind, value) AS key FROM all_digests
        GROUP BY key HAVING count(*) > 1
    ),
    sharing AS (
        {"".join(map(_sharing, _SHARED))}
        SELECT record FROM all_digests WHERE hash(kind, value) IN (FROM values)
    )
SELECT
    records.rowid AS record,
    records.* EXCLUDE (server_digests, file_digests, evidence, blocks_sha256),
    blocks_sha256 IS NOT NULL AS is_verified,
    blocks,
    first_blocks,
    places,
    {
    ", ".join(
        f"greatest(0, coalesce(evidence.{name}, 0)) AS {name}" for name in _COUNTS
    )
},
    {", ".join(f"coalesce(evidence.{name}, false) AS {name}" for name in _FLAGS)}
FROM records JOIN sharing ON records.rowid = sharing.record
LEFT JOIN block_lists ON records.rowid = block_lists.record;
DROP TABLE block_lists;
DROP TABLE records;  -- records without a common hash need most of the memory
CREATE VIEW candidates AS
SELECT
    rowid AS number,
    * EXCLUDE (record, places),
    -- As ``columns_of`` in core.fingerprint.columns.
    CASE WHEN NOT is_upper_bound THEN picture_length END AS exact_length,
    picture_coded + {END_BYTES} AS head_and_end,
    ends_in_checksum::INTEGER AS has_checksum,
    coalesce(len(places), 0) AS block_count,
    is_constant_size OR is_divided AS is_local,
    CASE
        WHEN blocks_deflated >= {THICK_DEFLATED} AND NOT is_local THEN block_count
        ELSE 0
    END AS proving_blocks,
    -- As ``block_coded`` and ``_reach`` there.
    list_transform(coalesce(places, []), lambda place: greatest(0, least(
        {BLOCK_BYTES},
        place + {BLOCK_BYTES} - greatest(sample_coded, picture_coded)
    ))) AS after_head,
    coalesce(list_sum(after_head), 0)::BIGINT AS block_coded,
    coalesce(list_sum(after_head[:{PROVING}]), 0)::BIGINT AS first_coded,
    {END_BYTES} + coalesce(list_reduce(
        places,
        lambda reach, place: CASE
            WHEN place <= reach THEN greatest(reach, place + {BLOCK_BYTES})
            ELSE reach
        END,
        picture_coded::BIGINT
    ), picture_coded) AS reach_and_end
FROM numbered;
"""

# Servers may state different digests of one file, as was computed. They do not refute
# each other: a value that was computed, too, is that of all its records, and records
# without one are compared as one ``file``.
_NUMBERED = f"""
CREATE TABLE digests AS
SELECT number, kind, value, is_computed
FROM all_digests JOIN (SELECT rowid AS number, record FROM numbered) USING (record);
DROP TABLE all_digests;
CREATE TABLE blocks AS
SELECT number, place, value
FROM all_blocks JOIN (SELECT rowid AS number, record FROM numbered) USING (record);
DROP TABLE all_blocks;
CREATE TABLE restated AS
SELECT number, kind, min(computed) AS value, min(file) AS file
FROM (
    SELECT
        number, kind, file, min(value) OVER w <> max(value) OVER w AS differs,
        min(value) FILTER (is_computed) OVER w AS computed
    FROM digests JOIN (
        SELECT
            number, kind AS file_kind,
            min(number) OVER (PARTITION BY kind, value) AS file
        FROM digests WHERE is_computed AND kind IN ({_quoted([*COMPUTED.values()])})
    ) USING (number)
    WINDOW w AS (PARTITION BY file_kind, file, kind)
)
WHERE differs GROUP BY number, kind;
CREATE VIEW refuting AS
SELECT number, kind, coalesce(restated.value, digests.value) AS value, file
FROM digests LEFT JOIN restated USING (number, kind);
"""
