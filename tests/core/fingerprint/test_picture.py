from __future__ import annotations

import random
import struct
from collections.abc import Callable
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from fpcrawler.core.anatomy import Anatomy, Extent, Picture, read_anatomy
from fpcrawler.core.file.sparse import UNKNOWN_SIZE, SparseFile
from fpcrawler.core.fingerprint.head import SAMPLE_BYTES
from fpcrawler.core.fingerprint.picture import (
    CODED_BYTES,
    END_BYTES,
    PictureReading,
    read_picture,
)
from tests.core.anatomy import test_anatomy as built
from tests.core.corpus import each, files
from tests.core.readings import picture_of

NOISE = Image.effect_noise((300, 200), 80).tobytes()


def image(width: int = 300, height: int = 200, mode: str = "RGB") -> Image.Image:
    return Image.frombytes("L", (300, 200), NOISE).resize((width, height)).convert(mode)


def saved(writer: str, picture: Image.Image | None = None, **options: object) -> bytes:
    buffer = BytesIO()
    (picture or image()).save(buffer, writer, **options)
    return buffer.getvalue()


def with_chunks_of(length: int) -> bytes:
    """Split the IDAT chunks of a PNG anew."""
    data = saved("PNG")
    first, end = data.index(b"IDAT") - 4, data.rindex(b"IEND") - 4
    stream, at = b"", first
    while at < end:
        size = int.from_bytes(data[at : at + 4], "big")
        stream, at = stream + data[at + 8 : at + 8 + size], at + 12 + size
    pieces = (stream[at : at + length] for at in range(0, len(stream), length))
    return data[:first] + b"".join(built.chunk(b"IDAT", p) for p in pieces) + data[end:]


FORMATS = {
    "baseline JPEG": saved("JPEG", quality=90),
    "progressive JPEG": saved("JPEG", quality=90, progressive=True),
    "JPEG with restarts": saved("JPEG", quality=90, restart_marker_blocks=4),
    "CMYK JPEG": saved("JPEG", image(mode="CMYK")),
    "PNG": saved("PNG"),
    "palette PNG": saved("PNG", image(mode="P"), transparency=3),
    "stored PNG": saved("PNG", compress_level=0),
    "APNG": saved("PNG", save_all=True, append_images=[image().rotate(90)]),
    "PNG of small chunks": with_chunks_of(900),
    "small APNG": saved(
        "PNG", image(40, 30), save_all=True, append_images=[image(), image(60, 40)]
    ),
    "GIF": saved("GIF"),
    "animated GIF": saved("GIF", save_all=True, append_images=[image().rotate(90)]),
    "WebP": saved("WEBP"),
    "lossless WebP": saved("WEBP", lossless=True),
    "WebP with alpha": saved("WEBP", image(mode="LA").convert("RGBA"), exact=True),
    "animated WebP": saved("WEBP", save_all=True, append_images=[image().rotate(9)]),
    "AVIF": saved("AVIF"),
    "TIFF": saved("TIFF"),
    "deflated TIFF": saved("TIFF", compression="tiff_adobe_deflate"),
    "packed TIFF": saved("TIFF", compression="packbits"),
    "BMP": saved("BMP"),
    "palette BMP": saved("BMP", image(mode="P")),
    "ICO": saved("ICO", sizes=[(200, 200)]),
    "JPEG 2000": saved("JPEG2000"),
    "HEIC": built.heic(),
    "HEIC of tiles": built.heic(grid=True),
    "JPEG XL": built.jxl(),
    "PSD": built.psd(),
    "RAF": built.raf(),
}


def whole(data: bytes) -> SparseFile:
    file = SparseFile(len(data))
    file.add(0, data)
    return file


def fed(data: bytes) -> tuple[PictureReading, list[Extent]]:
    """Read, starting with the sample; return also the ranges that were requested."""
    file = SparseFile(len(data))
    file.add(0, data[:SAMPLE_BYTES])
    asked: list[Extent] = []
    for _ in range(20):
        reading = picture_of(file)
        for extent in reading.needs:
            file.add(extent.first, data[extent.first : extent.end])
        asked += reading.needs
        if not reading.needs:
            return reading, asked
    pytest.fail("still needs bytes after 20 rounds")


