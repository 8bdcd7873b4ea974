"""Where each container has texts and C2PA manifest stores."""

from __future__ import annotations

import struct
import zlib

import pytest

from fpcrawler.core.anatomy import Anatomy, payload, read_anatomy
from fpcrawler.core.file.sparse import SparseFile
from fpcrawler.core.fingerprint.head import SAMPLE_BYTES
from tests.core.anatomy.test_anatomy import (
    IRREGULAR,
    NOISE,
    VP8,
    box,
    chunk,
    fed,
    heic,
    jp2,
    jpeg,
    jxl,
    png,
    riff,
    segment,
    webp,
    whole,
)
from tests.core.metadata import stores
from tests.core.metadata.signed import JXL, SVG, noise, sign

C2PA_UUID = stores.C2PA_BOX
STORE = box(b"jumb", NOISE[:200])


def located(data: bytes, sample: int = SAMPLE_BYTES) -> tuple[Anatomy, int]:
    """Read the places alone, fetching only what is requested."""
    file, requests = SparseFile(len(data)), 0
    file.add(0, data[:sample])
    while (anatomy := read_anatomy(file, frozenset())).needs:
        for extent in anatomy.needs:
            file.add(extent.first, data[extent.first : extent.end])
            requests += 1
        assert requests < 50
    return anatomy, requests


def found(data: bytes, anatomy: Anatomy, kind: str) -> list[tuple[str, bytes]]:
    parts = [part for part in anatomy.metadata if part.kind == kind]
    return [(part.name, payload(whole(data), part).data) for part in parts]


# --- texts --------------------------------------------------------------------


TEXTS = {
    "tEXt": b"parameters\0a cat",
    "zTXt": b"Comment\0\0" + zlib.compress(b"a dog"),
    "iTXt": b"prompt\0\0\0en\0\0a bird",
}
AS_PARTS = list(TEXTS.items())
CHUNKS = b"".join(chunk(name.encode(), data) for name, data in AS_PARTS)
OTHERS = chunk(b"tEXt", b"Raw profile type xmp\0\nxmp\n 1\n61") + chunk(
    b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0<x/>"
)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (png(before=OTHERS + CHUNKS), AS_PARTS),
        (png(after=CHUNKS + OTHERS), AS_PARTS),
        (png(before=CHUNKS, after=IRREGULAR + chunk(b"tEXt", b"a\0b")), [
            *AS_PARTS, ("tEXt", b"a\0b")
        ]),
        (jpeg(segment(0xFE, b"one"), segment(0xFE, b"two")), [
            ("comment", b"one"), ("comment", b"two")
        ]),
    ],
)  # fmt: skip
def test_texts_are_found(data: bytes, expected: list[tuple[str, bytes]]) -> None:
    anatomy, _ = located(data)

    assert found(data, anatomy, "texts") == expected
    assert not anatomy.left_out


def test_an_empty_text_is_not_a_part() -> None:
    assert not located(jpeg(segment(0xFE, b"")))[0].metadata


@pytest.mark.parametrize(
    ("data", "most"),
    [
        (png(before=chunk(b"tEXt", b"a\0" + NOISE[:500_000])), 70_000),
        (png(before=CHUNKS * 200), 100_000),
        (png(before=chunk(b"zTXt", b"a\0\0" + NOISE[:500_000]) + CHUNKS), 100),
        (jpeg(*[segment(0xFE, NOISE[:60_000])] * 40), 330_000),
    ],
)
def test_texts_are_bounded_and_the_rest_is_noted(data: bytes, most: int) -> None:
    anatomy = read_anatomy(whole(data))

    parts = [part for part in anatomy.metadata if part.kind == "texts"]
    assert 0 < sum(part.length for part in parts) <= most
    assert len(parts) <= 256
    assert anatomy.left_out == {"texts"}
    assert not anatomy.is_given_up


# --- manifest stores ----------------------------------------------------------


@pytest.mark.parametrize("side", [64, 300])
@pytest.mark.parametrize("mime_type", stores.IN)
def test_the_store_of_a_signed_file_is_one_part(mime_type: str, side: int) -> None:
    is_jxl = mime_type == "image/jxl"
    picture = JXL if is_jxl else noise(mime_type[6:].upper(), side)
    signed = sign(mime_type, picture)
    anatomy, requests = located(signed)

    parts = [part for part in anatomy.metadata if part.kind == "provenance"]
    assert [part.extents for part in parts] == [tuple(stores.IN[mime_type](signed))]
    assert requests <= 3
    assert anatomy == read_anatomy(whole(signed), frozenset())


def test_the_end_of_a_store_is_requested_with_the_header_after_it() -> None:
    """Of a JPEG, whose thumbnail alone is longer than what is fetched whole."""
    signed = sign("image/jpeg", noise("JPEG", 300))
    end = stores.in_jpeg(signed)[-1].end
    file = SparseFile(len(signed))
    file.add(0, signed[:SAMPLE_BYTES])

    [need] = read_anatomy(file, frozenset()).needs

    assert need.first <= end - 32_768
    assert need.end > end + 4


def test_the_store_of_a_signed_svg_is_encoded() -> None:
    signed = sign("image/svg+xml", SVG, thumbnail=False)
    anatomy, _ = located(signed)

    assert found(signed, anatomy, "provenance") == [("", stores.of_svg(signed))]


