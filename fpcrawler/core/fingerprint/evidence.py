"""A record's fingerprints, and how many bytes they cover."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from fpcrawler.core.fingerprint.digests import DIGESTS, FILE_DIGESTS

CRYPTO_DIGESTS = {
    kind.name: kind.digits for kind in FILE_DIGESTS.values() if kind.proves_whole
}
"""Whole-file digests that prove identity, to the number of their hex digits."""

MAX_BLOCKS = 64
"""A record with more blocks has none; a crawl reads few of them."""

_HEX = re.compile(r"[0-9a-fA-F]*")
_OFFSET = re.compile(r"0|[1-9][0-9]{0,11}")
"""Without zeros before it, so that no block has two names; below UNKNOWN_SIZE."""
_MAX_NUMBER = 2**63


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """How many bytes the fingerprints cover; see ``evidence`` in DATA_FORMAT.md.

    ``sample_coded``: coded bytes in the sample. ``picture_coded``: coded bytes under
    ``picture_sha256``. ``…_deflated``: their length after zlib.
    ``is_constant_size``: the dimensions determine the length. ``is_upper_bound``: the
    coded data end there at the latest, because their end was not seen.
    ``is_divided``: strips or tiles are coded without each other (TIFF).
    ``ends_in_checksum``: ``end_sha256`` covers a checksum of the whole picture.
    ``blocks_deflated``: length of all blocks of ``blocks_sha256`` after zlib.
    """

    sample_coded: int = 0
    sample_deflated: int = 0
    picture_coded: int = 0
    picture_deflated: int = 0
    is_constant_size: bool = False
    is_upper_bound: bool = False
    is_divided: bool = False
    ends_in_checksum: bool = False
    blocks_deflated: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Fingerprint:
    """A record's fingerprints; None is unknown, hashes are lower-case hex.

    ``blocks``: offset in the coded data to the hash of the BLOCK_BYTES there.
    ``digests``: of the whole file, kind to hex. What was computed here wins over what
    the server states; ``computed`` are the kinds that were.
    """

    image_size: int | None = None
    sample_sha256: str | None = None
    picture_sha256: str | None = None
    picture_length: int | None = None
    end_sha256: str | None = None
    blocks: Mapping[int, str] = field(default_factory=dict)
    evidence: Evidence = field(default_factory=Evidence)
    digests: Mapping[str, str] = field(default_factory=dict)
    computed: frozenset[str] = frozenset()


def fingerprint_of(record: Mapping[str, object]) -> Fingerprint:
    """Read the fingerprints of a record from JSON; invalid values become None."""
    evidence = record.get("evidence")
    stated = _digests(record.get("server_digests"))
    computed = _digests(record.get("file_digests"))
    return Fingerprint(
        image_size=_number(record.get("image_size")),
        sample_sha256=_hex(record, "sha256_first_10240_bytes"),
        picture_sha256=_hex(record, "picture_sha256"),
        picture_length=_number(record.get("picture_length")),
        end_sha256=_hex(record, "end_sha256"),
        blocks=_blocks(record.get("blocks_sha256")),
        evidence=_evidence(evidence) if isinstance(evidence, dict) else Evidence(),
        digests=stated | computed,
        computed=frozenset(computed),
    )


def weakest(a: Evidence, b: Evidence) -> Evidence:
    """Return the lower value of each field: the evidence that both have."""
    return Evidence(
        sample_coded=min(a.sample_coded, b.sample_coded),
        sample_deflated=min(a.sample_deflated, b.sample_deflated),
        picture_coded=min(a.picture_coded, b.picture_coded),
        picture_deflated=min(a.picture_deflated, b.picture_deflated),
        is_constant_size=a.is_constant_size or b.is_constant_size,
        is_upper_bound=a.is_upper_bound or b.is_upper_bound,
        is_divided=a.is_divided or b.is_divided,
        ends_in_checksum=a.ends_in_checksum and b.ends_in_checksum,
        blocks_deflated=min(a.blocks_deflated, b.blocks_deflated),
    )


def _evidence(values: Mapping[str, object]) -> Evidence:
    return Evidence(
        sample_coded=_number(values.get("sample_coded")) or 0,
        sample_deflated=_number(values.get("sample_deflated")) or 0,
        picture_coded=_number(values.get("picture_coded")) or 0,
        picture_deflated=_number(values.get("picture_deflated")) or 0,
        is_constant_size=values.get("is_constant_size") is True,
        is_upper_bound=values.get("is_upper_bound") is True,
        is_divided=values.get("is_divided") is True,
        ends_in_checksum=values.get("ends_in_checksum") is True,
        blocks_deflated=_number(values.get("blocks_deflated")) or 0,
    )


def _blocks(values: object) -> dict[int, str]:
    """Read blocks of JSON, whose keys are texts; none if there are too many."""
    if not isinstance(values, dict) or len(values) > MAX_BLOCKS:
        return {}
    return {
        int(offset): digest
        for offset, value in values.items()
        if isinstance(offset, str) and _OFFSET.fullmatch(offset)
        if (digest := _digest(value, DIGESTS["end_sha256"].digits)) is not None
    }


def _digests(values: object) -> dict[str, str]:
    if not isinstance(values, dict):
        return {}
    found = {name: _hex(values, name) for name in FILE_DIGESTS}
    return {kind: digest for kind, digest in found.items() if digest is not None}


def _number(value: object) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if 0 <= value < _MAX_NUMBER else None


def _hex(values: Mapping[str, object], name: str) -> str | None:
    return _digest(values.get(name), DIGESTS[name].digits)


def _digest(value: object, digits: int) -> str | None:
    if not isinstance(value, str) or len(value) != digits:
        return None
    return value.lower() if _HEX.fullmatch(value) else None
