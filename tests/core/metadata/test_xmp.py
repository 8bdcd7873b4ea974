from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fpcrawler.core.metadata.xmp import (
    MAX_PACKET_BYTES,
    MAX_PROPERTIES,
    MAX_VALUE_CHARS,
    XmpReading,
    read_xmp,
)

OPENING = """<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF
 xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:mm="http://ns.adobe.com/xap/1.0/mm/"
 xmlns:stEvt="http://ns.adobe.com/xap/1.0/sType/ResourceEvent#"
 xmlns:stRef="http://ns.adobe.com/xap/1.0/sType/ResourceRef#"
 xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/"
 xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
 xmlns:crs="http://ns.adobe.com/camera-raw-settings/1.0/">"""
CLOSING = "</rdf:RDF></x:xmpmeta>"


def packet(properties: str, attributes: str = "") -> bytes:
    description = (
        f'<rdf:Description rdf:about="" {attributes}>{properties}</rdf:Description>'
    )
    return f"{OPENING}{description}{CLOSING}".encode()


@pytest.mark.parametrize(
    ("properties", "name", "text"),
    [
        pytest.param(
            "<dc:creator><rdf:Seq><rdf:li>Ann</rdf:li><rdf:li>Bo</rdf:li></rdf:Seq>"
            "</dc:creator>",
            "dc:creator",
            "Ann; Bo",
            id="list",
        ),
        pytest.param(
            '<dc:description><rdf:Alt><rdf:li xml:lang="de">Hafen</rdf:li>'
            '<rdf:li xml:lang="x-default">Harbour</rdf:li></rdf:Alt></dc:description>',
            "dc:description",
            "Harbour",
            id="languages",
        ),
        pytest.param(
            '<dc:rights><rdf:Alt><rdf:li xml:lang="de">Wir</rdf:li></rdf:Alt>'
            "</dc:rights>",
            "dc:rights",
            "Wir",
            id="no default language",
        ),
        pytest.param(
            "<photoshop:City>\n Wien\n</photoshop:City>",
            "photoshop:City",
            "Wien",
            id="element",
        ),
        pytest.param(
            "<mm:InstanceID>xmp.iid:1</mm:InstanceID>",
            "xmpMM:InstanceID",
            "xmp.iid:1",
            id="the specification's prefix, whatever the file's",
        ),
        pytest.param(
            '<mm:DerivedFrom stRef:documentID="uuid:9"/>',
            "xmpMM:DerivedFrom/stRef:documentID",
            "uuid:9",
            id="structure in attributes",
        ),
        pytest.param(
            '<mm:DerivedFrom rdf:parseType="Resource"><stRef:documentID>uuid:9'
            "</stRef:documentID></mm:DerivedFrom>",
            "xmpMM:DerivedFrom/stRef:documentID",
            "uuid:9",
            id="structure as a resource",
        ),
        pytest.param(
            "<mm:DerivedFrom><rdf:Description><stRef:documentID>uuid:9"
            "</stRef:documentID></rdf:Description></mm:DerivedFrom>",
            "xmpMM:DerivedFrom/stRef:documentID",
            "uuid:9",
            id="structure as a description",
        ),
        pytest.param(
            '<mm:History><rdf:Seq><rdf:li stEvt:softwareAgent="A 1"/>'
            '<rdf:li rdf:parseType="Resource"><stEvt:softwareAgent>B 2'
            "</stEvt:softwareAgent></rdf:li></rdf:Seq></mm:History>",
            "xmpMM:History/stEvt:softwareAgent",
            "A 1; B 2",
            id="list of structures",
        ),
        pytest.param(
            '<Iptc4xmpExt:DigitalSourceType rdf:resource="http://cv.iptc.org/x"/>',
            "Iptc4xmpExt:DigitalSourceType",
            "http://cv.iptc.org/x",
            id="reference",
        ),
        pytest.param(
            '<dc:source rdf:parseType="Resource"><rdf:value>here</rdf:value>'
            "</dc:source>",
            "dc:source",
            "here",
            id="value with qualifiers",
        ),
    ],
)
def test_a_property_is_read_from(properties: str, name: str, text: str) -> None:
    assert read_xmp(packet(properties)) == XmpReading(properties={name: text})


