"""Files of every container with XMP in each encoding, whole and damaged."""

from __future__ import annotations

import base64

from tests.containers import picture
from tests.core.metadata.signed import SOURCE_TYPE
from tests.end_to_end.cases import Case
from tests.end_to_end.metadata_cases import DAMAGED
from tests.metadata_containers import WITH_LONG_XMP, WITH_XMP

AUTHOR = "Zoë 山田"
LONG_TEXT = "tall ships and " * 800 + "the end"
"""Longer than a sample, so that a crawl has to fetch its end."""

PICTURE = picture("JPEG")
BASE64 = base64.b64encode(PICTURE).decode()
LABEL = f"(JPEG, {len(PICTURE):,} bytes)"
"""What a record has in place of ``PICTURE``."""

_NAMESPACES = {
    "dc": "http://purl.org/dc/elements/1.1/",
    "ext": "http://iptc.org/std/Iptc4xmpExt/2008-02-29/",
    "own": "http://a.example/own/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "stEvt": "http://ns.adobe.com/xap/1.0/sType/ResourceEvent#",
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "img": "http://ns.adobe.com/xap/1.0/g/img/",
    "xmpMM": "http://ns.adobe.com/xap/1.0/mm/",
}


def packet(*properties: str) -> str:
    """Return a packet with such elements."""
    declared = " ".join(f'xmlns:{name}="{uri}"' for name, uri in _NAMESPACES.items())
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
        f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF {declared}>'
        f'<rdf:Description rdf:about="">{"".join(properties)}</rdf:Description>'
        '</rdf:RDF></x:xmpmeta>\n<?xpacket end="w"?>'
    )


_PROPERTIES = (
    f"<dc:creator><rdf:Seq><rdf:li>{AUTHOR}</rdf:li><rdf:li>Ann</rdf:li></rdf:Seq>"
    f"</dc:creator><ext:DigitalSourceType>{SOURCE_TYPE}</ext:DigitalSourceType>"
    "<own:note>unknown</own:note><xmpMM:History><rdf:Seq>"
    '<rdf:li stEvt:action="created"/><rdf:li rdf:parseType="Resource">'
    "<stEvt:action>saved</stEvt:action><stEvt:when>2024</stEvt:when></rdf:li>"
    "</rdf:Seq></xmpMM:History><xmp:Thumbnails><rdf:Alt><rdf:li"
    f' img:format="JPEG" img:image="{BASE64}"/></rdf:Alt></xmp:Thumbnails>'
    "<dc:description><rdf:Alt><rdf:li xml:lang='de'>Ende</rdf:li>"
    f"<rdf:li xml:lang='x-default'>{LONG_TEXT}</rdf:li></rdf:Alt></dc:description>"
)
_XMP = {
    "dc:creator": f"{AUTHOR}; Ann",
    "dc:description": LONG_TEXT,
    "own:note": "unknown",
    "xmpMM:History[1]/stEvt:action": "created",
    "xmpMM:History[2]/stEvt:action": "saved",
    "xmpMM:History[2]/stEvt:when": "2024",
    "xmp:Thumbnails[1]/xmpGImg:image": LABEL,
}
_WINDOWS = packet("<dc:creator>José Muñoz</dc:creator>", f"<own:note>{LONG_TEXT}")


_PACKET = packet(_PROPERTIES)
_WIDE = {
    ending: build
    for ending, build in WITH_XMP.items()
    if not f".{ending}".endswith(".gif")  # a NUL ends XMP in it (part 3, section 1.1.2)
}
_XMP_FILES = {
    **{f"xmp.{name}": build(_PACKET.encode()) for name, build in WITH_LONG_XMP.items()},
    **{
        f"xmp-{encoding}.{name}": build(f"\ufeff{_PACKET}".encode(encoding))
        for encoding in ("utf-16-le", "utf-16-be", "utf-32-be")
        for name, build in _WIDE.items()
    },
}
_WITHOUT_MARK = {
    f"xmp-no-mark.{name}": build(_PACKET.encode("utf-16-le"))
    for name, build in _WIDE.items()
}
_DAMAGED_XMP = {
    f"xmp-damaged.{ending}": build(
        _WINDOWS.encode("cp1252", "ignore") + b"zer></rdf:RDF></x:xmpmeta>"
    )
    for ending, build in WITH_XMP.items()
}

BUILT = (
    *(
        Case(name=name, data=data, xmp=_XMP, source_type=SOURCE_TYPE)
        for name, data in _XMP_FILES.items()
    ),
    *(
        Case(name=name, data=data, xmp=_XMP, source_type=SOURCE_TYPE, status=DAMAGED)
        for name, data in _WITHOUT_MARK.items()
    ),
    *(
        Case(
            name=name,
            data=data,
            xmp={"dc:creator": "José Muñoz", "own:note": LONG_TEXT},
            status=DAMAGED,
        )
        for name, data in _DAMAGED_XMP.items()
    ),
)
