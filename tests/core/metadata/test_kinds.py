"""What the parts of XMP, IPTC, texts and provenance say, and how far they are read."""

from __future__ import annotations

import hashlib
import io
import zlib
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from fpcrawler.core.anatomy.payload import MAX_DECOMPRESSED
from fpcrawler.core.file.sparse import SparseFile
from fpcrawler.core.metadata.claims import Action
from fpcrawler.core.metadata.limits import MAX_CHARS
from fpcrawler.core.metadata.provenance import Provenance
from fpcrawler.core.metadata.reader import ALL_KINDS
from fpcrawler.core.metadata.signers import Signer
from fpcrawler.core.metadata.texts import MAX_TEXT_BYTES, Text
from tests.core.metadata.signed import SOURCE_TYPE, noise, sign
from tests.core.metadata.test_reader import (
    EXIF_SEGMENT,
    IIM,
    IPTC_SEGMENT,
    TIFF,
    XMP,
    XMP_SEGMENT,
    Fetches,
    chunk,
    here,
    jpeg,
    jxl,
    png,
    segment,
)
from tests.core.readings import metadata_of

if TYPE_CHECKING:
    from fpcrawler.core.metadata.status import Kind, Status

XMP_NAME = b"http://ns.adobe.com/xap/1.0/\0"
EXTENSION_NAME = b"http://ns.adobe.com/xmp/extension/\0"
BEYOND_SAMPLE = segment(0xE2, bytes(30_000))
SAMPLE = 10_241


def xmp_segment(packet: bytes) -> bytes:
    return segment(0xE1, XMP_NAME + packet)


def naming(extension: bytes) -> bytes:
    """Return a packet that names its extension (XMP part 3 section 1.1.3.1)."""
    digest = hashlib.md5(extension, usedforsecurity=False).hexdigest().upper()
    return XMP.replace(
        b'dc:creator="Ann"',
        b'dc:creator="Ann" xmlns:xmpNote="http://ns.adobe.com/xmp/note/"'
        b' xmpNote:HasExtendedXMP="' + digest.encode() + b'"',
    )


def extension_segment(
    extension: bytes, first: int, end: int, total: int | None = None
) -> bytes:
    digest = hashlib.md5(extension, usedforsecurity=False).hexdigest().upper()
    total = len(extension) if total is None else total
    place = total.to_bytes(4, "big") + first.to_bytes(4, "big")
    return segment(
        0xE1, EXTENSION_NAME + digest.encode() + place + extension[first:end]
    )


def extension_segments(extension: bytes, length: int = 60_000) -> bytes:
    return b"".join(
        extension_segment(extension, at, at + length)
        for at in range(0, len(extension), length)
    )


TITLE = XMP.replace(b'dc:creator="Ann"', b'dc:title="Port"')
LONG_TITLE = TITLE.replace(b"Port", b"Port" * 2_500)


@pytest.mark.parametrize(
    ("data", "requests"),
    [
        pytest.param(
            jpeg(xmp_segment(naming(TITLE)), extension_segments(TITLE)), 1, id="near"
        ),
        pytest.param(
            jpeg(
                xmp_segment(naming(TITLE)),
                BEYOND_SAMPLE,
                extension_segments(TITLE, length=200),
            ),
            2,
            id="far, in pieces",
        ),
    ],
)
def test_a_packet_is_read_with_the_extension_that_it_names(
    data: bytes, requests: int
) -> None:
    fetches = Fetches(data, ALL_KINDS)

    assert fetches.metadata.xmp["dc:creator"] == "Ann"
    assert fetches.metadata.xmp["dc:title"] == "Port"
    assert fetches.metadata.status["xmp"] == "complete"
    assert fetches.requests == requests


def test_an_extension_that_no_packet_names_is_not_read() -> None:
    data = jpeg(XMP_SEGMENT, extension_segments(TITLE))

    assert metadata_of(here(data)).xmp == {"dc:creator": "Ann"}
    assert metadata_of(here(data)).status["xmp"] == "complete"


def test_parts_of_an_extension_that_overlap_are_read_once() -> None:
    parts = [(0, 1_500), (900, 1_400), (1_000, len(LONG_TITLE))]
    segments = [extension_segment(LONG_TITLE, *part) for part in parts]
    metadata = metadata_of(here(jpeg(xmp_segment(naming(LONG_TITLE)), *segments)))

    assert metadata.xmp["dc:title"] == "Port" * 2_500
    assert metadata.status["xmp"] == "complete"


@pytest.mark.parametrize(
    "extension",
    [
        pytest.param(b"", id="absent"),
        pytest.param(extension_segments(TITLE + b" "), id="of another digest"),
        pytest.param(
            extension_segment(TITLE, 0, len(TITLE), total=0xFFFFFFF0), id="too long"
        ),
    ],
)
def test_xmp_that_lacks_its_extension_is_incomplete(extension: bytes) -> None:
    metadata = metadata_of(here(jpeg(xmp_segment(naming(TITLE)), extension)), ALL_KINDS)

    assert metadata.xmp["dc:creator"] == "Ann"
    assert metadata.status["xmp"] == "incomplete"
    assert not metadata.needs


