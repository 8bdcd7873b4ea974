"""Read all properties of XMP packets.

XMP part 1 (ISO 16684-1) says how they are written in RDF/XML, XMP part 3 section
1.1.3.1 how a JPEG continues a packet that is longer than a segment.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fpcrawler.core.metadata.limits import (
    MAX_PROPERTIES,
    MarkupLimits,
    with_missing,
    within_limits,
)
from fpcrawler.core.metadata.pictures import described, whole_picture, without_pictures
from fpcrawler.core.metadata.xmp_encoding import decoded
from fpcrawler.core.metadata.xmp_markup import read_markup

if TYPE_CHECKING:
    from fpcrawler.core.metadata.xmp_tree import Element

MAX_PACKET_BYTES = 4_194_304
"""What follows in a larger packet is not read."""

EXTENSION_DIGEST = "xmpNote:HasExtendedXMP"
"""The property with the MD5 of the extended XMP, in hexadecimal digits."""

_CONTAINERS = {"rdf:Bag", "rdf:Seq", "rdf:Alt"}
_PICTURES = {"GDepth:Data", "GImage:Data", "LImage:Data", "xmpGImg:image"}
_SYNTAX = ("rdf:", "xml:")


@dataclass(frozen=True, slots=True, kw_only=True)
class XmpReading:
    """Property names such as ``dc:creator`` to texts, and how far they were read.

    The texts of a list are joined by ``"; "``. A field of a structure is named by its
    path, such as ``xmpMM:DerivedFrom/stRef:documentID``, one of a list of structures
    with the number of the item, from 1: ``xmpMM:History[2]/stEvt:action``.
    ``is_damaged``: a packet is not as XML, XMP or its own digest demand.
    ``is_cut``: there are more properties, or longer texts, than the limits allow.
    """

    properties: dict[str, str] = field(default_factory=dict)
    is_damaged: bool = False
    is_cut: bool = False


def read_xmp(
    packet: bytes,
    extension: bytes | None = None,
    *,
    limits: MarkupLimits | None = None,
) -> XmpReading:
    """Return the properties of a packet, and of its extension; never raise.

    ``extension`` is the extended XMP of a JPEG, its parts joined. Of a text in several
    languages, the default one is returned; of a picture, its kind and length.
    ``limits`` are those of all packets of the image.
    """
    limits = limits or MarkupLimits()
    main = _read(packet, limits)
    if extension is None:
        return main
    digest = hashlib.md5(extension, usedforsecurity=False).hexdigest()
    named = main.properties.get(EXTENSION_DIGEST, "")
    reading = united([main, _read(extension, limits)])
    if named.lower() == digest:
        return reading
    return united([reading, XmpReading(is_damaged=True)])


def united(readings: Iterable[XmpReading]) -> XmpReading:
    """Return what several packets of one image say, within the limits of one.

    The first packet that has a property decides about it.
    """
    properties: dict[str, str] = {}
    is_damaged = is_cut = False
    for reading in readings:
        properties = with_missing(properties, reading.properties)
        is_damaged |= reading.is_damaged
        is_cut |= reading.is_cut
    properties, is_over = within_limits(properties)
    return XmpReading(
        properties=properties, is_damaged=is_damaged, is_cut=is_cut or is_over
    )


def _read(packet: bytes, limits: MarkupLimits) -> XmpReading:
    text, is_well_encoded = decoded(packet[:MAX_PACKET_BYTES])
    is_long = len(packet) > MAX_PACKET_BYTES
    markup = read_markup(text, limits, is_cut=is_long)
    found: dict[str, str] = {}
    has_rdf = False
    for root in markup.root.children:
        walk = _Walk()
        walk.document(root)
        # What follows the document is what an earlier, longer one left.
        found = with_missing(found, walk.properties())
        has_rdf |= walk.has_rdf
    limited, is_over = within_limits(found)
    properties = without_pictures(limited)
    # A limit may end a packet before its RDF, or within a character.
    is_damaged = not (has_rdf or markup.is_cut) or not (is_well_encoded or is_long)
    return XmpReading(
        properties=properties,
        is_damaged=markup.is_damaged or is_damaged,
        is_cut=markup.is_cut or is_over,
    )


class _Walk:
    """A walk through a tree of bounded depth, which gathers properties."""

    def __init__(self) -> None:
        self.found: dict[str, list[str]] = {}
        self.has_rdf = False

    def properties(self) -> dict[str, str]:
        """Return what was gathered; a property may stand in several resources."""
        return {
            name: texts[0] if len(texts) == 1 else "; ".join(dict.fromkeys(texts))
            for name, texts in self.found.items()
        }

    def document(self, element: Element) -> None:
        """Find the resources, also those of a packet that lost its wrapper."""
        if element.name == "rdf:Description":
            self.has_rdf = True
            self.resource(element, "")
            return
        if toolkit := element.attributes.get("x:xmptk"):
            self.add("x:xmptk", toolkit)
        is_rdf = element.name == "rdf:RDF"
        self.has_rdf |= is_rdf
        for child in element.children:
            if is_rdf and child.name != "rdf:Description":
                self.top(child)
            else:
                self.document(child)

    def top(self, element: Element) -> None:
        """Read a resource that names its type, or a property outside of one.

        RDF 1.1 XML Syntax section 2.13: ``<cc:Work>`` is a Description of that type.
        """
        if element.children or element.attributes:
            self.resource(element, "")
        else:
            self.property(element, element.name)

    def resource(self, element: Element, path: str) -> None:
        """Read the properties of a resource.

        RDF 1.1 XML Syntax section 2.5: one with a simple value may be an attribute.
        """
        self.attributes(element, path)
        for child in element.children:
            self.property(child, path + child.name)

    def attributes(self, element: Element, path: str) -> None:
        for name, text in element.attributes.items():
            if not name.startswith(_SYNTAX):
                self.add(path + name, text)
        if not path and (about := element.attributes.get("rdf:about")):
            self.add("rdf:about", about)

    def property(self, element: Element, path: str) -> None:
        texts = self.values(element, path)
        if not texts:
            return
        # Items can be pieces of a picture, none of which looks like one.
        joined = "".join(texts)
        self.add(path, joined if whole_picture(joined) else "; ".join(texts))

    def values(self, element: Element, path: str) -> list[str]:
        """Return the plain texts of a property or item; gather its fields."""
        texts = [text] if (text := "".join(element.texts).strip()) else []
        if element.attributes:
            texts += [
                text
                for name in ("rdf:resource", "rdf:value")
                if (text := element.attributes.get(name, ""))
            ]
            self.attributes(element, f"{path}/")
        for child in element.children:
            if child.name in _CONTAINERS:
                texts += self.items(child, path)
            elif child.name.startswith("rdf:"):
                # A Description, an rdf:value, or an item that lost its list.
                texts += self.values(child, path)
            elif _is_resource(element, child):
                self.resource(child, f"{path}/")
            else:
                self.property(child, f"{path}/{child.name}")
        return texts

    def items(self, container: Element, path: str) -> list[str]:
        """Return the plain texts of a list, or the text in the default language.

        XMP part 1 section 8.2.2.4: that is ``x-default``, else the first.
        """
        items = container.children
        languages = [item.attributes.get("xml:lang") for item in items]
        if container.name == "rdf:Alt" and any(languages):
            default = "x-default" in languages and languages.index("x-default")
            items = [items[default or 0]]
        return [
            text
            for number, item in enumerate(items, 1)
            for text in self.values(item, f"{path}[{number}]")
        ]

    def add(self, name: str, text: str) -> None:
        if not (text := text.strip()):
            return
        if len(self.found) > MAX_PROPERTIES and name not in self.found:
            return
        # A long picture must not cost other texts their place.
        if name.rpartition("/")[2] in _PICTURES:
            text = described(text)
        self.found.setdefault(name, []).append(whole_picture(text) or text)


def _is_resource(parent: Element, element: Element) -> bool:
    """Return whether an element in a property is a resource, not a field.

    RDF 1.1 XML Syntax section 2.2: elements alternate between resources and
    properties, ``<dc:creator><cc:Agent><dc:title>``, unless the property has
    ``rdf:parseType="Resource"`` (section 2.11). Some writers forget that, so that
    an element without elements in it counts as a field.
    """
    is_striped = "rdf:parseType" not in parent.attributes
    return is_striped and parent.name != "rdf:Description" and bool(element.children)
