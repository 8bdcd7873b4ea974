"""A rate with its bounds, and a file's name, as every table and JSON has them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from fpcrawler.console.text import printable

if TYPE_CHECKING:
    from fpcrawler.evaluation.scoring import Rate


def rate_text(rate: Rate) -> str:
    """Return the count, and the exact upper bound of the rate."""
    return f"{rate.count} of {rate.of} ({rate.upper:.4%})"


def rate_json(rate: Rate) -> dict[str, Any]:
    """Return the count, the rate and both exact bounds."""
    return {
        "count": rate.count,
        "of": rate.of,
        "rate": rate.value,
        "above_95": rate.lower,
        "below_95": rate.upper,
    }


def shown(name: str) -> str:
    """Return a file's name in characters that any terminal and JSON can hold."""
    return printable(os.fsencode(name).decode("utf-8", "backslashreplace"))
