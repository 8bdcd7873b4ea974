"""SQLite databases such as NSRL's RDS 3: asked by ``databases.py``, never loaded."""

from __future__ import annotations

from fpcrawler.known.rows import Form, Head, Layout

_MAGIC = b"SQLite format 3\0"


def _layout(head: Head) -> Layout | None:
    return Layout() if head.data.startswith(_MAGIC) else None


FORM = Form(name="SQLite", layout_of=_layout, rows_of=None)
