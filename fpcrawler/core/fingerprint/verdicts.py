"""The verdict on two records, and the evidence it is based on."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from fpcrawler.core.fingerprint.columns import (
    BLOCKS,
    FIRST_BLOCKS,
    PROVING,
    block_coded,
    columns_of,
)
from fpcrawler.core.fingerprint.evidence import (
    CRYPTO_DIGESTS,
    Evidence,
    Fingerprint,
    weakest,
)
from fpcrawler.core.fingerprint.head import SAMPLE_BYTES
from fpcrawler.core.fingerprint.picture import END_BYTES
from fpcrawler.core.fingerprint.rules import RULES, VerdictName

SHARES = 10_000
"""A share of the coded data is rounded down to a multiple of 1 / SHARES."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """The fingerprints in which two or more records agree.

    Size and evidence are the lowest of all records. ``shortest`` and ``longest`` are
    the lowest and the highest known ``picture_length``. ``blocks``: how many blocks
    agree: all, the first PROVING, or none; ``block_coded``: their bytes after the
    head. ``is_whole``: the whole files agree; ``digest`` is the kind of digest that
    says so, or None.
    """

    image_size: int | None
    shortest: int | None
    longest: int | None
    evidence: Evidence
    has_sample: bool
    has_picture: bool
    has_ends: bool
    blocks: int
    block_coded: int
    is_whole: bool
    digest: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounds:
    """How much was compared: ``bytes`` of the file, ``coded`` bytes among them.

    ``deflated`` is the length of the coded bytes of the head after zlib. ``share`` is
    the part of the coded data that was compared, from 0 to 1, rounded down; None if
    their length is unknown. ``has_ends``: the last coded bytes were compared too, and
    ``blocks``: so many blocks between.
    ``bytes`` is None if a digest covers a file of unknown size.
    """

    bytes: int | None
    coded: int
    deflated: int
    share: float | None
    has_ends: bool
    blocks: int
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

    def agree(column: str) -> bool:
        return one[column] is not None and one[column] == other[column]

    blocks = len(a.blocks) if agree(BLOCKS) else PROVING * agree(FIRST_BLOCKS)
    lengths = [n for n in (a.picture_length, b.picture_length) if n is not None]
    agreement = Agreement(
        image_size=_least(a.image_size, b.image_size),
        shortest=min(lengths, default=None),
        longest=max(lengths, default=None),
        evidence=weakest(a.evidence, b.evidence),
        has_sample=agree("sample"),
        has_picture=agree("picture"),
        has_ends=agree("ending"),
        blocks=blocks,
        block_coded=min(block_coded(a, blocks), block_coded(b, blocks)),
        is_whole=name is VerdictName.IDENTICAL,
        digest=_common_digest(a, b) if name is VerdictName.IDENTICAL else None,
    )
    return Verdict(name=name, evidence=compared(agreement))


def compared(agreement: Agreement) -> Grounds:
    """Return how much was compared by records with this agreement."""
    evidence, shortest = agreement.evidence, agreement.shortest
    head = SAMPLE_BYTES if agreement.has_sample else 0
    if agreement.image_size is not None:
        head = min(head, agreement.image_size)
    head_coded = evidence.sample_coded if agreement.has_sample else 0
    coded = max(head_coded, evidence.picture_coded if agreement.has_picture else 0)
    end = END_BYTES if agreement.has_ends else 0
    if end and shortest is not None:
        end = max(0, min(end, shortest - coded - agreement.block_coded))
    later = agreement.block_coded + end
    has_digest = agreement.digest is not None
    return Grounds(
        bytes=agreement.image_size if has_digest else head + coded - head_coded + later,
        coded=coded + later,
        deflated=max(
            evidence.sample_deflated if agreement.has_sample else 0,
            evidence.picture_deflated if agreement.has_picture else 0,
        ),
        share=1.0 if agreement.is_whole else _share(coded + later, agreement.longest),
        has_ends=agreement.has_ends,
        blocks=agreement.blocks,
        digest=agreement.digest,
    )


class Doubt(StrEnum):
    """Why a group is only ``likely``."""

    NO_PICTURE = "no-picture"
    LOCAL = "local"
    NO_RANGES = "no-ranges"
    NOT_VERIFIED = "not-verified"
    NO_END = "no-end"
    APART = "apart"
    FEW = "few"
    THIN = "thin"


def next_step(
    name: VerdictName, *, is_all: bool, has_blocks: bool, doubt: Doubt | None
) -> str:
    """Return in plain words what was not compared, and what to do about it.

    ``is_all``: all coded data were compared. ``has_blocks``: blocks were.
    ``doubt``: of a group that is likely.
    """
    match name:
        case VerdictName.IDENTICAL:
            return "nothing is left to compare"
        case VerdictName.SAME_FILE | VerdictName.SAME_PICTURE if is_all:
            return "all picture data were compared; the metadata may differ"
        case VerdictName.SAME_FILE | VerdictName.SAME_PICTURE:
            what = "blocks of 1 KB were" if has_blocks else "a checksum was"
            return f"between head and end only {what} compared; {_COMPARE}"
        case VerdictName.LIKELY:
            return _WHY_LIKELY[doubt or Doubt.NOT_VERIFIED]
        case VerdictName.SAME_HEAD:
            return "only the start agrees; look at the images, they are rarely copies"


_COMPARE = "to be sure, compare the whole files"
_WHY_LIKELY = {
    Doubt.NO_PICTURE: f"where the picture is in the file is not known; {_COMPARE}",
    Doubt.LOCAL: (
        "the picture is not compressed or in strips, so what was compared says nothing "
        f"about the rest; {_COMPARE}"
    ),
    Doubt.NO_RANGES: (
        "the server of an image returns no ranges, so only its head was compared; "
        f"{_COMPARE}"
    ),
    Doubt.NOT_VERIFIED: "not verified yet; run scrapy crawl images -a verify=FEED",
    Doubt.NO_END: f"where the picture of an image ends was not found; {_COMPARE}",
    Doubt.APART: (
        "the images were not verified together; "
        "run scrapy crawl images -a verify=FEED with all their feeds"
    ),
    Doubt.FEW: (
        "fewer than two blocks were compared, so they prove nothing; "
        "run scrapy crawl images -a verify=FEED -s VERIFY_BLOCKS=4, or compare the "
        "whole files"
    ),
    Doubt.THIN: f"the blocks that agree have too little content to prove; {_COMPARE}",
}


def _share(coded: int, length: int | None) -> float | None:
    return min(coded, length) * SHARES // length / SHARES if length else None


def _common_digest(a: Fingerprint, b: Fingerprint) -> str | None:
    """Return the kind of the longest digest that both have, with equal values."""
    common = (
        kind
        for kind in CRYPTO_DIGESTS
        if kind in a.digests and a.digests[kind] == b.digests.get(kind)
    )
    return max(common, key=CRYPTO_DIGESTS.__getitem__, default=None)


def _least(a: int | None, b: int | None) -> int | None:
    return min((n for n in (a, b) if n is not None), default=None)
