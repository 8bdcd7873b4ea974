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

_MANY = 5

_SIGN = re.compile(r"[^\W_]")
_NO_SIGNS = re.compile(r"[\W_]+")
_LETTER = re.compile(r"[^\W\d_]")
_DIGIT = re.compile(r"[0-9]")


def name_of(text: str) -> str | None:
    """Return a name of a device, a program or a person, trimmed, or None."""
    text = text.strip("\0 \t\r\n")
    if not text.isprintable() or len(text) > MAX_CHARS:
        return None
    # exifread prints bytes that are not text as a literal.
    if text.startswith(("b'", 'b"')):
        return None
    return text if _SIGN.search(text) and text.casefold() not in _WORDS else None


def lens_of(text: str) -> str | None:
    """Return the name of a lens, or None: ``----`` and ``0.0`` are not names."""
    name = name_of(text)
    return name if name and _LETTER.search(name) else None


def identifier_of(text: str) -> str | None:
    """Return a serial number or an identifier, trimmed, or None.

    It has a digit. Cameras without a number write one character many times, such as
    ``00000000`` or ``KFFFFFFF``: that would make one device of many.
    """
    name = name_of(text)
    if name is None or not name.isascii() or name.startswith("["):
        return None
    signs = _NO_SIGNS.sub("", name.removeprefix(_LABEL).upper())
    is_filled = len(signs) > _MANY and len(set(signs[1:])) == 1
    is_number = len(set(signs)) > 1 and _DIGIT.search(signs) is not None
    return name if is_number and not is_filled else None
