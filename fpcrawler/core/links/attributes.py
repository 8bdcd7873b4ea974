"""Read the attributes of elements, however many there are."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

from lxml.etree import XPath

if TYPE_CHECKING:
    from lxml.etree import _Element

    from fpcrawler.core.links.found import Found

_MAX_ATTRIBUTES = 256
"""Attributes of one element that are read."""

_FIRST_ATTRIBUTES = XPath(f"@*[position() <= {_MAX_ATTRIBUTES}]")
_MAX_METAS = 1_000
_MAX_META_CHARS = 1_000


def metas_of(root: _Element) -> Iterator[tuple[str, str]]:
    """Yield the names, in lower case, and the contents of ``<meta>`` elements."""
    for meta in islice(root.iter("{*}meta"), _MAX_METAS):
        name = (meta.get("name") or "")[:_MAX_META_CHARS].strip().lower()
        if name:
            yield name, (meta.get("content") or "")[:_MAX_META_CHARS]


def attributes_of(found: Found, element: _Element) -> dict[str, str]:
    """Return the first attributes; to read n of them takes libxml2 n² steps."""
    if len(element.attrib) <= _MAX_ATTRIBUTES:
        return dict(element.items())
    found.cut.add("attributes")
    values = _FIRST_ATTRIBUTES(element)
    return {value.attrname or "": str(value) for value in values}
