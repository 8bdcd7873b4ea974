"""RDF and C2PA manifests in the metadata of an SVG."""

from __future__ import annotations

import base64
from collections.abc import Callable

import pytest

from fpcrawler.core.anatomy import read_anatomy
from fpcrawler.core.file.sparse import SparseFile
from fpcrawler.core.metadata.xmp import read_xmp
from tests.core.anatomy.test_anatomy import NOISE, box
from tests.core.anatomy.test_places import found, located

NAMES = (
    b'xmlns:svg="http://www.w3.org/2000/svg" '
    b'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
    b'xmlns:dc="http://purl.org/dc/elements/1.1/" '
    b'xmlns:cc="http://creativecommons.org/ns#"'
)
WORK = b"<cc:Work><dc:title>A harbour</dc:title></cc:Work>"
RDF = b"<rdf:RDF>" + WORK + b"</rdf:RDF>"
TITLE = {"dc:title": "A harbour"}
KINDS = {"xmp", "provenance"}


def svg(*inner: bytes, names: bytes = NAMES, name: bytes = b"svg") -> bytes:
    root = b'<?xml version="1.0"?>\n<%s width="9" height="9"\n%s>' % (name, names)
    return root + b"".join(inner) + b"</%s>\n" % name


def metadata(inner: bytes, attributes: bytes = b"") -> bytes:
    return b"<metadata%s>%s</metadata>" % (attributes, inner)


SHAPES = b"<g><path d='M0 0'/></g>" * 700


@pytest.mark.parametrize(
    "data",
    [
        svg(metadata(RDF)),
        svg(metadata(b"text " + RDF, b'\n id="m1"'), SHAPES),
        svg(SHAPES[:9_000], metadata(RDF), SHAPES),
        svg(SHAPES[:23_000], metadata(RDF), SHAPES),
        svg(metadata(RDF.replace(b"<rdf:RDF", b"<rdf:RDF " + NAMES)), names=b""),
        svg(b"<svg:metadata>" + RDF + b"</svg:metadata >", name=b"svg:svg"),
        svg(b"<!-- <metadata> " + RDF.replace(b"A", b"B") + b" -->", metadata(RDF)),
        svg(b"<![CDATA[ <metadata> ]]>", metadata(RDF)),
        svg(b"<metadata/>", metadata(b"no RDF"), metadata(RDF)),
        svg(metadata(b"") * 5, metadata(RDF)),
        svg(metadata(b"Created by potrace"), SHAPES[:32_000], metadata(RDF)),
        svg(metadata(RDF, b' id="a > b"'), names=NAMES + b" class='a > b'"),
        svg(
            b"<s:metadata>" + RDF + b"</s:metadata>",
            names=NAMES.replace(b"xmlns:svg", b"xmlns:s"),
        ),
        svg(
            b"<ns0:metadata>" + RDF + b"</ns0:metadata>",
            names=NAMES.replace(b"xmlns:svg", b"xmlns:ns0"),
            name=b"ns0:svg",
        ),
    ],
)
def test_rdf_in_metadata_is_read_with_the_namespaces_of_the_root(data: bytes) -> None:
    anatomy, _ = located(data)
    [(_, packet)] = found(data, anatomy, "xmp")
    reading = read_xmp(packet)

    assert reading.properties == TITLE
    assert not reading.is_damaged
    assert not anatomy.left_out


@pytest.mark.parametrize(
    "data",
    [
        svg(metadata(b"Created by potrace")),
        svg(b"<metadata/>"),
        svg(RDF),
        svg(b"<!-- " + metadata(RDF)),
    ],
)
def test_what_is_not_rdf_in_metadata_is_not_a_part(data: bytes) -> None:
    assert not located(data)[0].metadata


def test_a_manifest_is_decoded_and_is_not_in_the_rdf() -> None:
    store = bytes(range(256)) * 3
    manifest = b"<c2pa:manifest>\n" + base64.encodebytes(store) + b"</c2pa:manifest>"
    data = svg(metadata(manifest + RDF))
    anatomy, _ = located(data)
    [(_, packet)] = found(data, anatomy, "xmp")

    assert found(data, anatomy, "provenance") == [("", store)]
    assert read_xmp(packet).properties == TITLE
    assert len(packet) < 500


@pytest.mark.parametrize(
    ("data", "requests"),
    [
        (svg(SHAPES * 5, names=b""), 0),  # nothing announces RDF
        (svg(SHAPES * 40), 3),
        (svg(b"<metadata>", SHAPES * 40), 5),
    ],
)
def test_a_long_svg_is_not_read_to_its_end(data: bytes, requests: int) -> None:
    anatomy, asked = located(data)

    assert anatomy.left_out == KINDS
    assert asked == requests


@pytest.mark.parametrize("encode", [base64.b64encode, base64.encodebytes])
def test_a_long_manifest_takes_one_request(encode: Callable[[bytes], bytes]) -> None:
    store = box(b"jumb", NOISE[:150_000])
    manifest = b"<c2pa:manifest>" + encode(store) + b"</c2pa:manifest>"
    data = svg(metadata(manifest), SHAPES * 5)

    anatomy, requests = located(data)

    assert found(data, anatomy, "provenance") == [("", store)]
    assert requests == 1


@pytest.mark.parametrize("length", [200_000, 2**32 - 1])
def test_a_manifest_that_is_too_long_is_not_requested(length: int) -> None:
    store = length.to_bytes(4, "big") + b"jumb" + NOISE[:200_000]
    data = svg(metadata(b"<c2pa:manifest>" + base64.b64encode(store)))
    anatomy, requests = located(data)

    assert anatomy.left_out == KINDS
    assert requests == 0


@pytest.mark.parametrize("inner", [b"Created by potrace", b""])
def test_metadata_without_rdf_do_not_end_the_search(inner: bytes) -> None:
    data = svg(metadata(inner), SHAPES * 40, metadata(RDF), names=b"")

    assert located(data)[0].left_out == KINDS


def test_more_metadata_than_are_looked_at_are_not_complete() -> None:
    assert located(svg(metadata(RDF) * 4))[0].left_out == set()
    assert located(svg(metadata(RDF) * 5))[0].left_out == KINDS
    assert located(svg(metadata(b"") * 65, metadata(RDF)))[0].left_out == KINDS


def test_a_short_svg_without_metadata_is_complete() -> None:
    assert not located(svg(SHAPES[:9_000]))[0].left_out


@pytest.mark.parametrize(
    "data",
    [
        b"<svg " + b"a" * 5_000 + b">" + metadata(RDF) + b"</svg>",
        svg(b"<metadata " * 20_000),
        svg(b"<metadata>" * 20_000),
        svg(b"<!--" * 20_000),
        svg(b"<!---->" * 20_000),
        svg(metadata(RDF) * 2_000),
        svg(metadata(b"<c2pa:manifest>=</c2pa:manifest>")),
        b"<svg",
    ],
)
def test_a_hostile_svg_is_read_in_bounded_steps(data: bytes) -> None:
    for end in (100, 5_000, len(data)):
        file = SparseFile(len(data))
        file.add(0, data[:end])
        assert len(read_anatomy(file).metadata) <= 4
