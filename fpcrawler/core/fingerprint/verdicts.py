"""The verdict on two records, and the evidence it is based on.

This module judges two records. Larger groups are built by SQL, which must give the
same verdicts.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from fpcrawler.core.fingerprint.evidence import (
    CHECKSUMS,
    CRYPTO_DIGESTS,
    Evidence,
    Fingerprint,
    weakest,
)
from fpcrawler.core.fingerprint.head import SAMPLE_BYTES
from fpcrawler.core.fingerprint.picture import BLOCK_BYTES

BOTH_BLOCKS = 2 * BLOCK_BYTES
"""Coded bytes under ``block_sha256``: the middle block and the end block."""


class VerdictName(StrEnum):
    """The verdicts on two files, the strongest first."""

    IDENTICAL = "identical"
    SAME_FILE = "same-file"
    SAME_PICTURE = "same-picture"
    UNPROVEN = "unproven"
    SAME_HEAD = "same-head"


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """The fingerprints in which two or more records agree.

    Sizes, lengths and evidence are the lowest of all records. ``digest`` is the kind
    of a whole-file digest that agrees, or None.
    """

    image_size: int | None
    picture_length: int | None
    evidence: Evidence
    has_sample: bool
    has_picture: bool
    has_block: bool
    digest: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounds:
    """How much was compared: ``bytes`` of the file, ``coded`` bytes among them.

    ``deflated`` is the length of the coded bytes after zlib. ``bytes`` is None if a
    digest covers a file of unknown size.
    """

    bytes: int | None
    coded: int
    deflated: int
    has_blocks: bool
    digest: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The verdict on two files, and how much was compared."""

    name: VerdictName
    evidence: Grounds


def verdict(a: Fingerprint, b: Fingerprint) -> Verdict | None:
    """Judge two records; None if they have nothing in common."""
    name = _name(a, b)
    if name is None:
        return None
    return Verdict(name=name, evidence=compared(_agreement(name, a, b)))


def compared(agreement: Agreement) -> Grounds:
    """Return how much was compared by records with this agreement."""
    evidence = agreement.evidence
    head = SAMPLE_BYTES if agreement.has_sample else 0
    if agreement.image_size is not None:
        head = min(head, agreement.image_size)
    head_coded = evidence.sample_coded if agreement.has_sample else 0
    coded = max(head_coded, evidence.picture_coded if agreement.has_picture else 0)
    blocks = BOTH_BLOCKS if agreement.has_block else 0
    if blocks and agreement.picture_length is not None:
        blocks = max(0, min(blocks, agreement.picture_length - coded))
    is_whole = agreement.digest is not None
    return Grounds(
        bytes=agreement.image_size if is_whole else head + coded - head_coded + blocks,
        coded=coded + blocks,
        deflated=max(
            evidence.sample_deflated if agreement.has_sample else 0,
            evidence.picture_deflated if agreement.has_picture else 0,
        ),
        has_blocks=agreement.has_block,
        digest=agreement.digest,
    )


def _name(a: Fingerprint, b: Fingerprint) -> VerdictName | None:
    has_sample = _agree(a.sample_sha256, b.sample_sha256)
    is_refuted = _digests_differ(a, b)
    may_be_file = has_sample and _agree(a.image_size, b.image_size) and not is_refuted
    may_be_picture = _have_one_picture(a, b) and _fit(a.block_sha256, b.block_sha256)

    if not is_refuted and _are_identical(a, b):
        return VerdictName.IDENTICAL
    if a.profile == b.profile:
        if may_be_file and a.is_enough_for_file and b.is_enough_for_file:
            return VerdictName.SAME_FILE
        if may_be_picture and a.is_enough_for_picture and b.is_enough_for_picture:
            return VerdictName.SAME_PICTURE
    if may_be_picture or (may_be_file and all(map(_fit, a.profile, b.profile))):
        return VerdictName.UNPROVEN
    return VerdictName.SAME_HEAD if has_sample else None


def _are_identical(a: Fingerprint, b: Fingerprint) -> bool:
    """Return whether whole files agree: in a digest, or in a sample of every byte."""
    size = a.image_size
    is_short = size is not None and size == b.image_size and size <= SAMPLE_BYTES
    if is_short and _agree(a.sample_sha256, b.sample_sha256):
        return True
    fits = _fit(size, b.image_size) and _fit(a.sample_sha256, b.sample_sha256)
    return fits and _common_digest(a, b) is not None


def _have_one_picture(a: Fingerprint, b: Fingerprint) -> bool:
    """Return whether the hash and the length of the coded data agree."""
    return _agree(a.picture_sha256, b.picture_sha256) and _agree(
        a.picture_length, b.picture_length
    )


def _agree(a: object, b: object) -> bool:
    """Return whether two values are known and equal."""
    return a is not None and a == b


def _fit(a: object, b: object) -> bool:
    """Return whether two values are equal or one of them is unknown."""
    return a is None or b is None or a == b


def _digests_differ(a: Fingerprint, b: Fingerprint) -> bool:
    return any(
        kind in a.digests and kind in b.digests and a.digests[kind] != b.digests[kind]
        for kind in (*CRYPTO_DIGESTS, *CHECKSUMS)
    )


def _common_digest(a: Fingerprint, b: Fingerprint) -> str | None:
    """Return the kind of the longest digest that both have.

    Its values are equal: the caller has ruled out digests that differ.
    """
    common = (
        kind for kind in CRYPTO_DIGESTS if kind in a.digests and kind in b.digests
    )
    return max(common, key=CRYPTO_DIGESTS.__getitem__, default=None)


def _agreement(name: VerdictName, a: Fingerprint, b: Fingerprint) -> Agreement:
    is_identical = name is VerdictName.IDENTICAL
    return Agreement(
        image_size=_least(a.image_size, b.image_size),
        picture_length=_least(a.picture_length, b.picture_length),
        evidence=weakest(a.evidence, b.evidence),
        has_sample=_agree(a.sample_sha256, b.sample_sha256),
        has_picture=_have_one_picture(a, b),
        has_block=_agree(a.block_sha256, b.block_sha256),
        digest=_common_digest(a, b) if is_identical else None,
    )


def _least(a: int | None, b: int | None) -> int | None:
    return min((n for n in (a, b) if n is not None), default=None)
