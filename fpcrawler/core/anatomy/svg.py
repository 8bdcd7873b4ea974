"""SVG: width and height of the root element, if they are in pixels."""

from __future__ import annotations

import re

from fpcrawler.core.anatomy.draft import WINDOW, Draft

_ROOT = re.compile(rb"<(?:svg:)?svg\b[^>]{0,4000}", re.IGNORECASE)
_LENGTH = re.compile(
    rb"""\s(width|height)\s*=\s*["']\s*(\d{1,7})(?:\.\d{0,9})?(?:px)?\s*["']"""
)
_VIEW_BOX = re.compile(
    rb"""\sviewBox\s*=\s*["']\s*[-\d.]{1,20}[\s,]+[-\d.]{1,20}[\s,]+"""
    rb"""(\d{1,7})[\d.]{0,9}[\s,]+(\d{1,7})"""
)


def read(draft: Draft) -> None:
    """Take the dimensions from the root's width and height, else from its viewBox."""
    root = _ROOT.search(draft.file.at(0, WINDOW))
    if root is None:
        return
    lengths = {name: int(value) for name, value in _LENGTH.findall(root[0])}
    view = _VIEW_BOX.search(root[0])
    if len(lengths) == len({b"width", b"height"}):
        draft.width, draft.height = lengths[b"width"], lengths[b"height"]
    elif view:
        draft.width, draft.height = int(view[1]), int(view[2])
