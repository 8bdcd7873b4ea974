"""Keep text cells of CSV from being formulas in a spreadsheet, and read them back."""

from __future__ import annotations

import re

NUMBER = r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?"
"""What stays as it is, as a full match; Python and DuckDB (RE2) read it alike."""

FORMULA = "^'*[=+\\-@\\t\\r\\n\uff1d\uff0b\uff0d\uff20]"
"""How a formula may begin, also the wide forms that some spreadsheets take for it.

The apostrophes before it belong to it, so that a text with one of its own can be told
from a text that got one.
"""

NEUTRAL = f"^'{FORMULA[1:]}"
"""How a text begins that got an apostrophe."""

_NUMBER = re.compile(NUMBER, re.ASCII)
_FORMULA = re.compile(FORMULA)
_NEUTRAL = re.compile(NEUTRAL)


def neutral(text: str) -> str:
    """Return the cell for a text: with one apostrophe more if it could be a formula.

    :func:`original` returns the text again, whatever it is.
    """
    if _FORMULA.match(text) and not _NUMBER.fullmatch(text):
        return f"'{text}"
    return text


def original(cell: str) -> str:
    """Return the text that a cell was made of."""
    return cell[1:] if _NEUTRAL.match(cell) else cell
