"""Read the properties of an XMP packet that are of use to an investigator."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import fromstring

MAX_PACKET_BYTES = 262_144
"""A larger packet is not parsed. A JPEG has room for 64 KB of XMP (XMP part 3 section
1.1.3.1); larger packets contain pictures."""

MAX_PROPERTIES = 200
MAX_VALUE_CHARS = 2_000
_MAX_DEPTH = 8

_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"

# A file may use any prefixes; these are the ones of the specifications.
_PREFIXES = {
    "http://purl.org/dc/elements/1.1/": "dc",
    "http://purl.org/dc/terms/": "dcterms",
    "http://ns.adobe.com/xap/1.0/": "xmp",
    "http://ns.adobe.com/xap/1.0/mm/": "xmpMM",
    "http://ns.adobe.com/xap/1.0/rights/": "xmpRights",
    "http://ns.adobe.com/xap/1.0/sType/ResourceEvent#": "stEvt",
    "http://ns.adobe.com/xap/1.0/sType/ResourceRef#": "stRef",
    "http://ns.adobe.com/photoshop/1.0/": "photoshop",
    "http://ns.adobe.com/lightroom/1.0/": "lr",
    "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/": "Iptc4xmpCore",
    "http://iptc.org/std/Iptc4xmpExt/2008-02-29/": "Iptc4xmpExt",
    "http://ns.useplus.org/ldf/xmp/1.0/": "plus",
    "http://www.metadataworkinggroup.com/schemas/regions/": "mwg-rs",
    "http://ns.adobe.com/tiff/1.0/": "tiff",
    "http://ns.adobe.com/exif/1.0/": "exif",
    "http://ns.adobe.com/exif/1.0/aux/": "aux",
    "http://cipa.jp/exif/1.0/": "exifEX",
    "http://www.gimp.org/xmp/": "GIMP",
    "http://ns.google.com/photos/1.0/creations/": "GCreations",
}
# Pictures in base64, and editor settings.
_SKIPPED = {
    "xmp:Thumbnails",
    "photoshop:TextLayers",
    "exif:UserComment",
    "stEvt:changed",
    "stEvt:parameters",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class XmpReading:
    """Property names such as ``dc:creator`` to texts; the name of an exception.

    The items of a list are joined by ``"; "``. A field of a structure is named by its
    path, such as ``xmpMM:DerivedFrom/stRef:documentID``.
    """

    properties: dict[str, str] = field(default_factory=dict)
    error: str | None = None


def read_xmp(packet: bytes) -> XmpReading:
    """Return the properties of the packet; document type definitions are refused.

    Of a text in several languages, the default one is returned.
    """
    if len(packet) > MAX_PACKET_BYTES:
        return XmpReading(error="PacketTooLarge")
    try:
        root = fromstring(_trimmed(packet), forbid_dtd=True)
        return XmpReading(properties=_properties(root))
    # The parser raises ParseError, ValueError or LookupError on a broken packet,
    # DTDForbidden or EntitiesForbidden on a hostile one.
    except Exception as error:  # noqa: BLE001
        return XmpReading(error=type(error).__name__)


def _trimmed(packet: bytes) -> bytes:
    """Remove zeros, spaces and the packet wrapper around the document."""
    if packet[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return packet
    opening = _OPENING.search(packet)
    end = max((closing.end() for closing in _CLOSING.finditer(packet)), default=None)
    return packet[opening.start() if opening else 0 : end].rstrip(b"\0 \t\r\n")


# Writers may use any namespace prefix.
_OPENING = re.compile(rb"<(?:\?xml\b|!DOCTYPE|(?:[\w.-]{1,32}:)?(?:x[am]pmeta|RDF)\b)")
_CLOSING = re.compile(rb"</(?:[\w.-]{1,32}:)?(?:x[am]pmeta|RDF)[ \t\r\n]{0,9}>")


def _properties(root: Element) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    for description in root.iter(f"{_RDF}Description"):
        for name, text in _fields(description, "", 0):
            if name in found or len(found) < MAX_PROPERTIES:
                found.setdefault(name, []).append(text)
        description.clear()  # its nested descriptions were read with it
    return {
        name: "; ".join(dict.fromkeys(texts))[:MAX_VALUE_CHARS]
        for name, texts in found.items()
    }


def _fields(element: Element, path: str, depth: int) -> Iterator[tuple[str, str]]:
    """Yield the properties of a resource, in full and abbreviated RDF/XML.

    RDF 1.1 XML Syntax section 2.5: a property with a simple value may be an
    attribute. Section 2.11: ``parseType="Resource"`` omits the inner Description.
    """
    for tag, text in element.attrib.items():
        if (name := _name(tag)) and text.strip():
            yield path + name, text.strip()
    for child in element:
        if name := _name(child.tag):
            yield from _values(child, path + name, depth + 1)


def _values(element: Element, path: str, depth: int) -> Iterator[tuple[str, str]]:
    if depth > _MAX_DEPTH:
        return
    if resource := element.get(f"{_RDF}resource"):
        yield path, resource
    elif text := (element.text or "").strip():
        yield path, text
    yield from _fields(element, f"{path}/", depth)

    for child in element:
        if child.tag == f"{_RDF}Alt":
            yield from _values(_default(child), path, depth + 1)
        elif child.tag in _CONTAINERS:
            yield from _values(child, path, depth + 1)
        elif child.tag == f"{_RDF}Description":
            yield from _fields(child, f"{path}/", depth + 1)


_CONTAINERS = {f"{_RDF}{name}" for name in ("Bag", "Seq", "li", "value")}


def _default(alternatives: Element) -> Element:
    """Return the ``x-default`` item, else the first (XMP part 1 section 8.2.2.4)."""
    for item in alternatives:
        if item.get(_LANGUAGE) == "x-default":
            return item
    return next(iter(alternatives), alternatives)


def _name(tag: str) -> str | None:
    namespace, _, local = tag.removeprefix("{").rpartition("}")
    prefix = _PREFIXES.get(namespace)
    name = f"{prefix}:{local}"
    return name if prefix and name not in _SKIPPED else None