def test_xmp_without_its_extension_is_not_complete() -> None:
    extension = LONG_TITLE
    data = jpeg(xmp_segment(naming(extension)), extension_segments(extension))
    file = SparseFile(len(data))
    file.add(0, data[:2_000])

    assert metadata_of(file, ALL_KINDS).xmp["dc:creator"] == "Ann"
    assert metadata_of(file, ALL_KINDS).status["xmp"] == "incomplete"
    assert Fetches(data, ALL_KINDS).metadata.xmp["dc:title"] == "Port" * 2_500


@pytest.mark.parametrize("padding", [b" ", b"\n" + b" " * 99])
def test_the_padding_of_a_packet_is_not_fetched(padding: bytes) -> None:
    spaces = padding * (12_000 // len(padding))
    packet = XMP + spaces + b'<?xpacket end="w"?>'
    last = jpeg(xmp_segment(packet))
    fetches = Fetches(last[: last.index(packet) + len(packet)], ALL_KINDS)

    assert fetches.bytes == SAMPLE
    assert fetches.metadata.xmp == {"dc:creator": "Ann"}
    assert fetches.metadata.status["xmp"] != "incomplete"


def test_a_packet_that_goes_on_after_spaces_is_fetched() -> None:
    packet = XMP.replace(b' dc:creator="Ann"', b" " * 12_000 + b' dc:creator="Ann"')
    fetches = Fetches(jpeg(xmp_segment(packet)), ALL_KINDS)

    assert fetches.bytes > SAMPLE
    assert fetches.metadata.xmp == {"dc:creator": "Ann"}


def gif(comment: bytes) -> bytes:
    file = io.BytesIO()
    Image.new("L", (64, 48)).save(file, "GIF", comment=comment)
    return file.getvalue()


@pytest.mark.parametrize(
    ("data", "texts"),
    [
        pytest.param(
            png(chunk(b"tEXt", b"parameters\0a cat, Steps: 20")),
            [Text("parameters", "a cat, Steps: 20")],
            id="tEXt",
        ),
        pytest.param(
            png(chunk(b"zTXt", b"prompt\0\0" + zlib.compress(b'{"1": 2}'))),
            [Text("prompt", '{"1": 2}')],
            id="zTXt",
        ),
        pytest.param(
            png(
                chunk(b"iTXt", b"Author\0\0\0de\0Autor\0" + "Zoë".encode()),
                chunk(b"tEXt", b"Software\0GIMP"),
            ),
            [Text("Author", "Zoë"), Text("Software", "GIMP")],
            id="iTXt, and another",
        ),
        pytest.param(
            jpeg(segment(0xFE, b"Lavc58")), [Text("Comment", "Lavc58")], id="JPEG"
        ),
        pytest.param(gif(b"made by hand"), [Text("Comment", "made by hand")], id="GIF"),
        pytest.param(
            png(chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + XMP)), [], id="XMP"
        ),
    ],
)
def test_texts_are_read(data: bytes, texts: list[Text]) -> None:
    metadata = metadata_of(here(data), ALL_KINDS)

    assert [*metadata.texts] == texts
    assert metadata.status["texts"] == "complete"


SIGNED = sign("image/jpeg", noise("JPEG", 64), thumbnail=False)
SIGNED_BY = Signer(organization="Harbour Cameras", common_name="Camera 12345")
MADE = Provenance(
    c2pa=True,
    generator="Harbour Editor 2.1",
    actions=(
        Action(
            action="c2pa.created",
            digital_source_type=SOURCE_TYPE,
            software_agent="Painter 3",
        ),
        Action(action="c2pa.color_adjustments"),
    ),
    digital_source_type=SOURCE_TYPE,
    signer=SIGNED_BY,
)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "GIF", "AVIF"])
def test_provenance_takes_at_most_two_requests_more(kind: str) -> None:
    signed = sign(f"image/{kind.lower()}", noise(kind, 256))
    metadata = metadata_of(here(signed), ALL_KINDS)
    fetches = Fetches(signed, ALL_KINDS)

    assert metadata.provenance == fetches.metadata.provenance == MADE
    assert metadata.status["provenance"] == "complete"
    assert fetches.metadata.status["provenance"] == "complete"
    assert fetches.requests <= Fetches(signed).requests + 2


SOURCE_TYPE_IN_XMP = XMP.replace(
    b'dc:creator="Ann"',
    b'xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"'
    b' Iptc4xmpExt:DigitalSourceType="http://a.example/made"',
)


def test_the_source_type_of_xmp_is_that_of_the_image_without_a_manifest() -> None:
    plain = metadata_of(here(jpeg(xmp_segment(SOURCE_TYPE_IN_XMP)))).provenance
    after = SIGNED[:2] + xmp_segment(SOURCE_TYPE_IN_XMP) + SIGNED[2:]

    assert plain == Provenance(c2pa=False, digital_source_type="http://a.example/made")
    assert metadata_of(here(after)).provenance.digital_source_type == SOURCE_TYPE


