from __future__ import annotations

import functools
import io
import itertools
import json
import math
import shutil
import struct
import subprocess
import zlib
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from fpcrawler.core.anatomy.payload import MAX_DECOMPRESSED
from fpcrawler.core.file.extents import MAX_JOINED, Extent, joined
from fpcrawler.core.file.sparse import SparseFile
from fpcrawler.core.metadata.provenance import Provenance
from fpcrawler.core.metadata.reader import ALL_KINDS, Metadata
from tests.core.corpus import each, files
from tests.core.exif_oracle import undocumented
from tests.core.readings import metadata_of

if TYPE_CHECKING:
    from fpcrawler.core.metadata.status import Kind

FIRST = 10_241
MAX_REQUESTS = 40

TIFF = (
    b"II*\0\x08\0\0\0\x01\0" + struct.pack("<HHI", 0x010F, 2, 4) + b"XYZ\0" + bytes(4)
)
OTHER = TIFF.replace(b"XYZ", b"UVW")
XMP = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF'
    b' xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description'
    b' xmlns:dc="http://purl.org/dc/elements/1.1/" dc:creator="Ann"/></rdf:RDF>'
    b"</x:xmpmeta>"
)
IIM = b"\x1c\x02\x5a\0\x04Wien"


class Fetches:
    """Fetches a file piece by piece, as a crawl does."""

    def __init__(
        self, data: bytes, wanted: frozenset[Kind] = frozenset({"exif"})
    ) -> None:
        self.requests, self.bytes = 1, min(FIRST, len(data))
        file = SparseFile(len(data))
        file.add(0, data[:FIRST])
        while (metadata := metadata_of(file, wanted)).needs:
            for need in metadata.needs:
                assert not file.has(need.first, need.length)
                file.add(need.first, data[need.first : need.end])
                self.requests += 1
                self.bytes += need.length
            assert self.requests < MAX_REQUESTS
        self.metadata = metadata


def here(data: bytes) -> SparseFile:
    file = SparseFile(len(data))
    file.add(0, data)
    return file


def picture(writer: str, **options: object) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (64, 48), "teal").save(file, writer, **options)
    return file.getvalue()


def chunk(name: bytes, data: bytes) -> bytes:
    crc = zlib.crc32(name + data).to_bytes(4, "big")
    return len(data).to_bytes(4, "big") + name + data + crc


def png(*chunks: bytes) -> bytes:
    """Return a PNG with the chunks before its end."""
    data = picture("PNG")
    return data[:-12] + b"".join(chunks) + data[-12:]


def raw_profile(kind: bytes, data: bytes) -> bytes:
    """Encode as ImageMagick's coders/png.c: a name, a length, lines of 72 digits."""
    digits = data.hex()
    lines = "\n".join(digits[at : at + 72] for at in range(0, len(digits), 72))
    return b"\n" + kind + f"\n{len(data):8}\n{lines}\n".encode()


def profile_chunk(kind: bytes, data: bytes) -> bytes:
    text = zlib.compress(raw_profile(kind, data))
    return chunk(b"zTXt", b"Raw profile type " + kind + b"\0\0" + text)


def segment(marker: int, data: bytes) -> bytes:
    return bytes([0xFF, marker]) + (len(data) + 2).to_bytes(2, "big") + data


def jpeg(*segments: bytes) -> bytes:
    data = picture("JPEG")
    return data[:2] + b"".join(segments) + data[2:]


def box(kind: bytes, data: bytes) -> bytes:
    return (len(data) + 8).to_bytes(4, "big") + kind + data


def jxl(*boxes: bytes) -> bytes:
    return (
        b"\0\0\0\x0cJXL \r\n\x87\n"
        + box(b"ftyp", b"jxl \0\0\0\0jxl ")
        + b"".join(boxes)
    )


