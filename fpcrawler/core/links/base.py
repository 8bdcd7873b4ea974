"""Find the URL that the references of a document are relative to."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from fpcrawler.core.links.references import Base, words

if TYPE_CHECKING:
    from lxml.etree import _Element

_MAX_BASES = 100
"""Base elements that are looked at: most of them may have no effect."""

_TEXT_ONLY = words("iframe noembed noframes noscript textarea title xmp")
_OTHER_TREES = words("math svg template")


def base_of(root: _Element, url: str, charset: str | None = None) -> Base:
    """Return the base URL of the page at ``url``, whose queries are in ``charset``."""
    return based(root, Base(url, charset))


def based(root: _Element, fallback: Base) -> Base:
    """Return what the first ``<base href>`` of a document says, else the fallback."""
    bases = (base for base in root.iter("{*}base") if base.get("href") is not None)
    active = (base for base in islice(bases, _MAX_BASES) if not is_inert(base))
    href = next((base.get("href", "") for base in active), "")
    # A base of another scheme is ignored (HTML section 4.2.3, "frozen base URL").
    _, base = fallback.absolute(href)
    return fallback.moved_to(base) if base else fallback


def is_inert(element: _Element) -> bool:
    """Return whether a ``<base>`` or ``<meta>`` has no effect where it stands.

    A browser that runs scripts takes the content of some elements for text (HTML
    section 13.2.6.4). A template has a tree of its own (section 4.12.3), and within
    SVG or MathML the element is not one of HTML (section 13.2.6.5).
    """
    names = (
        str(each.tag).rpartition("}")[2].lower() for each in element.iterancestors()
    )
    return any(name in _TEXT_ONLY or name in _OTHER_TREES for name in names)