def assert_agree(part: PictureReading, full: PictureReading) -> None:
    """Check what was read of a part of a file by what was read of all of it."""
    ends = {part.end_sha256, full.end_sha256} - {None}

    assert part.sha256 == full.sha256
    assert len(ends) < 2
    if part.evidence.is_upper_bound:
        assert part.end_sha256 is None
        assert (part.length or 0) >= (full.length or 0)
    else:
        assert part.length == full.length


def canonical(title: str, *pieces: bytes) -> str:
    """Hash as DATA_FORMAT.md defines it."""
    framed = b"".join(len(piece).to_bytes(4, "big") + piece for piece in pieces)
    return sha256(title.encode() + b"\n" + framed).hexdigest()


def canonical_jpeg(data: bytes) -> tuple[str, int]:
    at, pieces, size = 2, [], ""
    while True:
        marker, length = data[at + 1], int.from_bytes(data[at + 2 : at + 4], "big")
        segment = data[at : at + 2 + length]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", segment[5:9])
            size = f"{width} {height}"
        if not (0xE0 <= marker <= 0xED or marker == 0xFE):
            pieces.append(segment)
        at += len(segment)
        if marker == 0xDA:
            coded = data[at:]
            return canonical(f"jpeg {size}", *pieces, coded[:4_096]), len(coded)


def canonical_png(data: bytes) -> tuple[str, int]:
    at, pieces, first, end, size, coded = 8, [], 0, 0, "", b""
    while at < len(data):
        length, name = struct.unpack(">I4s", data[at : at + 8])
        content = data[at + 8 : at + 8 + length]
        if name == b"IHDR":
            size = "{} {}".format(*struct.unpack(">II", content[:8]))
        is_before = not first or (name == b"fcTL" and len(coded) < 4_096)
        if name in (b"IHDR", b"PLTE", b"tRNS", b"acTL", b"fcTL") and is_before:
            pieces.append(name + content)
        if name in (b"IDAT", b"fdAT"):
            first = first or at + 8
            end = at + 8 + length
            coded += content
        at += 12 + length
    return canonical(f"png {size}", *pieces, coded[:4_096]), end - first


def canonical_bmp(data: bytes) -> tuple[str, int]:
    first, header = (int.from_bytes(data[at : at + 4], "little") for at in (10, 14))
    assert header == 40
    width, height = struct.unpack("<ii", data[18:26])
    coded = data[first:]
    tables = data[14:34] + data[46:first]
    return canonical(f"bmp {width} {abs(height)}", tables, coded[:4_096]), len(coded)


@pytest.mark.parametrize(
    ("names", "other_program"),
    [
        (("baseline JPEG", "progressive JPEG", "CMYK JPEG"), canonical_jpeg),
        (
            (
                *("PNG", "palette PNG", "stored PNG", "APNG", "small APNG"),
                "PNG of small chunks",
            ),
            canonical_png,
        ),
        (("BMP", "palette BMP"), canonical_bmp),
    ],
)
def test_another_program_computes_the_same(
    names: tuple[str, ...], other_program: Callable[[bytes], tuple[str, int]]
) -> None:
    for name in names:
        reading = picture_of(whole(FORMATS[name]))

        assert (reading.sha256, reading.length) == other_program(FORMATS[name]), name


@pytest.mark.parametrize("name", FORMATS)
def test_the_sample_and_what_is_asked_for_give_what_the_whole_file_gives(
    name: str,
) -> None:
    data = FORMATS[name]
    reading, asked = fed(data)

    assert_agree(reading, picture_of(whole(data)))
    assert reading.sha256 is not None
    assert reading.length is not None
    assert 0 < reading.length < len(data)
    assert reading.evidence.picture_coded == min(reading.length, CODED_BYTES)
    # Of a PNG the end, too; of an animated one also the chunk before its second frame.
    assert len(asked) <= 1 + ("PNG" in name) + (name == "APNG")


@each(files())
def test_real_files_are_read_alike_whole_and_in_parts(path: Path) -> None:
    data = path.read_bytes()
    reading, asked = fed(data)

    assert_agree(reading, picture_of(whole(data)))
    assert sum(extent.length for extent in asked) <= 262_144


