"""What a list says of a file besides its digests: packed into a text, and read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple, get_args

from fpcrawler.core.fingerprint.known import KnownSet, Match

FIELDS = ("row", "size", "set", "category", "series", "flags", "name")
"""``row`` is of the list, where an entry is not just the next row."""
_BETWEEN_FIELDS, _BETWEEN_FLAGS = "\x1f", "\x1e"
_SEPARATOR = f"chr({ord(_BETWEEN_FIELDS)})"
_MAX_CHARS = 4_000
_MAX_FLAGS = 50
_SETS: Mapping[str, KnownSet] = {name: name for name in get_args(KnownSet)}


class Detail(NamedTuple):
    """What a list says of one file; None where it says nothing."""

    row: int | None = None
    size: int | None = None
    set: KnownSet = "unknown"
    category: str | None = None
    series: str | None = None
    flags: tuple[str, ...] = ()
    name: str | None = None


def packed(texts: Mapping[str, str]) -> str:
    """Return SQL that packs a row's fields; ``texts``: SQL for the text of each."""
    fields = [_field(name, texts[name]) if name in texts else "''" for name in FIELDS]
    # concat() reads NULL as no text. A line of the file has one packed text.
    joined = f", {_SEPARATOR}, ".join(fields)
    text = f"left(concat({joined}), {_MAX_CHARS})"
    return f"replace(replace({text}, chr(10), ' '), chr(13), ' ')"


def _field(name: str, text: str) -> str:
    """Return SQL for a field without the separator, which ends all but the last."""
    is_last = name == FIELDS[-1]
    return f"trim({text})" if is_last else f"trim(replace({text}, {_SEPARATOR}, ' '))"


def set_rank(text: str) -> str:
    """Return SQL for the rank of a row's set; ``text``: SQL for its packed fields.

    Of several rows with a digest, the one with the least rank matches: a list that
    says "bad" anywhere is not to be hidden by an earlier row.
    """
    known_set = f"split_part({text}, {_SEPARATOR}, {FIELDS.index('set') + 1})"
    return (
        f"CASE {known_set} WHEN 'known-bad' THEN 0 WHEN 'known-good' THEN 1 ELSE 2 END"
    )


def joined_flags(flags: Iterable[str]) -> str:
    """Return SQL for the text of flags; ``flags``: SQL for each, NULL if it is not."""
    return f"concat_ws(chr({ord(_BETWEEN_FLAGS)}), {', '.join(flags)})"


def flag_text(flags: Iterable[str]) -> str:
    """Return the text of flags."""
    return _BETWEEN_FLAGS.join(flags)


def pack(detail: Detail) -> str:
    """Return the text that :func:`unpacked` reads."""
    texts = detail._asdict() | {"flags": flag_text(detail.flags)}
    fields = ("" if texts[name] is None else str(texts[name]) for name in FIELDS)
    return _BETWEEN_FIELDS.join(fields)


def unpacked(text: str | None, position: int | None = None) -> Detail:
    """Return the fields that :func:`packed` packed; None is a list without any.

    ``position``: the row, unless the fields have another.
    """
    if text is None:
        return Detail(row=position)
    fields = text.split(_BETWEEN_FIELDS, len(FIELDS) - 1)
    fields += [""] * (len(FIELDS) - len(fields))
    row, size, known_set, category, series, flags, name = fields
    return Detail(
        row=_number(row) or position,
        size=_number(size),
        set=_SETS.get(known_set, "unknown"),
        category=category or None,
        series=series or None,
        flags=tuple(filter(None, flags.split(_BETWEEN_FLAGS)[:_MAX_FLAGS])),
        name=name or None,
    )


def match_of(
    name: str,
    kind: str,
    detail: Detail,
    *,
    given: KnownSet | None,
    image_size: int | None,
) -> Match:
    """Return the match with the list ``name``; ``given``: its set by its user."""
    is_sized = detail.size is not None and image_size is not None
    return Match(
        list=name,
        kind=kind,
        row=detail.row,
        set=given or detail.set,
        category=detail.category,
        series=detail.series,
        flags=[*detail.flags],
        name=detail.name,
        size_agrees=detail.size == image_size if is_sized else None,
    )


def _number(text: str) -> int | None:
    is_number = text.isascii() and text.isdigit() and len(text) < _MAX_DIGITS
    return int(text) if is_number else None


_MAX_DIGITS = 19
"""Such numbers fit a BIGINT."""
