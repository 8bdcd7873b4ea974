"""The rules for the verdict on two records, as data.

This table is the only place of the rules: ``verdicts`` judges two records by it, and
``duplicates`` compiles it to SQL, which judges millions. A column is a fingerprint, a
count of its evidence or the kind of a whole-file digest.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from functools import partial

from fpcrawler.core.fingerprint.digests import FILE_DIGESTS
from fpcrawler.core.fingerprint.evidence import (
    CRYPTO_DIGESTS,
    ENOUGH,
    Evidence,
    Fingerprint,
)
from fpcrawler.core.fingerprint.head import SAMPLE_BYTES

Columns = Mapping[str, str | int | None]

FILE = ("image_size", "sample")
PICTURE = ("picture", "picture_length")
WHOLE_DIGESTS = tuple(FILE_DIGESTS)
_COUNTS = tuple(field.name for field in fields(Evidence))


class VerdictName(StrEnum):
    """The verdicts on two files, the strongest first."""

    IDENTICAL = "identical"
    SAME_FILE = "same-file"
    SAME_PICTURE = "same-picture"
    UNPROVEN = "unproven"
    SAME_HEAD = "same-head"


@dataclass(frozen=True, slots=True)
class Within:
    """``column`` is known, at least ``least`` and at most ``most``, a number or column.

    The column ``known`` is known too, and the column ``unless`` is false.
    """

    column: str
    least: int = 0
    most: int | str | None = None
    known: str | None = None
    unless: str | None = None

    def holds(self, columns: Columns) -> bool:
        """Return whether a record is so."""
        value = columns[self.column]
        most = columns[self.most] if isinstance(self.most, str) else self.most
        return (
            isinstance(value, int)
            and value >= self.least
            and not (isinstance(most, int) and value > most)
            and not (self.known and columns[self.known] is None)
            and not (self.unless and columns[self.unless])
        )


@dataclass(frozen=True, slots=True)
class Rule:
    """When two records get a verdict.

    ``known``: columns that both know, with equal values. ``alike``: equal values, or
    both unknown. ``fitting``: equal, or one unknown; after an unknown one the rest is
    unknown. ``undisputed``: likewise, and among all records with these equal columns
    no two known values differ. ``condition``: one of it holds for each record; an
    empty one always holds.
    """

    verdict: VerdictName
    known: tuple[str, ...]
    alike: tuple[str, ...] = ()
    fitting: tuple[str, ...] = ()
    undisputed: tuple[str, ...] = ()
    condition: tuple[Within, ...] = ()

    def key(self, columns: Columns) -> tuple[str | int | None, ...] | None:
        """Return what must be equal; None if this rule gives no verdict."""
        if None in map(columns.get, self.known):
            return None
        if self.condition and not any(one.holds(columns) for one in self.condition):
            return None
        return tuple(columns[name] for name in (*self.known, *self.alike))

    def joins(self, a: Columns, b: Columns) -> bool:
        """Return whether two records get this verdict."""
        key = self.key(a)
        if key is None or key != self.key(b):
            return False
        return not any(map(partial(_differ, a, b), self.fitting + self.undisputed))


IS_SHORT = Within("image_size", most=SAMPLE_BYTES)
"""The sample has every byte of the file."""

_HAS_RICH_SAMPLE = Within("sample_deflated", ENOUGH, unless="is_constant_size")
_HAS_RICH_PICTURE = Within("picture_deflated", ENOUGH, unless="is_constant_size")
_IS_WHOLE = Within("picture_length", 1, most="picture_coded")

RULES = (
    *(
        Rule(VerdictName.IDENTICAL, known=(kind,), undisputed=(*FILE, *WHOLE_DIGESTS))
        for kind in CRYPTO_DIGESTS
    ),
    Rule(
        VerdictName.IDENTICAL,
        known=FILE,
        undisputed=WHOLE_DIGESTS,
        condition=(IS_SHORT,),
    ),
    Rule(
        VerdictName.SAME_FILE,
        known=FILE,
        alike=PICTURE,
        fitting=("coded_end",),
        undisputed=WHOLE_DIGESTS,
        condition=(_HAS_RICH_SAMPLE, _HAS_RICH_PICTURE),
    ),
    Rule(
        VerdictName.SAME_PICTURE,
        known=PICTURE,
        fitting=("coded_end",),
        condition=(_IS_WHOLE, _HAS_RICH_PICTURE),
    ),
    Rule(
        VerdictName.UNPROVEN,
        known=FILE,
        fitting=(*PICTURE, "coded_end"),
        undisputed=WHOLE_DIGESTS,
    ),
    Rule(VerdictName.UNPROVEN, known=PICTURE, fitting=("coded_end",)),
    Rule(VerdictName.SAME_HEAD, known=("sample",)),
)
"""Two records get the verdict of the first rule that joins them."""


def columns_of(fingerprint: Fingerprint) -> Columns:
    """Return a record's columns; a digest that is unknown has none."""
    return {
        "image_size": fingerprint.image_size,
        "sample": fingerprint.sample_sha256,
        "picture": fingerprint.picture_sha256,
        "picture_length": fingerprint.picture_length,
        "coded_end": fingerprint.end_sha256,
        **{name: getattr(fingerprint.evidence, name) for name in _COUNTS},
        **fingerprint.digests,
    }


def _differ(a: Columns, b: Columns, name: str) -> bool:
    """Return whether both know this column, with different values."""
    one, other = a.get(name), b.get(name)
    return one != other and one is not None and other is not None
