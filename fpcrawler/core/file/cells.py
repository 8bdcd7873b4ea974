"""Keep text cells of CSV from being formulas in a spreadsheet, and read them back."""

from __future__ import annotations

import re

NUMBER = r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?"
"""What stays as it is, as a full match; Python and DuckDB (RE2) read it alike."""

_SIGNS = "=+\\-@\uff1d\uff0b\uff0d\uff20"
"""How a formula begins, also in the wide forms that some spreadsheets take for it."""

FORMULA = f"^'*[{_SIGNS}\\t\\r\\n]"
"""How a text begins that could be a formula.

The apostrophes before the sign belong to it, so that a text with one of its own can be
told from a text that got one.
"""

NEUTRAL = f"^'{FORMULA[1:]}"
"""How a text begins that got an apostrophe."""

_DIVIDER, _FORMULA_PART = '([;\\t\\r\\n]"*)', f"('*[{_SIGNS}])"
PART = _DIVIDER + _FORMULA_PART
"""What would begin with a formula if ``;``, a tab or a line end divided the text.

A spreadsheet that takes another separator than the comma does so, and sees no quotes
around the cell.
"""

NEUTRAL_PART = f"{_DIVIDER}'{_FORMULA_PART}"
"""What :data:`PART` becomes, with an apostrophe between its groups."""

_NUMBER = re.compile(NUMBER, re.ASCII)
_FORMULA = re.compile(FORMULA)
_NEUTRAL = re.compile(NEUTRAL)
_PART = re.compile(PART)
_NEUTRAL_PART = re.compile(NEUTRAL_PART)


def neutral(text: str) -> str:
    """Return the cell for a text: with an apostrophe more where it could be a formula.

    :func:`original` returns the text again, whatever it is.
    """
    cell = _PART.sub(r"\1'\2", text)
    if _FORMULA.match(text) and not _NUMBER.fullmatch(text):
        return f"'{cell}"
    return cell


def original(cell: str) -> str:
    """Return the text that a cell was made of."""
    text = _NEUTRAL_PART.sub(r"\1\2", cell)
    return text[1:] if _NEUTRAL.match(cell) else text
