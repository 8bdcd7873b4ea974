"""Judge each group: one image for each URL, and one verdict for the group."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fpcrawler.core.fingerprint.columns import PROVING
from fpcrawler.core.fingerprint.evidence import CRYPTO_DIGESTS
from fpcrawler.core.fingerprint.head import SAMPLE_BYTES
from fpcrawler.core.fingerprint.picture import END_BYTES
from fpcrawler.core.fingerprint.rules import IS_SHORT, VerdictName
from fpcrawler.core.fingerprint.verdicts import SHARES, Doubt
from fpcrawler.duplicates.keys import holds

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def judge_groups(connection: DuckDBPyConnection, *, between_hosts: bool) -> None:
    """Create the tables ``groups`` and ``listed`` from the members.

    A group has two or more URLs; with ``between_hosts``, two or more hosts. Its
    ``position`` is that of the output: by verdict, then the largest first. ``listed``
    has the images of all groups in this order, with ``line`` from 1, ``number``,
    ``position`` and ``host``.
    """
    connection.execute(_IMAGES)
    connection.execute(_GROUPS.format(between_hosts=between_hosts))
    connection.execute(_LISTED)


# RFC 3986 section 3.2; browsers take a backslash for a slash.
_AUTHORITY = r"^[A-Za-z][A-Za-z0-9+.-]*://(?:[^/?#\\]*@)?([^/?#\\]*)"
HOST = f"lower(regexp_extract(url, '{_AUTHORITY}', 1))"
"""SQL for the host of ``url``, with its port."""

_IMAGES = f"""
CREATE TABLE images AS
SELECT members.*, {HOST} AS host
FROM members JOIN candidates USING (number)
QUALIFY row_number() OVER (
    PARTITION BY weakest, root, url ORDER BY timestamp DESC NULLS LAST, number DESC
) = 1;
DROP TABLE members;
"""

_RANKS = ", ".join(f"'{name}'" for name in VerdictName)
_DIGEST_KINDS = ", ".join(f"'{kind}'" for kind in CRYPTO_DIGESTS)


def _all_have(column: str) -> str:
    """Return SQL: whether all images of a group have one known value."""
    return f"count({column}) = count(*) AND min({column}) = max({column})"


# As ``compared`` in core.fingerprint.verdicts, with the minimum over the group.
_HEAD_ONLY = "greatest(head_coded, picture_coded)"
_END = f"""
CASE
    WHEN NOT has_ends THEN 0
    ELSE greatest(0, least({END_BYTES}, shortest - {_HEAD_ONLY} - block_coded))
END
"""
_CODED = f"({_HEAD_ONLY} + block_coded + {_END})"
_COMPARED = f"""{{
    bytes: CASE
        WHEN digest IS NOT NULL THEN least_size
        ELSE
            CASE WHEN has_sample THEN least({SAMPLE_BYTES}, least_size) ELSE 0 END
            + {_CODED} - head_coded
    END,
    coded: {_CODED},
    deflated: deflated,
    share: CASE
        WHEN verdict = '{VerdictName.IDENTICAL}' THEN 1
        WHEN longest > 0
            THEN (least({_CODED}, longest) * {SHARES} // longest)::DOUBLE / {SHARES}
    END,
    has_ends: has_ends,
    blocks: blocks,
    digest: digest
}}"""

_DOUBT = f"""
CASE
    WHEN weakest <> '{VerdictName.LIKELY}' THEN NULL
    WHEN NOT has_picture OR shortest IS NULL THEN '{Doubt.NO_PICTURE}'
    WHEN bool_or(is_local) THEN '{Doubt.LOCAL}'
    WHEN bool_or(is_rangeless AND NOT is_verified) THEN '{Doubt.NO_RANGES}'
    WHEN NOT bool_and(is_verified OR is_looked_at) THEN '{Doubt.NOT_VERIFIED}'
    WHEN bool_or(is_upper_bound) OR NOT has_ends THEN '{Doubt.NO_END}'
    WHEN min(block_count) < {PROVING} THEN '{Doubt.FEW}'
    WHEN NOT has_blocks AND NOT has_first THEN '{Doubt.APART}'
    ELSE '{Doubt.THIN}'
END
"""

_GROUPS = f"""
CREATE TABLE groups AS
WITH
    judged AS (
        SELECT
            weakest,
            root,
            CASE
                WHEN weakest <> '{VerdictName.SAME_PICTURE}' THEN weakest
                WHEN min(identical) = max(identical) THEN '{VerdictName.IDENTICAL}'
                WHEN min(file) = max(file) THEN '{VerdictName.SAME_FILE}'
                ELSE weakest
            END AS verdict,
            count(*) AS count,
            coalesce(sum(image_size), 0) AS bytes,
            coalesce(bytes - max(image_size), 0) AS redundant_bytes,
            coalesce(bool_and({holds(IS_SHORT)}), false) AS is_short,
            min(image_size) AS least_size,
            min(picture_length) AS shortest,
            max(picture_length) AS longest,
            {_all_have("sample")} AS has_sample,
            {_all_have("picture")} AS has_picture,
            {_all_have("ending")} AS has_ends,
            {_all_have("blocks")} AS has_blocks,
            {_all_have("first_blocks")} AS has_first,
            CASE
                WHEN has_blocks THEN min(block_count)
                WHEN has_first THEN {PROVING}
                ELSE 0
            END AS blocks,
            CASE
                WHEN has_blocks THEN min(block_coded)
                WHEN has_first THEN min(first_coded)
                ELSE 0
            END AS block_coded,
            {_DOUBT} AS doubt,
            CASE WHEN has_sample THEN min(sample_coded) ELSE 0 END AS head_coded,
            CASE WHEN has_picture THEN min(picture_coded) ELSE 0 END AS picture_coded,
            greatest(
                CASE WHEN has_sample THEN min(sample_deflated) ELSE 0 END,
                CASE WHEN has_picture THEN min(picture_deflated) ELSE 0 END
            ) AS deflated,
            min(url) AS url
        FROM images JOIN candidates USING (number)
        GROUP BY weakest, root
        HAVING
            count(*) > 1
            AND (weakest = '{VerdictName.SAME_PICTURE}' OR min(part) <> max(part))
            AND (min(host) <> max(host) OR NOT {{between_hosts}})
    ),
    common AS (
        SELECT
            weakest, root, count(*) AS count, kind, max(octet_length(value)) AS length
        FROM images JOIN digests USING (number)
        WHERE kind IN ({_DIGEST_KINDS})
        GROUP BY weakest, root, kind HAVING min(value) = max(value)
    ),
    digested AS (
        SELECT
            weakest, root,
            -- Several digests may join a group that has no digest in common.
            coalesce(
                arg_max(kind, length) FILTER (common.count = judged.count),
                string_agg(kind, '+' ORDER BY length DESC) FILTER (NOT is_short)
            ) AS digest
        FROM judged JOIN common USING (weakest, root)
        WHERE verdict = '{VerdictName.IDENTICAL}' GROUP BY weakest, root
    )
SELECT
    list_position([{_RANKS}], verdict) AS rank,
    row_number() OVER (ORDER BY rank, count DESC, bytes DESC, url) AS position,
    weakest, root, verdict, doubt, count, bytes, redundant_bytes,
    {_COMPARED.replace("{", "{{").replace("}", "}}")} AS evidence
FROM judged LEFT JOIN digested USING (weakest, root)
"""

_LISTED = """
CREATE TABLE listed AS
SELECT row_number() OVER (ORDER BY position, url) AS line, number, position, host
FROM groups JOIN images USING (weakest, root) JOIN candidates USING (number);
DROP TABLE images;
"""
