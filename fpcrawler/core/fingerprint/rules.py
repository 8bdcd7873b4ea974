"""The rules for the verdict on two records, as data.

This table is the only place of the rules: ``verdicts`` judges two records by it, and
``duplicates`` compiles it to SQL, which judges millions. A column is a fingerprint, a
count of its evidence, the kind of a whole-file digest, or another of ``columns_of``.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING

from fpcrawler.core.fingerprint.columns import (
    BLOCK_AT,
    BLOCKS,
    COMPUTED,
    FIRST_BLOCKS,
    PROVING,
)
from fpcrawler.core.fingerprint.digests import FILE_DIGESTS
from fpcrawler.core.fingerprint.evidence import CRYPTO_DIGESTS
from fpcrawler.core.fingerprint.head import SAMPLE_BYTES

if TYPE_CHECKING:
    from fpcrawler.core.fingerprint.columns import Columns

FILE = ("image_size", "sample")
PICTURE = ("picture", "picture_length")
WHOLE_DIGESTS = tuple(FILE_DIGESTS)


class VerdictName(StrEnum):
    """The verdicts on two files, the strongest first."""

    IDENTICAL = "identical"
    SAME_FILE = "same-file"
    SAME_PICTURE = "same-picture"
    LIKELY = "likely"
    SAME_HEAD = "same-head"


PROVEN = (VerdictName.IDENTICAL, VerdictName.SAME_FILE, VerdictName.SAME_PICTURE)
"""The verdicts that cover all of the picture, if only by a checksum: it is a copy."""


@dataclass(frozen=True, slots=True)
class Within:
    """``column`` is known, at least ``least`` and at most ``most``, a number or column.

    The column ``unless`` is false.
    """

    column: str
    least: int = 0
    most: int | str | None = None
    unless: str | None = None

    def holds(self, columns: Columns) -> bool:
        """Return whether a record is so."""
        value = columns[self.column]
        most = columns[self.most] if isinstance(self.most, str) else self.most
        return (
            isinstance(value, int)
            and value >= self.least
            and not (isinstance(most, int) and value > most)
            and not (self.unless and columns[self.unless])
        )


@dataclass(frozen=True, slots=True)
class Rule:
    """When two records get a verdict.

    ``known``: columns that both know, with equal values. ``alike``: equal values, or
    both unknown. ``fitting``: equal, or one unknown. ``undisputed``: likewise, but
    only records with equal ``among`` are compared in them. ``condition``: one of it
    holds for each record; an empty one always holds.

    Of many records, those with equal known and alike columns are judged together. If
    two of them differ, those with each known value are judged alone, and so are those
    with an unknown one: they would join two pictures that are known to differ.
    """

    verdict: VerdictName
    known: tuple[str, ...]
    alike: tuple[str, ...] = ()
    fitting: tuple[str, ...] = ()
    undisputed: tuple[str, ...] = ()
    among: tuple[str, ...] = ()
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
        differ = partial(_differ, a, b)
        fitting = set(self.fitting) - {BLOCKS}
        if BLOCKS in self.fitting:
            fitting.update(name for name in a if name.startswith(BLOCK_AT))
        if any(map(differ, fitting)):
            return False
        if not all(_agree(a, b, name) for name in self.among):
            return True
        # What servers state of one file that was read whole refutes nothing.
        is_one_file = any(_agree(a, b, name) for name in COMPUTED)
        refuting = set(self.undisputed) - set(WHOLE_DIGESTS if is_one_file else ())
        return not any(map(differ, refuting))


IS_SHORT = Within("image_size", most=SAMPLE_BYTES)
"""The sample has every byte of the file."""

_IS_WHOLE = Within("picture_length", 1, most="picture_coded")
_HAS_CODED = Within("picture_length", 1)
_IS_WHOLE_WITH_END = Within("exact_length", 1, most="head_and_end")
_IS_WHOLE_WITH_BLOCKS = Within("exact_length", 1, most="reach_and_end")
# Ends without a checksum can refute but not prove: renderings of one template that have
# equal heads and lengths mostly have equal ends too (docs/evaluate.md counts them).
# All frames of a stored APNG have one length, and the checksum is that of the last one.
_IS_CHECKSUMMED = Within("has_checksum", 1, unless="is_constant_size")
_HAS_BLOCKS = Within("proving_blocks", PROVING)

RULES = (
    # What was computed here wins over all that servers state.
    *(Rule(VerdictName.IDENTICAL, known=(column,)) for column in COMPUTED),
    *(
        Rule(
            VerdictName.IDENTICAL,
            known=(kind,),
            fitting=(BLOCKS,),
            undisputed=(*FILE, "ending", *WHOLE_DIGESTS),
        )
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
        known=(*FILE, "ending"),
        alike=PICTURE,
        fitting=(BLOCKS,),
        undisputed=WHOLE_DIGESTS,
        condition=(_IS_CHECKSUMMED,),
    ),
    Rule(
        VerdictName.SAME_FILE,
        known=(*FILE, "ending", FIRST_BLOCKS),
        alike=PICTURE,
        fitting=(BLOCKS,),
        undisputed=WHOLE_DIGESTS,
        condition=(_HAS_BLOCKS,),
    ),
    Rule(
        VerdictName.SAME_PICTURE,
        known=("picture", "exact_length", "ending"),
        fitting=(BLOCKS,),
        condition=(_IS_CHECKSUMMED, _IS_WHOLE_WITH_END),
    ),
    Rule(
        VerdictName.SAME_PICTURE,
        known=("picture", "exact_length", "ending", FIRST_BLOCKS),
        fitting=(BLOCKS,),
        condition=(_HAS_BLOCKS,),
    ),
    Rule(
        VerdictName.SAME_PICTURE,
        known=("picture", "exact_length", "ending", BLOCKS),
        condition=(_IS_WHOLE_WITH_BLOCKS,),
    ),
    Rule(
        VerdictName.SAME_PICTURE,
        known=PICTURE,
        fitting=("ending", BLOCKS),
        condition=(_IS_WHOLE,),
    ),
    Rule(
        VerdictName.LIKELY,
        known=FILE,
        fitting=("picture", "exact_length", "ending", BLOCKS),
        undisputed=WHOLE_DIGESTS,
    ),
    # Digests of copies with other metadata differ, but not those of one file.
    Rule(
        VerdictName.LIKELY,
        known=PICTURE,
        fitting=("ending", BLOCKS),
        undisputed=WHOLE_DIGESTS,
        among=FILE,
        condition=(_HAS_CODED,),
    ),
    Rule(VerdictName.SAME_HEAD, known=("sample",)),
    Rule(VerdictName.SAME_HEAD, known=("picture",)),
)
"""Two records get the verdict of the first rule that joins them."""


def _agree(a: Columns, b: Columns, name: str) -> bool:
    """Return whether both know this column, with equal values."""
    return a.get(name) is not None and a.get(name) == b.get(name)


def _differ(a: Columns, b: Columns, name: str) -> bool:
    """Return whether both know this column, with different values."""
    one, other = a.get(name), b.get(name)
    return one != other and one is not None and other is not None
