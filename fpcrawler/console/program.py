"""The name of the program, as the user called it."""

from __future__ import annotations

import sys
from pathlib import Path

OWN = "fpcrawler"
"""The command that is installed; in this project, ``scrapy`` does the same."""


def program() -> str:
    """Return the name to call the program by: ``fpcrawler`` or ``scrapy``."""
    return OWN if Path(sys.argv[0]).name == OWN else "scrapy"
