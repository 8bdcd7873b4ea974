"""Read the blocks of records into tables."""

from __future__ import annotations

from fpcrawler.core.fingerprint.columns import PROVING
from fpcrawler.core.fingerprint.digests import DIGESTS
from fpcrawler.core.fingerprint.evidence import MAX_BLOCKS


def hash_bytes(kind: str, table: str = "") -> str:
    """Return SQL for the bytes of a hash in hex, NULL if it is not valid."""
    name, digits = f"{table}{kind}", DIGESTS[kind].digits
    return f"CASE WHEN length({name}) = {digits} THEN TRY(unhex({name})) END"


# Blocks of a picture whose end was not seen may lie after it.
CREATE_BLOCKS = f"""
CREATE TABLE all_blocks AS
WITH
    offsets AS (
        SELECT
            rowid AS record, blocks_sha256,
            unnest(TRY(json_keys(blocks_sha256))) AS text
        FROM records
        WHERE blocks_sha256 IS NOT NULL
            AND NOT coalesce(evidence.is_upper_bound, false)
            AND TRY(len(json_keys(blocks_sha256))) <= {MAX_BLOCKS}
    ),
    texts AS (
        SELECT
            record, text::BIGINT AS place,
            blocks_sha256 ->> ('$."' || text || '"') AS end_sha256
        FROM offsets WHERE regexp_full_match(text, '0|[1-9][0-9]{{0,11}}')
    )
SELECT record, place, {hash_bytes("end_sha256")} AS value
FROM texts WHERE value IS NOT NULL;
CREATE TABLE block_lists AS
SELECT
    record,
    list(place || ':' || hex(value) ORDER BY place) AS texts,
    list(place ORDER BY place) AS places,
    array_to_string(texts, ',') AS blocks,
    CASE WHEN len(texts) >= {PROVING} THEN array_to_string(texts[:{PROVING}], ',') END
        AS first_blocks
FROM all_blocks GROUP BY record
"""
"""The blocks of ``records``: a row for each in ``all_blocks``, and in ``block_lists``
for each record."""
