"""Tell the elements of a page that are in force from those that only look so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fpcrawler.core.links.references import words

if TYPE_CHECKING:
    from lxml.etree import _Element

_TEXT_ONLY = words("iframe noembed noframes noscript textarea title xmp")
_OTHER_TREES = words("math svg template")


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
