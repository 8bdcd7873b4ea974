"""The columns of a record that the rules of the verdicts compare."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields

from fpcrawler.core.fingerprint.blocks import BLOCK_BYTES
from fpcrawler.core.fingerprint.digests import FileDigests
from fpcrawler.core.fingerprint.evidence import Evidence, Fingerprint
from fpcrawler.core.fingerprint.picture import END_BYTES

Columns = Mapping[str, str | int | None]

COMPUTED = {f"file_{field.name}": field.name for field in fields(FileDigests)}
"""Columns of the whole-file digests that were computed here, to their kinds."""

BLOCKS = "blocks"
"""The column of all blocks. As a fitting one, blocks with equal offsets are equal."""
FIRST_BLOCKS = "first_blocks"
"""The column of the first PROVING blocks. Of long copies the last may be missing."""
PROVING = 2
"""How many shared blocks prove a copy at least."""
BLOCK_AT = "block at "
"""How the column of one block begins; its offset follows."""

THICK_DEFLATED = 1_024
"""Blocks whose bytes deflate to less than this have too little content to prove."""

_COUNTS = tuple(field.name for field in fields(Evidence))


def columns_of(fingerprint: Fingerprint) -> Columns:
    """Return a record's columns; a digest that is unknown has none."""
    evidence, length = fingerprint.evidence, fingerprint.picture_length
    # What is after an end that was not seen may not be of the picture.
    blocks = {} if evidence.is_upper_bound else fingerprint.blocks
    # Where a change stays where it is, blocks beside it do not see it.
    is_local = evidence.is_constant_size or evidence.is_divided
    is_thick = evidence.blocks_deflated >= THICK_DEFLATED
    return {
        "image_size": fingerprint.image_size,
        "sample": fingerprint.sample_sha256,
        "picture": fingerprint.picture_sha256,
        "picture_length": length,
        "exact_length": None if evidence.is_upper_bound else length,
        "ending": fingerprint.end_sha256,
        "head_and_end": evidence.picture_coded + END_BYTES,
        "has_checksum": int(evidence.ends_in_checksum),
        BLOCKS: _text(blocks) or None,
        FIRST_BLOCKS: _text(blocks, PROVING) if len(blocks) >= PROVING else None,
        "proving_blocks": len(blocks) if is_thick and not is_local else 0,
        "reach_and_end": _reach(blocks, evidence.picture_coded) + END_BYTES,
        **{f"{BLOCK_AT}{offset}": digest for offset, digest in blocks.items()},
        **{name: getattr(evidence, name) for name in _COUNTS},
        **fingerprint.digests,
        **{
            column: fingerprint.digests.get(kind)
            for column, kind in COMPUTED.items()
            if kind in fingerprint.computed
        },
    }


def block_coded(fingerprint: Fingerprint, count: int) -> int:
    """Return how many bytes of the first ``count`` blocks are after the head."""
    evidence = fingerprint.evidence
    head = max(evidence.sample_coded, evidence.picture_coded)
    return sum(
        min(max(offset + BLOCK_BYTES - head, 0), BLOCK_BYTES)
        for offset in sorted(fingerprint.blocks)[:count]
    )


def _text(blocks: Mapping[int, str], count: int | None = None) -> str:
    return ",".join(f"{offset}:{blocks[offset]}" for offset in sorted(blocks)[:count])


def _reach(blocks: Iterable[int], picture_coded: int) -> int:
    """Return how many first coded bytes the head and the blocks cover without a gap."""
    reach = picture_coded
    for offset in sorted(blocks):
        if offset <= reach:
            reach = max(reach, offset + BLOCK_BYTES)
    return reach