EXIF_SEGMENT = segment(0xE1, b"Exif\0\0" + TIFF)
XMP_SEGMENT = segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + XMP)
IPTC_SEGMENT = segment(
    0xED, b"Photoshop 3.0\x008BIM\x04\x04\0\0\0\0\0" + bytes([len(IIM)]) + IIM + b"\0"
)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(jpeg(EXIF_SEGMENT), id="JPEG"),
        pytest.param(
            # exifread searches the first 4,000 bytes only.
            jpeg(segment(0xE2, bytes(30_000)), EXIF_SEGMENT),
            id="JPEG, far from the start",
        ),
        pytest.param(TIFF, id="TIFF"),
        pytest.param(png(chunk(b"eXIf", TIFF)), id="PNG"),
        pytest.param(png(profile_chunk(b"exif", TIFF)), id="PNG, raw profile"),
        pytest.param(
            png(profile_chunk(b"APP1", b"Exif\0\0" + TIFF)), id="PNG, APP1 profile"
        ),
        pytest.param(
            png(profile_chunk(b"exif", OTHER), chunk(b"eXIf", TIFF)), id="PNG, both"
        ),
        pytest.param(picture("WEBP", exif=TIFF), id="WebP, RFC 9649"),
        pytest.param(picture("WEBP", exif=b"Exif\0\0" + TIFF), id="WebP, as JPEG"),
        pytest.param(picture("AVIF", exif=TIFF), id="AVIF"),
        pytest.param(jxl(box(b"Exif", bytes(4) + TIFF)), id="JPEG XL"),
        pytest.param(
            jxl(box(b"brob", b"Exif" + brotli.compress(bytes(4) + TIFF))),
            id="JPEG XL, compressed",
        ),
    ],
)
def test_exif_is_read_from(data: bytes) -> None:
    assert metadata_of(here(data)).exif["Image Make"] == "XYZ"


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(jpeg(XMP_SEGMENT), id="JPEG"),
        pytest.param(
            png(chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + XMP)), id="PNG"
        ),
        pytest.param(
            png(chunk(b"iTXt", b"XML:com.adobe.xmp\0\x01\0\0\0" + zlib.compress(XMP))),
            id="PNG, compressed",
        ),
        pytest.param(
            png(profile_chunk(b"APP1", b"http://ns.adobe.com/xap/1.0/\0" + XMP)),
            id="PNG, APP1 profile",
        ),
        pytest.param(picture("WEBP", xmp=XMP), id="WebP"),
        pytest.param(picture("AVIF", xmp=XMP), id="AVIF"),
        pytest.param(jxl(box(b"xml ", XMP)), id="JPEG XL"),
        pytest.param(
            jxl(box(b"brob", b"xml " + brotli.compress(XMP))), id="JPEG XL, compressed"
        ),
    ],
)
def test_xmp_is_read_from(data: bytes) -> None:
    assert metadata_of(here(data)).xmp == {"dc:creator": "Ann"}


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(jpeg(IPTC_SEGMENT), id="JPEG"),
        pytest.param(png(profile_chunk(b"iptc", IIM)), id="PNG, raw profile"),
    ],
)
def test_iptc_is_read_from(data: bytes) -> None:
    assert metadata_of(here(data)).iptc == {"City": "Wien"}


@pytest.mark.parametrize(
    "writer", ["AVIF", "BMP", "GIF", "JPEG", "PNG", "TIFF", "WEBP"]
)
def test_dimensions_and_format_are_read(writer: str) -> None:
    metadata = metadata_of(here(picture(writer)))

    assert (metadata.format, metadata.width, metadata.height) == (
        writer.lower(),
        64,
        48,
    )


def test_metadata_are_not_complete_until_the_tail_was_read() -> None:
    data = png(*[chunk(b"IDAT", bytes(8_192))] * 40, chunk(b"eXIf", TIFF))
    file = SparseFile(len(data))
    file.add(0, data[:FIRST])

    assert metadata_of(file).status["exif"] == "incomplete"
    assert Fetches(data).metadata.exif == {"Image Make": "XYZ"}
    assert Fetches(data).requests == 2


def test_a_file_with_too_many_segments_is_not_complete() -> None:
    metadata = metadata_of(here(jpeg(*[segment(0xFE, b"")] * 6_000)))

    assert not metadata.needs
    assert metadata.status["exif"] == "incomplete"


def test_only_the_wanted_kinds_are_requested() -> None:
    packet = XMP.replace(b"Ann", b"Ann" * 13_000)
    far = segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + packet)
    data = jpeg(EXIF_SEGMENT, segment(0xE2, bytes(30_000)), far)
    default, both = Fetches(data), Fetches(data, ALL_KINDS)

    assert default.metadata.xmp == {}
    assert default.metadata.status["exif"] == "complete"
    assert default.metadata.status["xmp"] == "not-sought"
    assert both.metadata.xmp == {"dc:creator": "Ann" * 13_000}
    assert both.metadata.status["xmp"] == "complete"
    assert both.bytes > default.bytes + 30_000


