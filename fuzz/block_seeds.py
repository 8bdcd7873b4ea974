"""The first inputs of the targets that read one block, without a container."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

from tests.core.metadata.boxes import Parts, actions, claim, store, superbox, thumbnail

GAP = b"\xff" * 64
"""Stands for ``LONG_GAP`` in an input of ``jumbf``."""

LONG_GAP = GAP * 1_100
"""Makes a store longer than what is fetched whole."""

SEPARATOR = b"\n--\n"
"""Between the blocks of an input: packets of XMP, or texts."""

_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_PROPERTIES = """
<dc:creator><rdf:Seq><rdf:li>Zo\u00eb</rdf:li><rdf:li>Ann &amp; Bo</rdf:li></rdf:Seq>
</dc:creator><dc:title><rdf:Alt><rdf:li xml:lang="de">Hafen</rdf:li>
<rdf:li xml:lang="x-default">Harbour</rdf:li></rdf:Alt></dc:title>
<xmpMM:History><rdf:Seq><rdf:li rdf:parseType="Resource" stEvt:action="saved"/>
<rdf:li stEvt:action="created" stEvt:when="2024"/></rdf:Seq></xmpMM:History>
<xmpMM:DerivedFrom stRef:documentID="1"/><own:field><![CDATA[a < b]]></own:field>
<xmp:Thumbnails><rdf:Alt><rdf:li xmpGImg:image="/9j/4AAQSkZJRgABAQEASABIAAD"/>
</rdf:Alt></xmp:Thumbnails>
"""


def _packet(inner: str, attributes: str = "") -> str:
    names = {
        "dc": "http://purl.org/dc/elements/1.1/",
        "own": "http://a.example/",
        "rdf": _RDF,
        "stEvt": "http://ns.adobe.com/xap/1.0/sType/ResourceEvent#",
        "stRef": "http://ns.adobe.com/xap/1.0/sType/ResourceRef#",
        "xmp": "http://ns.adobe.com/xap/1.0/",
        "xmpGImg": "http://ns.adobe.com/xap/1.0/g/img/",
        "xmpMM": "http://ns.adobe.com/xap/1.0/mm/",
    }
    declared = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in names.items())
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
        f'<x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="XMP Core"><rdf:RDF {declared}>'
        f'<rdf:Description rdf:about="" {attributes}>{inner}</rdf:Description>'
        '</rdf:RDF></x:xmpmeta><!-- a comment --><?xpacket end="w"?>'
    )


def xmp() -> Iterator[bytes]:
    """Yield packets in each UTF, damaged ones, and a packet with an extension."""
    packet = _packet(_PROPERTIES, 'xmp:Rating="3"')
    yield from (packet.encode(f"utf-{name}") for name in ("8", "16-le", "16-be", "32"))
    yield packet.encode("cp1252", "replace")
    yield packet.encode() + b"zer></rdf:RDF></x:xmpmeta>"
    yield packet.encode()[:-300]
    yield f'<!DOCTYPE x [<!ENTITY e "e">]><rdf:RDF xmlns:rdf="{_RDF}">&e;'.encode()
    yield packet.encode() + SEPARATOR + _packet("<xmp:Label>far</xmp:Label>").encode()


def iptc() -> Iterator[bytes]:
    """Yield datasets, bare, in words of the wrong order and in image resources."""
    values = {
        (1, 0): b"\0\4",
        (1, 90): b"\x1b%G",
        (2, 80): "Zo\u00eb".encode(),
        (2, 25): b"harbour",
        (8, 202): b"\xff\xd8\xff\xe0" + bytes(40),
    }
    datasets = b"".join(
        bytes([0x1C, *key]) + struct.pack(">H", len(value)) + value
        for key, value in values.items()
    )
    datasets += b"\x1c\x02\x78\x80\x04\0\0\0\x07Caption"
    padded = datasets + bytes(-len(datasets) % 4)
    words = struct.unpack(f">{len(padded) // 4}I", padded)
    resources = b"".join(
        b"8BIM" + struct.pack(">HH", kind, 0) + struct.pack(">I", len(data)) + data
        for kind, data in ((0x0404, padded), (0x0425, bytes(16)), (0x0404, padded))
    )
    yield datasets
    yield struct.pack(f"<{len(words)}I", *words)
    yield b"Photoshop 3.0\0" + resources


def texts() -> Iterator[bytes]:
    """Yield texts, each after a letter that says of which kind it is."""
    prompt = b"a cat\nSteps: 20, Seed: 42" * 9
    each = (
        b"tparameters\0" + prompt,
        b"zComment\0\0" + zlib.compress(prompt),
        b"iTitle\0\0\0de\0Titel\0" + "Zo\u00eb".encode(),
        b"iTitle\0\1\0\0\0" + zlib.compress(prompt),
        b"cCREATOR: gd-jpeg v1.0",
        b"c\xff\xfeh\0i\0",
    )
    yield SEPARATOR.join(each)
    yield from each


def jumbf() -> Iterator[bytes]:
    """Yield manifest stores; ``GAP`` stands for the bytes of a long thumbnail."""
    small = Parts().manifest
    lists = [actions("c2pa.opened"), actions("c2pa.edited", label="c2pa.actions.v2")]
    listed = claim("c2pa.actions", "c2pa.actions.v2")
    long = thumbnail(len(LONG_GAP))
    yield store(small)
    for assertions in (lists, [long, *lists], [*lists, long]):
        manifest = Parts(assertions=assertions, claim=listed).manifest
        yield store(small, manifest).replace(LONG_GAP, GAP)
    yield superbox(b"json", "other", b"{}")
