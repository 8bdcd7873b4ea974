"""The names of elements in sitemaps and feeds, and the URL they are relative to."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING

from fpcrawler.core.links.references import Base

if TYPE_CHECKING:
    from lxml.etree import _Element

_BASE = "{http://www.w3.org/XML/1998/namespace}base"
_PREFIXES = {
    "www.google.com/schemas/sitemap-image/1.1": "image:",
    "www.google.com/schemas/sitemap-video/1.1": "video:",
    "search.yahoo.com/mrss": "media:",
    "www.itunes.com/dtds/podcast-1.0.dtd": "itunes:",
}
"""Namespace, without its scheme and a slash at its end → the usual prefix."""

ENTRIES = ("item", "entry")

_MAX_ANCESTORS = 16
"""Elements around an element that are looked at; in real lists there are four."""

_KNOWN = frozenset(_PREFIXES.values())


def name_of(element: _Element) -> str:
    """Return ``prefix:name`` with the usual prefix of the namespace.

    Many lists write ``https:`` for ``http:``, or one slash more or less. libxml2
    keeps an undeclared prefix in the name, and ``etree.QName`` raises on it. An
    undeclared prefix has its usual meaning; unknown ones are ignored.
    """
    tag = str(element.tag)
    if tag[0] == "{":
        namespace, _, name = tag[1:].partition("}")
        namespace = namespace.strip().lower().rpartition("://")[2].rstrip("/")
        if namespace in _PREFIXES:
            return _PREFIXES[namespace] + name
        tag = name
    prefix, colon, name = tag.rpartition(":")
    return tag if prefix + colon in _KNOWN else name


def local_name(element: _Element) -> str:
    """Return the name of an element without any prefix."""
    return name_of(element).rpartition(":")[2]


def is_in_entry(element: _Element) -> bool:
    """Return whether an element is a child of an entry of RSS or Atom."""
    parent = element.getparent()
    return parent is not None and name_of(parent) in ENTRIES


def ancestors(element: _Element) -> Iterator[_Element]:
    """Yield the elements around an element, the innermost first: not all of many."""
    return islice(element.iterancestors(), _MAX_ANCESTORS)


def base_of(element: _Element, url: str) -> str:
    """Return the URL that the references of an element are relative to.

    Section 4 of XML Base: each ``xml:base`` is relative to that of its parent, the
    outermost to ``url``.
    """
    bases = [element.get(_BASE), *(each.get(_BASE) for each in ancestors(element))]
    for reference in filter(None, reversed(bases)):
        url = _joined(url, reference)
    return url


@lru_cache(maxsize=64)  # all entries of a list are relative to the same
def _joined(url: str, reference: str) -> str:
    return Base(url).absolute(reference)[1] or url
