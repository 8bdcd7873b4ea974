"""SQL for digests as words of 64 bits, which DuckDB compares faster than texts."""

from __future__ import annotations

from fpcrawler.core.fingerprint.digests import DIGESTS
from fpcrawler.core.fingerprint.known import DigestKind
from fpcrawler.known.index import KEY_WORDS, WORD_BYTES

_WORD_DIGITS = 2 * WORD_BYTES


def word_names(kind: DigestKind) -> list[str]:
    """Return the columns of a digest's words; a sample is kept as its SHA-256."""
    return [f"{kind}_{at}" for at in range(-(-_digits(kind) // _WORD_DIGITS))]


def key_names() -> list[str]:
    """Return the columns of the words that the key of a sample is computed from."""
    return [f"key_{number}" for number in KEY_WORDS]


def word_columns(kind: DigestKind, text: str) -> list[str]:
    """Return SQL for a digest's words; ``text`` is SQL for its hex digits or NULL."""
    if kind is DigestKind.SAMPLE:
        text = f"sha256(unhex({text}))"
    return [
        f"{_word(text, number, _digits(kind))} AS {name}"
        for number, name in enumerate(word_names(kind))
    ]


def key_columns(text: str) -> list[str]:
    """Return SQL for :func:`key_names`; ``text``: SQL for a sample's hex digits."""
    digits = DIGESTS[DigestKind.SAMPLE].digits
    return [
        f"{_word(text, number, digits)} AS {name}"
        for number, name in zip(KEY_WORDS, key_names(), strict=True)
    ]


def checked(kind: DigestKind) -> str:
    """Return SQL for the column ``kind`` if it is such a digest in hex, else NULL."""
    is_valid = f"length({kind}) = {DIGESTS[kind].digits} AND try(unhex({kind})) NOTNULL"
    return f"if({is_valid}, {kind}, NULL) AS {kind}"


def _digits(kind: DigestKind) -> int:
    return DIGESTS[DigestKind.SHA256 if kind is DigestKind.SAMPLE else kind].digits


def _word(text: str, number: int, digits: int) -> str:
    at = _WORD_DIGITS * number
    length = min(_WORD_DIGITS, digits - at)
    of = "UBIGINT" if length == _WORD_DIGITS else "UINTEGER"
    return f"('0x' || substr({text}, {at + 1}, {length}))::{of}"
