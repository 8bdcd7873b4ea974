"""Parse HTML of any depth."""

from __future__ import annotations

from contextlib import suppress

from lxml import etree

_MAX_DEPTH = 256
"""Beyond it, elements become siblings. libxml2 drops the rest of a page at 2,048."""


def parsed(html: str) -> etree._Element:
    """Return the root element of a page.

    An element that is nested too deep stands beside those around it, so that its links
    and those after it are found.
    """
    body = html.strip().replace("\x00", "").encode("utf-8", "replace") or b"<html/>"
    parser = etree.HTMLParser(recover=True, encoding="utf-8", huge_tree=True)
    root: etree._Element | None = None
    with suppress(etree.XMLSyntaxError):
        root = etree.fromstring(body, parser)
    limit = etree.ErrorTypes.ERR_RESOURCE_LIMIT
    if any(error.type == limit for error in parser.error_log):
        root = _flattened(body)
    return etree.Element("html") if root is None else root


def _flattened(body: bytes) -> etree._Element:
    target = _Flat()
    parser = etree.HTMLParser(  # type: ignore[call-overload]  # asks for optional methods
        target=target, recover=True, encoding="utf-8", huge_tree=True
    )
    etree.fromstring(body, parser)
    return target.root


class _Flat:
    """Builds a tree of bounded depth: a target parser has no limit of depth."""

    def __init__(self) -> None:
        self.root = etree.Element("html")
        self._open = [self.root]
        self._texts: list[str] = []
        """Of the last element that has started, as far as it has no children."""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Add an element."""
        parent = self._open[min(len(self._open), _MAX_DEPTH) - 1]
        self._open.append(_added(parent, tag, attributes))
        self._texts = []

    def data(self, text: str) -> None:
        """Keep a text; it comes in pieces."""
        self._texts.append(text)

    def end(self, _: str) -> None:
        """Give an element its text."""
        if len(self._open) > 1:
            element = self._open.pop()
            if self._texts and not len(element):
                element.text = "".join(self._texts)
            self._texts = []

    def close(self) -> None:
        """Do nothing: the tree is complete at each moment."""


def _added(
    parent: etree._Element, tag: str, attributes: dict[str, str]
) -> etree._Element:
    with suppress(ValueError):  # a name that XML does not allow
        return etree.SubElement(parent, tag, attributes)
    element = etree.SubElement(parent, "unknown")
    for name, value in attributes.items():
        with suppress(ValueError):
            element.set(name, value)
    return element
