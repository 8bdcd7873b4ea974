"""The verdict on two records, and the evidence it is based on."""

from __future__ import annotations

from dataclasses import dataclass

from fpcrawler.core.fingerprint.evidence import (
    CRYPTO_DIGESTS,
    Evidence,
    Fingerprint,
    weakest,
)
from fpcrawler.core.fingerprint.head import SAMPLE_BYTES
from fpcrawler.core.fingerprint.picture import END_BYTES
from fpcrawler.core.fingerprint.rules import PICTURE, RULES, VerdictName, columns_of


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
    has_end: bool
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
    has_end: bool
    digest: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The verdict on two files, and how much was compared."""

    name: VerdictName
    evidence: Grounds


def verdict(a: Fingerprint, b: Fingerprint) -> Verdict | None:
    """Judge two records; None if they have nothing in common."""
    one, other = columns_of(a), columns_of(b)
    name = next((rule.verdict for rule in RULES if rule.joins(one, other)), None)
    if name is None:
        return None

    def agree(*columns: str) -> bool:
        return all(one[c] is not None and one[c] == other[c] for c in columns)

    agreement = Agreement(
        image_size=_least(a.image_size, b.image_size),
        picture_length=_least(a.picture_length, b.picture_length),
        evidence=weakest(a.evidence, b.evidence),
        has_sample=agree("sample"),
        has_picture=agree(*PICTURE),
        has_end=agree("coded_end"),
        digest=_common_digest(a, b) if name is VerdictName.IDENTICAL else None,
    )
    return Verdict(name=name, evidence=compared(agreement))


def compared(agreement: Agreement) -> Grounds:
    """Return how much was compared by records with this agreement."""
    evidence = agreement.evidence
    head = SAMPLE_BYTES if agreement.has_sample else 0
    if agreement.image_size is not None:
        head = min(head, agreement.image_size)
    head_coded = evidence.sample_coded if agreement.has_sample else 0
    coded = max(head_coded, evidence.picture_coded if agreement.has_picture else 0)
    end = END_BYTES if agreement.has_end else 0
    if end and agreement.picture_length is not None:
        end = max(0, min(end, agreement.picture_length - coded))
    is_whole = agreement.digest is not None
    return Grounds(
        bytes=agreement.image_size if is_whole else head + coded - head_coded + end,
        coded=coded + end,
        deflated=max(
            evidence.sample_deflated if agreement.has_sample else 0,
            evidence.picture_deflated if agreement.has_picture else 0,
        ),
        has_end=agreement.has_end,
        digest=agreement.digest,
    )


def _common_digest(a: Fingerprint, b: Fingerprint) -> str | None:
    """Return the kind of the longest digest that both have.

    Its values are equal: the caller has ruled out digests that differ.
    """
    common = (
        kind for kind in CRYPTO_DIGESTS if kind in a.digests and kind in b.digests
    )
    return max(common, key=CRYPTO_DIGESTS.__getitem__, default=None)


def _least(a: int | None, b: int | None) -> int | None:
    return min((n for n in (a, b) if n is not None), default=None)
