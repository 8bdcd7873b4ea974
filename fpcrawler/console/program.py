"""The name of the program, as the user called it."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

from fpcrawler.core.web.passwords import shown

OWN = "fpcrawler"
"""The command that is installed; in this project, ``scrapy`` does the same."""


def program() -> str:
    """Return the name to call the program by: ``fpcrawler`` or ``scrapy``."""
    return OWN if Path(sys.argv[0]).name == OWN else "scrapy"


def instead_of(word: str) -> str:
    """Return what to use instead of a URL as the name of a command, else ``""``."""
    if "://" not in word:
        return ""
    url = shlex.quote(shown(word))
    return f"a URL is not a command; use {program()} crawl images -a urls={url}."