def test_received_bytes_are_not_requested_again() -> None:
    profile = chunk(b"tEXt", b"Raw profile type exif\0" + raw_profile(b"exif", OTHER))
    picture_data = [chunk(b"IDAT", bytes(8_192))] * 40
    data = png(profile, *picture_data, chunk(b"eXIf", TIFF))
    file = SparseFile(len(data))
    file.add(0, data[:FIRST])

    assert all(need.first >= FIRST for need in metadata_of(file).needs)
    assert Fetches(data).metadata.exif == {"Image Make": "XYZ"}


def test_a_file_that_is_not_an_image_has_no_metadata() -> None:
    metadata = metadata_of(here(b"plain text"))

    assert metadata == Metadata(
        format=None, status=metadata.status, provenance=Provenance(c2pa=False)
    )


@pytest.mark.parametrize(
    "bomb",
    [
        pytest.param(
            png(
                chunk(b"zTXt", b"XML\0\0" + zlib.compress(bytes(9 * MAX_DECOMPRESSED)))
            ),
            id="zlib, not metadata",
        ),
        pytest.param(
            png(profile_chunk(b"xmp", bytes(2 * MAX_DECOMPRESSED))), id="zlib"
        ),
        pytest.param(
            jxl(box(b"brob", b"xml " + brotli.compress(bytes(9 * MAX_DECOMPRESSED)))),
            id="brotli",
        ),
        pytest.param(
            png(chunk(b"zTXt", b"Raw profile type exif\0\0junk")), id="not zlib"
        ),
        pytest.param(jxl(box(b"brob", b"Exifjunk")), id="not brotli"),
    ],
)
def test_bombs_and_broken_compression_give_no_metadata(bomb: bytes) -> None:
    metadata = metadata_of(here(bomb))

    assert metadata.exif == {}
    assert metadata.xmp == {}


@given(st.sampled_from([jpeg(EXIF_SEGMENT), TIFF, jxl()]), st.data())
def test_a_damaged_file_raises_nothing(whole: bytes, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, min(len(whole), 900)))
    junk = data.draw(st.binary(max_size=20))

    metadata_of(here(whole[:place] + junk + whole[place + len(junk) :]))


WORTH_A_MEAN = ["metadata-straddling", "metadata-far"]


@each(files("metadata-*", "no-metadata", "seed"))
def test_the_fetched_bytes_give_the_exif_of_the_whole_file(path: Path) -> None:
    data = path.read_bytes()

    exif = Fetches(data).metadata.exif

    assert not undocumented(data, exif)


@each(files("metadata-near", "no-metadata", "seed"))
def test_near_metadata_need_one_request_or_two(path: Path) -> None:
    # The second looks for further blocks: up to a JPEG's picture, or at the end.
    assert Fetches(path.read_bytes()).requests <= 2


@pytest.mark.skipif(not files(*WORTH_A_MEAN), reason="the corpus is missing")
def test_metadata_beyond_the_first_bytes_need_few_requests() -> None:
    all_fetches = [Fetches(path.read_bytes()) for path in files(*WORTH_A_MEAN)]
    number = len(all_fetches)

    requests = sum(fetches.requests for fetches in all_fetches) / number
    fetched = sum(fetches.bytes for fetches in all_fetches) / number
    print(f"{number} files: {requests:.2f} requests, {fetched:,.0f} bytes")

    assert requests <= 2.3
    assert fetched <= 24_000


@each(files())
def test_any_real_file_is_read_to_texts(path: Path) -> None:
    data = path.read_bytes()
    metadata = Fetches(data, ALL_KINDS).metadata

    json.dumps([metadata.exif, metadata.xmp, metadata.iptc]).encode()


OF_EXIFTOOL = {
    "Image Make": "IFD0:Make",
    "Image Model": "IFD0:Model",
    "Image Software": "IFD0:Software",
    "Image DateTime": "IFD0:ModifyDate",
    "EXIF DateTimeOriginal": "ExifIFD:DateTimeOriginal",
    "EXIF DateTimeDigitized": "ExifIFD:CreateDate",
    "GPS GPSLatitudeRef": "GPS:GPSLatitudeRef",
    "GPS GPSLongitudeRef": "GPS:GPSLongitudeRef",
    "GPS GPSDate": "GPS:GPSDateStamp",
}


BROKEN = files("reader-fails", "malformed")


