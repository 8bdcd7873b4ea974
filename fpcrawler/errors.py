"""The one exception for bad input."""

from __future__ import annotations


class BadInput(ValueError):
    """An argument or setting that cannot be used; the text is one sentence."""
