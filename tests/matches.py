"""Matches with known lists, as records have them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fpcrawler.known.details import Detail, match_of

if TYPE_CHECKING:
    from fpcrawler.core.fingerprint.known import Match


def match(name: str, kind: str, /, **said: Any) -> Match:
    """Return the match with a list that says ``said`` and no size."""
    return match_of(name, kind, Detail(**said), given=None, image_size=None)
