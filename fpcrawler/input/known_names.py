"""How a person names a known list: ``LIST``, ``LIST=good`` or ``LIST=bad``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fpcrawler.core.fingerprint.known import KnownSet

_SETS: dict[str, KnownSet] = {"good": "known-good", "bad": "known-bad"}


def named_list(argument: str) -> tuple[str, KnownSet | None]:
    """Return the path, glob or ``-`` of an argument, and the set that it gives."""
    name, _, given = argument.rpartition("=")
    if name and given in _SETS and not Path(argument).exists():
        return name, _SETS[given]
    return argument, None
