from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fpcrawler.core.metadata.limits import (
    CUT,
    MAX_CHARS,
    MAX_PROPERTIES,
    MarkupLimits,
)
from fpcrawler.core.metadata.xmp import (
    MAX_PACKET_BYTES,
    XmpReading,
    read_xmp,
    united,
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
 xmlns:crs="http://ns.adobe.com/camera-raw-settings/1.0/"
 xmlns:cc="http://creativecommons.org/ns#"
 xmlns:tiff="http://ns.adobe.com/tiff/1.0/"
 xmlns:xmpGImg="http://ns.adobe.com/xap/1.0/g/img/">"""
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
            "<tiff:BitsPerSample><rdf:Seq><rdf:li>8</rdf:li><rdf:li>8</rdf:li></rdf:Seq>"
            "</tiff:BitsPerSample>",
            "tiff:BitsPerSample",
            "8; 8",
            id="list of equal items",
        ),
        pytest.param(
            "<dc:type><rdf:Alt><rdf:li>a</rdf:li><rdf:li>b</rdf:li></rdf:Alt></dc:type>",
            "dc:type",
            "a; b",
            id="alternatives without languages",
        ),
        pytest.param(
            "<dc:creator><cc:Agent><dc:title>Ann</dc:title></cc:Agent></dc:creator>",
            "dc:creator/dc:title",
            "Ann",
            id="resource of a type",
        ),
        pytest.param(
            "<mm:DerivedFrom><stRef:documentID>9</stRef:documentID></mm:DerivedFrom>",
            "xmpMM:DerivedFrom/stRef:documentID",
            "9",
            id="structure that does not say so",
        ),
        pytest.param(
            "<dc:title>a &lt;b&gt; &#x26; &#99;<![CDATA[ <d>]]></dc:title>",
            "dc:title",
            "a <b> & c <d>",
            id="references",
        ),
        pytest.param(
            "<dc:title><!-- <dc:no> -->yes<?dc no?></dc:title>",
            "dc:title",
            "yes",
            id="comment",
        ),
        pytest.param(
            "<crs:Exposure>1</crs:Exposure>", "crs:Exposure", "1", id="any schema"
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


def test_the_items_of_a_structured_list_stay_together() -> None:
    reading = read_xmp(
        packet(
            '<mm:History><rdf:Seq><rdf:li stEvt:action="saved"/>'
            '<rdf:li rdf:parseType="Resource"><stEvt:action>saved</stEvt:action>'
            "<stEvt:softwareAgent>B 2</stEvt:softwareAgent></rdf:li></rdf:Seq>"
            "</mm:History>"
        )
    )

    assert reading.properties == {
        "xmpMM:History[1]/stEvt:action": "saved",
        "xmpMM:History[2]/stEvt:action": "saved",
        "xmpMM:History[2]/stEvt:softwareAgent": "B 2",
    }


def test_a_property_without_a_text_is_skipped() -> None:
    assert read_xmp(packet("<dc:creator> </dc:creator>", 'dc:title=""')) == XmpReading()


def test_the_toolkit_and_the_resource_are_properties() -> None:
    data = packet("").replace(b"<x:xmpmeta", b'<x:xmpmeta x:xmptk="Core 7"')

    reading = read_xmp(data.replace(b'rdf:about=""', b'rdf:about="uuid:1"'))

    assert reading.properties == {"x:xmptk": "Core 7", "rdf:about": "uuid:1"}


def test_a_picture_in_pieces_is_its_kind_and_length() -> None:
    image = base64.b64encode(b"\xff\xd8\xff\xe0" + bytes(3_000)).decode()
    pieces = (image[at : at + 100] for at in range(0, len(image), 100))
    items = "".join(f"<rdf:li>{piece}</rdf:li>" for piece in pieces)
    data = packet(f"<dc:source><rdf:Seq>{items}</rdf:Seq></dc:source>")

    assert read_xmp(data).properties["dc:source"] == "(JPEG, 3,004 bytes)"


def test_a_thumbnail_is_not_recorded() -> None:
    image = base64.b64encode(b"\xff\xd8\xff\xe0" + bytes(3_000)).decode()

    reading = read_xmp(
        packet(
            '<xmp:Thumbnails><rdf:Alt><rdf:li rdf:parseType="Resource">'
            f"<xmpGImg:image>{image[:76]}&#xA;{image[76:]}</xmpGImg:image>"
            "</rdf:li></rdf:Alt></xmp:Thumbnails>"
        )
    )

    assert reading.properties == {
        "xmp:Thumbnails[1]/xmpGImg:image": "(JPEG, 3,004 bytes)"
    }


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
    "data",
    [
        pytest.param(BILLION_LAUGHS, id="entities"),
        pytest.param(b'<!DOCTYPE x SYSTEM "http://a.example/x"><x/>', id="a DTD"),
        pytest.param(b"<x:xmpmeta", id="cut off"),
        pytest.param(b"", id="nothing"),
        pytest.param(b"\xff" * 9, id="binary"),
    ],
)
def test_what_has_no_rdf_is_damaged(data: bytes) -> None:
    assert read_xmp(data) == XmpReading(is_damaged=True)


def test_an_entity_is_a_text() -> None:
    data = BILLION_LAUGHS[:-10] + packet("<dc:title>&b;</dc:title>")

    reading = read_xmp(data)

    assert reading.properties == {"dc:title": "&b;"}
    assert reading.is_damaged


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param(
            packet("<dc:title>a</dc:title><dc:source>b")[:-40].rstrip(b"</"),
            {"dc:title": "a", "dc:source": "b"},
            id="cut off",
        ),
        pytest.param(
            packet("<dc:title>a</dc:title>")
            + b'li><rdf:Description dc:title="old" dc:source="b"/></rdf:li></rdf:RDF>',
            {"dc:title": "a", "dc:source": "b"},
            id="an older, longer packet below it",
        ),
        pytest.param(
            packet("<crs:A/B>1</crs:A/B><dc:title>a</dc:title>"),
            {"crs:A_B": "1", "dc:title": "a"},
            id="a name that is none",
        ),
        pytest.param(
            packet("<dc:title>a<dc:source>b</dc:source>"),
            {"dc:title": "a", "dc:title/dc:source": "b"},
            id="not closed",
        ),
        pytest.param(
            packet("<dc:title>1 < 2</dc:title>"), {"dc:title": "1 < 2"}, id="a bare <"
        ),
        pytest.param(
            packet("<dc:title>a\x01b&#xD800;&#0;</dc:title>"),
            {"dc:title": "a\ufffdb\ufffd\ufffd"},
            id="characters that are none",
        ),
        pytest.param(
            packet("<iso:Speed>1</iso:Speed>"), {"iso:Speed": "1"}, id="undeclared"
        ),
        pytest.param(
            packet("", 'dc:title=a dc:source="b"'), {"dc:source": "b"}, id="no quotes"
        ),
        pytest.param(
            packet("<dc:title>a</dc:title>").replace(b"Ann", b"J\xf6rg") + b"\xf6",
            {"dc:title": "a"},
            id="not UTF-8",
        ),
    ],
)
def test_a_damaged_packet_is_read_as_far_as_it_goes(
    data: bytes, expected: dict[str, str]
) -> None:
    assert read_xmp(data) == XmpReading(properties=expected, is_damaged=True)


def test_the_number_of_properties_is_bounded() -> None:
    names = "".join(f"<dc:n{i}>x</dc:n{i}>" for i in range(MAX_PROPERTIES + 9))

    reading = read_xmp(packet(names))

    assert len(reading.properties) == MAX_PROPERTIES
    assert reading.is_cut


def test_a_long_text_is_cut() -> None:
    reading = read_xmp(packet(f"<dc:source>{'x' * 90_000}</dc:source>"))

    assert reading.properties["dc:source"] == "x" * (MAX_CHARS - 1) + CUT
    assert reading.is_cut


@pytest.mark.parametrize(
    "properties",
    [
        pytest.param("<dc:a>" * 2_000 + "</dc:a>" * 2_000, id="deep"),
        pytest.param("<dc:a/>" * 40_000, id="many elements"),
        pytest.param("<dc:a " + 'dc:b="" ' * 20_000 + "/>", id="many attributes"),
        pytest.param(f"<dc:{'a' * 9_000}/>", id="a long name"),
        pytest.param(" " * MAX_PACKET_BYTES, id="a long packet"),
    ],
)
def test_what_is_too_much_is_cut(properties: str) -> None:
    data = packet("<dc:title>a</dc:title>" + properties)

    reading = read_xmp(data)

    assert reading == XmpReading(properties={"dc:title": "a"}, is_cut=True)


def test_a_packet_after_the_limit_of_marks_is_cut() -> None:
    limits = MarkupLimits(marks=9)
    first = packet("<dc:title>a</dc:title>" * 9)

    readings = [read_xmp(first, limits=limits) for _ in range(2)]

    assert [each.is_cut for each in readings] == [True, True]
    assert not any(each.is_damaged for each in readings)


def test_damage_before_a_cut_is_damage() -> None:
    data = packet("<dc:title>1 < 2</dc:title>" + "<dc:a/>" * 40_000)

    assert read_xmp(data).is_damaged


EXTENSION = packet("<dc:title>b</dc:title><dc:source>c</dc:source>")
GUID = hashlib.md5(EXTENSION).hexdigest().upper()  # noqa: S324


@pytest.mark.parametrize(
    ("named", "is_damaged"),
    [
        pytest.param(GUID, False, id="of its digest"),
        pytest.param("0" * 32, True, id="of another digest"),
    ],
)
def test_the_extension_continues_the_packet(named: str, *, is_damaged: bool) -> None:
    uri = "http://ns.adobe.com/xmp/note/"
    note = f'xmlns:xmpNote="{uri}" xmpNote:HasExtendedXMP="{named}"'

    reading = read_xmp(packet("<dc:title>a</dc:title>", note), EXTENSION)

    assert reading == XmpReading(
        properties={
            "xmpNote:HasExtendedXMP": named,
            "dc:title": "a",
            "dc:source": "c",
        },
        is_damaged=is_damaged,
    )


def test_the_packets_of_an_image_have_one_limit() -> None:
    properties = [{f"dc:{i}{n}": "x" for i in range(MAX_PROPERTIES)} for n in "ab"]

    reading = united(XmpReading(properties=each) for each in properties)

    assert reading.properties == properties[0]
    assert reading.is_cut


@given(st.binary(max_size=300), st.integers(0, 1_400))
def test_any_bytes_give_texts(junk: bytes, at: int) -> None:
    data = packet("<dc:format>image/png</dc:format>")

    for reading in (read_xmp(junk), read_xmp(data[:at] + junk + data[at:])):
        json.dumps(reading.properties, ensure_ascii=False).encode()
        assert all(reading.properties.values())


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