def test_a_property_may_be_an_attribute() -> None:
    reading = read_xmp(packet("", 'xmp:CreatorTool="A tool 1.0" mm:DocumentID="d"'))

    assert reading.properties == {
        "xmp:CreatorTool": "A tool 1.0",
        "xmpMM:DocumentID": "d",
    }


@pytest.mark.parametrize(
    "properties",
    [
        pytest.param("<crs:Exposure>1</crs:Exposure>", id="an editor's setting"),
        pytest.param("<xmp:Thumbnails>/9j/</xmp:Thumbnails>", id="a picture"),
        pytest.param("<dc:creator> </dc:creator>", id="nothing"),
    ],
)
def test_a_property_without_a_text_of_use_is_skipped(properties: str) -> None:
    assert read_xmp(packet(properties)) == XmpReading()


@pytest.mark.parametrize(
    "wrapped",
    [
        pytest.param(lambda data: data + bytes(99), id="zeros"),
        pytest.param(
            lambda data: (
                b'<?xpacket begin="\xef\xbb\xbf" id="W5M0MpCehiHzreSzNTczkc9d"?>'
                + data
                + b'  \n<?xpacket end="w"?>'
            ),
            id="packet",
        ),
        pytest.param(lambda data: data.decode().encode("utf-16"), id="UTF-16"),
        pytest.param(lambda data: b"\0junk" + data, id="bytes before"),
    ],
)
def test_bytes_around_the_document_are_skipped(
    wrapped: Callable[[bytes], bytes],
) -> None:
    data = packet("<dc:format>image/png</dc:format>")

    assert read_xmp(wrapped(data)).properties == {"dc:format": "image/png"}


BILLION_LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha">
<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><x>&b;</x>"""


@pytest.mark.parametrize(
    ("data", "error"),
    [
        pytest.param(BILLION_LAUGHS, "DTDForbidden", id="entities"),
        pytest.param(b'<!DOCTYPE x SYSTEM "http://a.example/x"><x/>', "DTDForbidden"),
        pytest.param(b"<x:xmpmeta", "ParseError", id="cut off"),
        pytest.param(b"", "ParseError", id="nothing"),
        pytest.param(b"\xff" * 9, "ParseError", id="binary"),
        pytest.param(bytes(MAX_PACKET_BYTES + 1), "PacketTooLarge", id="too large"),
    ],
)
def test_an_invalid_packet_gives_the_name_of_the_error(data: bytes, error: str) -> None:
    assert read_xmp(data) == XmpReading(error=error)


def test_the_number_of_properties_is_bounded() -> None:
    names = "".join(f"<dc:n{i}>x</dc:n{i}>" for i in range(300))

    assert len(read_xmp(packet(names)).properties) == MAX_PROPERTIES


def test_a_long_text_is_cut() -> None:
    reading = read_xmp(packet(f"<dc:source>{'x' * 9_000}</dc:source>"))

    assert len(reading.properties["dc:source"]) == MAX_VALUE_CHARS


def test_a_deep_structure_is_not_read() -> None:
    deep = "<dc:a><rdf:Description>" * 500 + "</rdf:Description></dc:a>" * 500

    assert read_xmp(packet(deep)) == XmpReading()


@given(st.binary(max_size=300))
def test_any_bytes_give_properties_or_an_error(junk: bytes) -> None:
    data = packet("<dc:format>image/png</dc:format>")

    read_xmp(junk)
    read_xmp(data[:200] + junk + data[200:])


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace(b"x:xmpmeta", b"ns0:xmpmeta").replace(
            b"xmlns:x=", b"xmlns:ns0="
        ),
        lambda text: text.replace(b"rdf:", b"r:").replace(b"xmlns:rdf", b"xmlns:r"),
        lambda text: text + b'<?xpacket end="w"?>\0\0and more',
        lambda text: b"\xef\xbb\xbf" + text,
    ],
    ids=["another wrapper", "another prefix", "bytes after it", "a BOM"],
)
def test_a_packet_is_found_in_any_wrapper(
    change: Callable[[bytes], bytes],
) -> None:
    given = change(packet("<dc:format>image/png</dc:format>"))

    assert read_xmp(given).properties == {"dc:format": "image/png"}