@functools.cache
def exiftool_says() -> dict[str, dict[str, object]]:
    """Return ExifTool's readings by path; it starts slowly, so it runs once for all."""
    answer = subprocess.run(
        ["exiftool", "-q", "-j", "-G1", "-n", "-EXIF:all", *map(str, BROKEN)],
        capture_output=True,
        check=False,
    )
    return {reading["SourceFile"]: reading for reading in json.loads(answer.stdout)}


@pytest.mark.skipif(not shutil.which("exiftool"), reason="ExifTool is missing")
@each(BROKEN)
def test_the_tags_that_exiftool_reads_are_read(path: Path) -> None:
    theirs = exiftool_says().get(str(path), {})
    exif = Fetches(path.read_bytes()).metadata.exif

    for ours, name in OF_EXIFTOOL.items():
        if name in theirs:
            assert exif[ours].strip() == str(theirs[name]).strip()
    for name in ("GPSLatitude", "GPSLongitude"):
        if isinstance(theirs.get(f"GPS:{name}"), int | float):
            degrees = degrees_of(exif[f"GPS {name}"])
            assert degrees == pytest.approx(theirs[f"GPS:{name}"], abs=1e-6)


def degrees_of(printed: str) -> float:
    """Read ``[37, 47, 123/10]``: degrees, minutes and seconds."""
    parts = [float(Fraction(part)) for part in printed.strip("[]").split(", ")]
    return math.fsum(part / 60**place for place, part in enumerate(parts))


def orders_of_three(data: bytes) -> Iterator[SparseFile]:
    """Yield files that grow by a third, in every order of the three."""
    third = len(data) // 3 + 1
    for order in itertools.permutations(range(3)):
        file = SparseFile(len(data))
        for index in order:
            file.add(index * third, data[index * third : (index + 1) * third])
            yield file


def cuts(data: bytes) -> Iterator[SparseFile]:
    """Yield files cut off at each 97th byte; the rest is missing."""
    for end in range(0, len(data), 97):
        file = SparseFile(len(data))
        file.add(0, data[:end])
        yield file


CLASSES = files("metadata-*", "no-metadata", "reader-fails", "malformed", up_to=65_536)


@pytest.mark.untraced
@each(CLASSES)
def test_each_tag_of_a_partial_file_is_that_of_the_whole_or_absent(path: Path) -> None:
    data = path.read_bytes()
    whole = metadata_of(here(data)).exif

    for file in itertools.chain(orders_of_three(data), cuts(data)):
        assert metadata_of(file).exif.items() <= whole.items()


# A truncated file is a different file. The first loses the second of its two blocks,
# which exifread returns. In the other, a BigTIFF, exifread finds one tag many times
# and returns the last one, which is lost.
ANOTHER_FILE = {
    "3dff1b1bce-exif-both.png",
    "5f64da128a-usda_naip_256_webp_z3.tif",
}


# exifread reads 15,000 empty entries in each: with a step of 97 bytes these three
# would take as long as all others.
LONG_READ = {
    "85c8da46ab-BigTIFFSubIFD4.tif",
    "93e5ac30f5-BigTIFFSubIFD8.tif",
    "b52c6a3217-d6dce80-7d84-11eb-99df-4cb21df3b09f.jpeg",
}


@pytest.mark.untraced
@each([path for path in CLASSES if path.name not in ANOTHER_FILE])
def test_each_tag_of_a_cut_file_is_that_of_the_whole_or_absent(path: Path) -> None:
    data = path.read_bytes()
    whole = metadata_of(here(data)).exif

    for end in range(0, len(data), 970 if path.name in LONG_READ else 97):
        metadata = metadata_of(here(data[:end]))
        assert metadata.exif.items() <= whole.items()
        assert metadata.status["exif"] in {"complete", "damaged"}


def test_nothing_is_requested_if_no_kind_is_wanted() -> None:
    file = SparseFile(1_000_000)
    file.add(0, jpeg(EXIF_SEGMENT)[:12])

    assert metadata_of(file).needs
    assert not metadata_of(file, frozenset()).needs


def test_near_extents_are_joined_up_to_a_limit() -> None:
    scattered = [Extent(number * 7_500, 20) for number in range(60)]
    extents = joined(scattered, size=10**6)

    assert 2 < len(extents) < 10
    assert max(extent.length for extent in extents) <= MAX_JOINED
    assert all(
        any(e.first <= s.first < s.end <= e.end for e in extents) for s in scattered
    )