def test_whether_there_is_a_manifest_is_unknown_while_places_are_missing() -> None:
    file = SparseFile(len(SIGNED))
    file.add(0, SIGNED[:40])

    assert metadata_of(file, ALL_KINDS).provenance == Provenance()
    assert metadata_of(here(b"plain text")).provenance == Provenance(c2pa=False)


MANY_WORDS = b"word " * (MAX_CHARS // 5 + 100)


@pytest.mark.parametrize(
    ("kind", "data", "status"),
    [
        ("xmp", jpeg(), "complete"),
        ("xmp", jpeg(xmp_segment(XMP[:-90])), "damaged"),
        ("xmp", jpeg(xmp_segment(b"not XMP")), "damaged"),
        (
            "xmp",
            png(
                chunk(
                    b"iTXt",
                    b"XML:com.adobe.xmp\0\0\0\0\0" + XMP.replace(b"Ann", MANY_WORDS),
                )
            ),
            "incomplete",
        ),
        (
            "xmp",
            png(
                chunk(
                    b"iTXt",
                    b"XML:com.adobe.xmp\0\1\0\0\0"
                    + zlib.compress(XMP.replace(b"Ann", bytes(MAX_DECOMPRESSED))),
                )
            ),
            "incomplete",
        ),
        ("iptc", jpeg(IPTC_SEGMENT), "complete"),
        ("iptc", jpeg(IPTC_SEGMENT.replace(IIM, IIM[:3] + b"\1" + IIM[4:])), "damaged"),
        ("texts", png(chunk(b"zTXt", b"a\0\0junk")), "damaged"),
        ("texts", png(chunk(b"tEXt", b"no separator")), "damaged"),
        (
            "texts",
            png(chunk(b"tEXt", b"a\0" + b"word " * (MAX_TEXT_BYTES // 4))),
            "incomplete",
        ),
        ("provenance", jpeg(), "complete"),
        ("provenance", SIGNED, "complete"),
        ("provenance", jxl(), "complete"),
        ("provenance", png(chunk(b"caBX", b"not JUMBF, and long enough")), "damaged"),
    ],
)
def test_the_status_is_that_of_its_kind(
    kind: Kind, data: bytes, status: Status
) -> None:
    found = metadata_of(here(data), ALL_KINDS).status

    assert found[kind] == status
    assert {found[other] for other in ALL_KINDS - {kind}} == {"complete"}


def test_what_is_cut_is_final_and_marked() -> None:
    long = png(chunk(b"tEXt", b"a\0" + b"word " * (MAX_TEXT_BYTES // 4)))
    metadata = metadata_of(here(long), ALL_KINDS)

    assert metadata.texts[0].text.endswith("…")
    assert not metadata.needs


def test_the_missing_bytes_of_exif_come_first_then_the_shortest() -> None:
    data = png(
        chunk(b"tEXt", b"a\0" + b"b" * 30_000),
        chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + XMP + b"." * 20_000),
        chunk(b"eXIf", TIFF + bytes(20_000)),
        chunk(b"tEXt", b"c\0" + b"d" * 40_000),
    )
    end = data.index(b"IEND")
    starts = [data.index(each) + 900 for each in (b"tEXta", b"iTXt", b"tEXtc")]
    exif = data.index(TIFF)
    holes = [
        *((starts[0], 9_000), (starts[1], 17_000), (exif, 9), (starts[2], 15_000)),
        (end, 0),
    ]
    file, at = SparseFile(len(data)), 0
    for first, length in holes:
        file.add(at, data[at:first])
        at = first + length
    file.add(at, data[at:])
    needs = metadata_of(file, ALL_KINDS).needs

    assert [(need.first, need.length) for need in needs] == [
        *((exif, 9), (starts[0], 9_000), (starts[2], 15_000), (starts[1], 17_000))
    ]
    assert metadata_of(file).needs == needs[:1]


def test_other_kinds_are_not_fetched_where_only_exif_is_wanted() -> None:
    data = jpeg(
        EXIF_SEGMENT,
        BEYOND_SAMPLE,
        segment(0xFE, b"x" * 40_000),
        xmp_segment(XMP.replace(b"Ann", b"Ann " * 9_000)),
    )
    exif, everything = Fetches(data), Fetches(data, ALL_KINDS)

    assert exif.metadata.status == {
        **dict.fromkeys(("exif", "iptc", "provenance"), "complete"),
        **dict.fromkeys(("xmp", "texts"), "not-sought"),
    }
    assert everything.bytes > exif.bytes + 40_000
    assert set(everything.metadata.status.values()) == {"complete"}


def test_the_packets_of_a_file_share_one_limit_of_tags() -> None:
    tags = xmp_segment(b"<a>" * 20_000)

    assert metadata_of(here(jpeg(tags, XMP_SEGMENT)), ALL_KINDS).xmp == {}
    assert metadata_of(here(jpeg(XMP_SEGMENT, tags)), ALL_KINDS).xmp
