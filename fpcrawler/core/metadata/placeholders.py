"""Tell texts that identify something from those that stand for "unknown"."""

from __future__ import annotations

import re

MAX_CHARS = 200
"""A longer text is not a name or a number of a device."""

_WORDS = frozenset({
    "default", "invalid", "n/a", "na", "no lens", "none", "not available",
    "not applicable", "null", "owner name", "undef", "undefined", "unknown",
})  # fmt: skip

_LABEL = "NO="  # Nikon's label of a serial number

_MANY = 5  # a device may have the number 55, and even 55555

_SIGN = re.compile(r"[^\W_]")
_NO_SIGNS = re.compile(r"[\W_]+")
_LETTER = re.compile(r"[^\W\d_]")
_PREFIX = re.compile(r"0[xX](?=[0-9A-Fa-f]+$)")  # of hexadecimal digits

# Adobe's text for a lens without data: no focal length, no aperture.
_NO_LENS = re.compile(
    r"0+(?:\.0+)?(?:-0+(?:\.0+)?)? ?mm(?: f/?[0.\-]*)?", re.IGNORECASE
)
_DIGIT = re.compile(r"[0-9]")


def name_of(text: str) -> str | None:
    """Return a name of a device, a program or a person, trimmed, or None."""
    text = text.strip("\0 \t\r\n")
    if not text.isprintable() or len(text) > MAX_CHARS:
        return None
    # exifread prints bytes that are not text as a literal.
    if text.startswith(("b'", 'b"')):
        return None
    is_word = _SIGN.search(text) and text.casefold() not in _WORDS
    return text if is_word and not _is_zeros(text) else None


def _is_zeros(text: str) -> bool:
    return set(_NO_SIGNS.sub("", text)) == {"0"}


def lens_of(text: str) -> str | None:
    """Return the name of a lens, or None: ``----`` and ``0.0`` are not names."""
    name = name_of(text)
    if name is None or _NO_LENS.fullmatch(name):
        return None
    return name if _LETTER.search(name) else None


def identifier_of(text: str) -> str | None:
    """Return a serial number or an identifier, trimmed, or None.

    It has a digit that is not 0. Cameras without a number write one character many
    times, such as ``00000000`` or ``KFFFFFFF``: that would make one device of many.
    """
    name = name_of(text)
    if name is None or not name.isascii() or name.startswith("["):
        return None
    number = _PREFIX.sub("", name.removeprefix(_LABEL).strip())
    signs = _NO_SIGNS.sub("", number).upper()
    if not _DIGIT.search(signs) or set(signs) == {"0"}:
        return None
    # Round numbers such as 1000000 are real; letters before fillers are not.
    is_filled = len(signs) > _MANY and len(set(signs[1:])) == 1
    is_round = signs.isdigit() and signs[0] != signs[1:2] == "0"
    return name if not is_filled or is_round else None