@pytest.mark.parametrize("name", FORMATS)
def test_a_coded_byte_within_the_first_ones_changes_it(name: str) -> None:
    data = bytearray(FORMATS[name])
    before = picture_of(whole(bytes(data)))
    picture = read_anatomy(whole(bytes(data)), has_picture=True).picture
    assert picture is not None
    at = picture.extents[0].first + min(200, picture.length // 2)
    data[at] ^= 1
    after = picture_of(whole(bytes(data)))

    assert after.sha256 != before.sha256
    assert after.length == before.length


@pytest.mark.parametrize("marker", [0xDB, 0xC4, 0xC0, 0xDA])
def test_a_table_or_parameter_of_a_jpeg_changes_it(marker: int) -> None:
    data = bytearray(FORMATS["baseline JPEG"])
    at = data.index(bytes([0xFF, marker])) + 9
    before = picture_of(whole(bytes(data))).sha256
    data[at] ^= 1

    assert picture_of(whole(bytes(data))).sha256 != before


@pytest.mark.parametrize("length", [300, 700, 4_000, 5_000, 50_000])
def test_pngs_whose_chunks_are_cut_differently_have_one_hash(length: int) -> None:
    plain, split = FORMATS["PNG"], with_chunks_of(length)
    padding = built.chunk(b"iCCP", NOISE[:9_000])

    for data in (split, split[:33] + padding + split[33:]):
        reading, _ = fed(data)
        assert reading.sha256 == picture_of(whole(plain)).sha256
        assert reading.length in (data.rindex(b"IEND") - data.index(b"IDAT") - 12, None)


def test_restart_markers_and_fill_bytes_do_not_end_the_picture() -> None:
    data = FORMATS["JPEG with restarts"]
    filled = data.replace(b"\xff\xdb", b"\xff\xff\xff\xdb", 1)
    assert b"\xff\xd0" in data

    assert picture_of(whole(filled)).sha256 == picture_of(whole(data)).sha256
    assert (
        picture_of(whole(filled)).length
        == len(data) - data.rindex(b"\x3f\0", 0, data.index(b"\xff\xd0")) - 2
    )


@pytest.mark.parametrize(
    "name", ["stored PNG", "BMP", "TIFF", "packed TIFF", "PNG", "deflated TIFF"]
)
def test_where_a_change_seldom_changes_the_length_the_size_is_constant(
    name: str,
) -> None:
    is_constant = picture_of(whole(FORMATS[name])).evidence.is_constant_size

    assert is_constant is (name not in {"PNG", "deflated TIFF"})


@pytest.mark.parametrize("length", [300, 8_192, 1_000_000])
def test_the_end_of_a_png_is_here_after_the_request_for_its_last_chunks(
    length: int,
) -> None:
    data = with_chunks_of(length)
    reading, asked = fed(data)

    assert reading.end_sha256 == picture_of(whole(data)).end_sha256 is not None
    assert len(asked) == 1


@pytest.mark.parametrize("name", FORMATS)
def test_the_end_is_that_of_the_coded_data(name: str) -> None:
    data = FORMATS[name]
    reading = picture_of(whole(data))
    picture = read_anatomy(whole(data), has_picture=True).picture
    assert picture is not None
    coded = b"".join(data[e.first : e.end] for e in picture.extents)

    assert reading.length == len(coded)
    assert reading.end_sha256 == sha256(coded[-END_BYTES:]).hexdigest()


def test_an_even_picture_reports_its_low_evidence() -> None:
    reading, _ = fed(saved("JPEG", Image.new("RGB", (2_000, 1_500), "white")))

    assert reading.evidence.picture_deflated < 1_024


def multi_picture(*types: int, primary: int) -> bytes:
    """Build an MP index (CIPA DC-007 5.2) for a primary image and further ones."""
    entries = b"".join(
        struct.pack(">IIIHH", kind, primary if not number else 5_000, 0, 0, 0)
        for number, kind in enumerate((0x030000, *types))
    )
    fields = struct.pack(">HHI4s", 0xB000, 7, 4, b"0100")
    fields += struct.pack(">HHII", 0xB001, 4, 1, len(types) + 1)
    fields += struct.pack(">HHII", 0xB002, 7, len(entries), 8 + 2 + 36 + 4)
    block = b"MM\0*" + struct.pack(">IH", 8, 3) + fields + bytes(4) + entries
    return built.segment(0xE2, b"MPF\0" + block)


@pytest.mark.parametrize(
    ("kinds", "is_preview"),
    [
        ((0x010001,), True),
        ((0x010001, 0x010002), True),
        ((0x000000,), False),
        ((0x010002, 0x000000), False),
        ((0x020002,), False),
    ],
)
def test_where_the_end_is_not_here_previews_after_a_jpeg_are_not_counted(
    kinds: tuple[int, ...], *, is_preview: bool
) -> None:
    plain = FORMATS["baseline JPEG"]
    index = multi_picture(*kinds, primary=0)
    index = multi_picture(*kinds, primary=len(plain) + len(index))
    data = plain[:2] + index + plain[2:] + bytes(5_000)
    reading, picture = fed(data)[0], picture_of(whole(plain))

    assert reading.sha256 == picture.sha256
    assert (reading.length == picture.length) is is_preview
    assert reading.evidence.is_upper_bound
    assert picture_of(whole(data)).length == picture.length


@pytest.mark.parametrize("primary", [0, 1, 300, 2**32 - 1])
def test_a_wrong_multi_picture_index_does_not_end_the_picture(primary: int) -> None:
    plain = FORMATS["baseline JPEG"]
    data = plain[:2] + multi_picture(0x010001, primary=primary) + plain[2:]

    assert picture_of(whole(data)).length == picture_of(whole(plain)).length


def test_a_file_of_unknown_size_has_a_hash_but_no_length() -> None:
    file = SparseFile(UNKNOWN_SIZE)
    file.add(0, FORMATS["baseline JPEG"][:SAMPLE_BYTES])
    reading = picture_of(file)

    assert reading.sha256 == picture_of(whole(FORMATS["baseline JPEG"])).sha256
    assert reading.length is None
    assert reading.end_sha256 is None


def test_a_file_without_a_picture_has_no_fingerprint() -> None:
    for data in (b"", b"<svg width='3' height='3'/>", b"\xff\xd8\xff\xd9", NOISE):
        reading = picture_of(whole(data))

        assert (reading.sha256, reading.length, reading.needs) == (None, None, ())


@pytest.mark.untraced
@given(st.sampled_from(sorted(FORMATS)), st.data())
@settings(max_examples=300, deadline=None)
def test_nothing_is_raised_and_little_is_asked_for_whatever_the_bytes(
    name: str, drawn: st.DataObject
) -> None:
    data = bytearray(FORMATS[name][: drawn.draw(st.integers(0, 60_000))])
    places = drawn.draw(st.lists(st.integers(0, 700), max_size=8))
    for at in places:
        if at < len(data):
            data[at] = drawn.draw(st.integers(0, 255))
    reading, asked = fed(bytes(data))

    assert_agree(reading, picture_of(whole(bytes(data))))
    assert len(asked) <= 10


def grids_of_grids(count: int) -> bytes:
    """Build a HEIC file of grids, each of which references all of them."""
    numbers = range(1, count + 1)
    infos = b"".join(
        built.full(b"infe", struct.pack(">HH", number, 0) + b"grid\0", 2)
        for number in numbers
    )
    parts = struct.pack(f">H{count}H", count, *numbers)
    references = b"".join(
        built.box(b"dimg", struct.pack(">H", number) + parts) for number in numbers
    )
    places = b"".join(struct.pack(">HHHII", n, 0, 1, 5_000, 100) for n in numbers)
    meta = built.full(
        b"meta",
        built.full(b"pitm", struct.pack(">H", 1))
        + built.full(b"iinf", struct.pack(">H", count) + infos)
        + built.full(b"iref", references)
        + built.full(b"iloc", b"\x44\x00" + struct.pack(">H", count) + places),
    )
    opening = built.box(b"ftyp", b"heic\0\0\0\0mif1heic")
    return opening + meta + built.box(b"mdat", NOISE[:30_000])


def test_grids_that_reference_each_other_are_read_in_finite_time() -> None:
    reading = picture_of(whole(grids_of_grids(30)))

    assert (reading.sha256, reading.needs) == (None, ())


def stickers(writer: str, **options: object) -> list[bytes]:
    """Return two pictures with equal colours and different masks."""
    found = []
    for degrees in (0, 90):
        picture = image(mode="RGB").convert("RGBA")
        picture.putalpha(image(mode="L").rotate(degrees))
        found.append(saved(writer, picture, **options))
    return found


@pytest.mark.parametrize("writer", ["AVIF", "WEBP"])
def test_pictures_with_different_masks_differ(writer: str) -> None:
    first, second = (picture_of(whole(data)) for data in stickers(writer))

    assert (first.sha256, first.length) != (second.sha256, second.length)


def test_a_mask_that_is_not_compressed_has_a_constant_size() -> None:
    masks = [bytes(300 * 200), bytes(300 * 200 - 2_000) + b"\xff" * 2_000]
    files_of = [
        built.webp(built.riff(b"ALPH", b"\0" + mask), built.VP8, flags=0x10)
        for mask in masks
    ]
    first, second = (picture_of(whole(data)) for data in files_of)

    assert first.evidence.is_constant_size
    assert first.sha256 == second.sha256
    assert first.end_sha256 != second.end_sha256


def uncompressed_gif(pixels: bytes) -> bytes:
    """Write codes of 9 bits, the table cleared before it can grow."""
    codes = 0
    count = 0
    for start in range(0, len(pixels), 250):
        for code in (256, *pixels[start : start + 250]):
            codes |= code << 9 * count
            count += 1
    codes |= 257 << 9 * count
    data = codes.to_bytes((9 * (count + 1) + 7) // 8, "little")
    blocks = [data[at : at + 255] for at in range(0, len(data), 255)]
    screen = b"GIF89a" + struct.pack("<HHBBB", 300, 200, 0xF7, 0, 0)
    table = bytes(range(256)) * 3
    opening = b"\x2c" + struct.pack("<HHHHB", 0, 0, 300, 200, 0) + b"\x08"
    coded = b"".join(bytes([len(block)]) + block for block in blocks)
    return screen + table + opening + coded + b"\0\x3b"


def test_a_gif_whose_table_never_grows_has_a_constant_size() -> None:
    data = uncompressed_gif(NOISE)

    assert Image.open(BytesIO(data)).tobytes() == NOISE
    assert picture_of(whole(data)).evidence.is_constant_size
    assert not picture_of(whole(FORMATS["GIF"])).evidence.is_constant_size


def test_coded_bytes_that_a_file_names_often_count_no_more_than_the_sample() -> None:
    file = whole(bytes(4_096))
    picture = Picture(extents=(Extent(0, 4_000),) * 1_000)
    evidence = read_picture(file, Anatomy(format="heic", picture=picture)).evidence
    assert 0 < evidence.sample_coded <= SAMPLE_BYTES


def test_deflate_that_stores_noise_has_a_constant_size() -> None:
    raw = random.Random(1).randbytes(900 * 900)
    data = saved(
        "TIFF", Image.frombytes("L", (900, 900), raw), compression="tiff_adobe_deflate"
    )

    assert picture_of(whole(data)).evidence.is_constant_size


def test_jfif_decides_where_components_are_called_rgb() -> None:
    plain = bytearray(FORMATS["baseline JPEG"])
    frame = plain.index(b"\xff\xc0")
    plain[frame + 10 : frame + 19 : 3] = b"RGB"
    without = bytes(plain[:2] + plain[20:])

    assert plain[2:4] == b"\xff\xe0"
    assert picture_of(whole(bytes(plain))).sha256 != picture_of(whole(without)).sha256


def test_the_picture_of_an_icon_is_all_its_pictures() -> None:
    data = saved("ICO", sizes=[(200, 200), (64, 64)])
    picture = read_anatomy(whole(data), has_picture=True).picture

    assert picture is not None
    assert len(picture.extents) == 2
    assert picture.extents[0].length > picture.extents[1].length


@pytest.mark.parametrize(
    ("data", "ends_in_checksum"),
    [
        *((built.png(), True), (FORMATS["PNG"], True), (FORMATS["stored PNG"], True)),
        *((FORMATS["APNG"], False), (FORMATS["small APNG"], False)),
        (built.png()[:8] + built.chunk(b"CgBI", bytes(4)) + built.png()[8:], False),
        (built.png()[:-20], False),
        *((FORMATS["baseline JPEG"], False), (FORMATS["deflated TIFF"], False)),
    ],
)
def test_the_end_of_a_png_that_is_not_animated_holds_a_checksum(
    data: bytes, *, ends_in_checksum: bool
) -> None:
    for reading in (fed(data)[0], picture_of(whole(data))):
        is_checksummed = reading.evidence.ends_in_checksum
        assert is_checksummed is (ends_in_checksum and reading.end_sha256 is not None)
    assert reading.evidence.ends_in_checksum is ends_in_checksum