def uuid(identity: bytes, data: bytes) -> bytes:
    return box(b"uuid", identity + data)


DATA_HEADER = heic()[heic().index(b"mdat") - 4 :][:8]
MANIFESTS = uuid(C2PA_UUID, bytes(4) + b"manifest\0" + bytes(8) + STORE)


@pytest.mark.parametrize(
    "data",
    [
        heic(before=MANIFESTS),
        heic(before=box(b"free", NOISE[:60_000]) + MANIFESTS),
        MANIFESTS.join(heic().partition(DATA_HEADER)[::2]).replace(
            MANIFESTS, MANIFESTS + DATA_HEADER
        ),
        png(before=chunk(b"caBX", STORE)),
        png(after=chunk(b"caBX", STORE)),
        webp(VP8, riff(b"EXIF", NOISE[:100]), riff(b"C2PA", STORE)),
        jxl(STORE),
        jp2() + STORE,
    ],
)
def test_a_store_is_found(data: bytes) -> None:
    anatomy, requests = located(data)

    assert found(data, anatomy, "provenance") == [("", STORE)]
    assert requests <= 3


@pytest.mark.parametrize(
    "other",
    [
        uuid(C2PA_UUID, bytes(4) + b"merkle\0\0\0" + bytes(8) + STORE),
        uuid(C2PA_UUID, bytes(4)),
        uuid(bytes(16), bytes(4) + b"manifest\0" + bytes(8) + STORE),
    ],
)
def test_other_boxes_are_not_a_store(other: bytes) -> None:
    anatomy, _ = located(heic(before=other))

    assert not found(b"", anatomy, "provenance")
    assert (anatomy.width, anatomy.error) == (640, None)


def packet(number: int, data: bytes, *, box: int = 1, header: bytes = b"") -> bytes:
    header = header or struct.pack(">I", 1_000) + b"jumb"
    return segment(0xEB, b"JP" + struct.pack(">HI", box, number) + header + data)


LONG = struct.pack(">I", 1) + b"jumb" + struct.pack(">Q", 1_000)
JUMB = struct.pack(">I", 1_000) + b"jumb"


@pytest.mark.parametrize(
    ("packets", "expected"),
    [
        ([packet(1, b"ab"), packet(2, b"cd")], [JUMB + b"abcd"]),
        ([packet(2, b"cd"), packet(1, b"ab")], [JUMB + b"abcd"]),
        ([packet(1, b"ab"), packet(1, b"zz"), packet(2, b"cd")], [JUMB + b"abcd"]),
        (
            [packet(1, b"ab"), packet(1, b"12", box=7), packet(2, b"34", box=7)],
            [JUMB + b"ab", JUMB + b"1234"],
        ),
        (
            [packet(1, b"ab", header=LONG), packet(2, b"cd", header=LONG)],
            [LONG + b"abcd"],
        ),
        ([packet(1, b"ab", header=struct.pack(">I", 50) + b"LQTX")], []),
        ([segment(0xEB, b"JP\0\1\0\0\0\1")], []),
    ],
)
def test_boxes_of_a_jpeg_are_joined_in_order(
    packets: list[bytes], expected: list[bytes]
) -> None:
    data = jpeg(*packets)

    stores_found = found(data, located(data)[0], "provenance")
    assert [store for _, store in stores_found] == expected


def test_a_jpeg_of_many_boxes_is_not_complete() -> None:
    anatomy, _ = located(jpeg(*[packet(1, b"a", box=n) for n in range(300)]))

    assert len(anatomy.metadata) <= 16
    assert anatomy.left_out == {"provenance"}


@pytest.mark.parametrize("data", [b"A", b"QUJD\nREVG", b"=", b"\xff" * 9, b""])
def test_base64_that_is_none_raises_nothing_else(data: bytes) -> None:
    svg = (
        b"<svg><metadata><c2pa:manifest>" + data + b"</c2pa:manifest></metadata></svg>"
    )
    file, anatomy, _ = fed(svg)

    assert len(anatomy.metadata) == bool(data)
    for part in anatomy.metadata:
        payload(file, part)


@pytest.mark.parametrize("is_longer", [True, False])
def test_segments_in_a_hole_are_located_or_their_headers_refute_it(
    *, is_longer: bool
) -> None:
    """The first segment of a store is as long as the others, or 8 bytes shorter."""
    store = box(b"jumb", NOISE[:200_000])
    first = 50_000 - 8 * is_longer
    shares = [store[8 : 8 + first]]
    shares += [store[at : at + 50_000] for at in range(8 + first, len(store), 50_000)]
    data = jpeg(
        *(packet(n, share, header=store[:8]) for n, share in enumerate(shares, 1))
    )
    file = SparseFile(len(data))
    file.add(0, data[:SAMPLE_BYTES])
    for _ in range(3):
        anatomy = read_anatomy(file, frozenset())
        for extent in anatomy.needs:
            file.add(extent.first, data[extent.first : extent.end])
        # What the reader of the store fetches first.
        for place in stores.in_jpeg(data)[-2:]:
            file.add(place.first - 20, data[place.first - 20 : place.end])

    assert found(data, read_anatomy(file, frozenset()), "provenance") == [("", store)]
    assert file.held < 160_000
