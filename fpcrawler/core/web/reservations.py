"""Read the wishes of a site: not to index, not to train on, not to mine.

``X-Robots-Tag`` and ``<meta name=robots>`` as search engines define them, with the
words of art platforms; ``tdm-reservation`` of the TDM Reservation Protocol (TDMRep).
"""

from __future__ import annotations

from collections.abc import Iterable

RESERVATIONS = ("noai", "noimageai", "noimageindex", "noindex", "tdm-reservation")
"""The words of a record, in their order."""

_MAX_CHARS = 4_096
# Words with a value, which look like the name of a user agent before its words.
_VALUED = frozenset(
    ("unavailable_after", "max-snippet", "max-image-preview", "max-video-preview")
)


def merged(*groups: Iterable[str]) -> list[str]:
    """Return the words of several places, each once, in the order of RESERVATIONS."""
    found = {word for group in groups for word in group}
    return [word for word in RESERVATIONS if word in found]


def words_of_header(lines: Iterable[str], agent: str) -> set[str]:
    """Return the words of ``X-Robots-Tag`` that are for all, or for ``agent``.

    A user agent before a colon is that of all words up to the next one, in its line.
    """
    found: set[str] = set()
    for line in lines:
        is_meant = True
        for part in line[:_MAX_CHARS].lower().split(","):
            name, colon, rest = part.partition(":")
            if colon and name.strip() not in _VALUED:
                is_meant = name.strip() in ("*", "robots", agent.lower())
                part = rest  # noqa: PLW2901 - what follows the user agent
            if is_meant:
                found |= _words(part)
    return found


def words_of_meta(name: str, content: str, agent: str) -> set[str]:
    """Return the words of a ``<meta>`` element; ``name`` is in lower case."""
    if name == "tdm-reservation":
        return words_of_tdm([content])
    if name not in ("robots", agent.lower()):
        return set()
    parts = content[:_MAX_CHARS].lower().split(",")
    return {word for part in parts for word in _words(part)}


def words_of_tdm(values: Iterable[str]) -> set[str]:
    """Return the word for ``tdm-reservation: 1``; 0 and all else reserve nothing."""
    return {"tdm-reservation" for value in values if value.strip() == "1"}


def _words(part: str) -> set[str]:
    word = part.strip()
    if word == "none":  # noindex, nofollow
        return {"noindex"}
    return {word} & set(RESERVATIONS[:-1])
