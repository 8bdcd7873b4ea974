"""Keep the XMP and the texts of one image within limits."""

from __future__ import annotations

from dataclasses import dataclass

MAX_PROPERTIES = 1_000
MAX_CHARS = 65_536
"""The limit of all texts together, in characters; their names have as much again."""

CUT = "…"


@dataclass(slots=True)
class MarkupLimits:
    """What may still be read of the packets of an image. At a limit reading ends."""

    marks: int = 4_000  # tags, comments and others
    attributes: int = 1_500
    references: int = 20_000


def within_limits(texts: dict[str, str]) -> tuple[dict[str, str], bool]:
    """Return the texts by name, cut to the limits, and whether one was cut or dropped.

    The longest texts are cut, all to one length, so that a long one does not cost the
    others. A cut text ends with ``…``.
    """
    kept = dict(list(texts.items())[:MAX_PROPERTIES])
    while sum(map(len, kept)) > MAX_CHARS:
        kept.popitem()
    if sum(map(len, kept.values())) > MAX_CHARS:
        longest = _longest(sorted(map(len, kept.values())))
        kept = {name: _cut(text, longest) for name, text in kept.items()}
        return kept, True
    return kept, len(kept) < len(texts)


def with_missing(texts: dict[str, str], more: dict[str, str]) -> dict[str, str]:
    """Return the texts, followed by those of ``more`` whose names they do not have."""
    if not texts:
        return more
    return texts | {name: text for name, text in more.items() if name not in texts}


def _longest(lengths: list[int]) -> int:
    """Return the length to which texts of these lengths, ascending, have to be cut."""
    left = MAX_CHARS
    for number, length in enumerate(lengths):
        share = left // (len(lengths) - number)
        if length > share:
            return share
        left -= length
    return left


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1] + CUT
