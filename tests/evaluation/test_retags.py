"""Copies with other metadata are found; other pictures are never called copies."""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
import zlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image
from scrapy.settings import Settings

from fpcrawler.core.anatomy import read_anatomy
from fpcrawler.core.anatomy.block import Block
from fpcrawler.core.file.formats import SNIFF_BYTES, image_format
from fpcrawler.core.file.sparse import SparseFile
from fpcrawler.core.fingerprint.picture import CODED_BYTES, END_BYTES
from fpcrawler.core.fingerprint.rules import PROVEN
from fpcrawler.core.fingerprint.verdicts import verdict
from fpcrawler.crawl.budget import ReadOptions
from fpcrawler.evaluation.coded import coded_sha256
from fpcrawler.evaluation.in_memory import read_in_memory
from fpcrawler.evaluation.retagging import EDITS, Edit, blocks, retagged
from fpcrawler.evaluation.scoring import FOUND
from tests.core.corpus import CORPUS, files
from tests.pictures import KINDS, drawing, few_colours, saved

if TYPE_CHECKING:
    from fpcrawler.core.fingerprint.evidence import Fingerprint
    from fpcrawler.core.fingerprint.rules import VerdictName

DOCS = Path(os.environ.get("DOCS", "nowhere"))
EACH, GIFS = 28, 12
"""Images of each kind; to make a GIF takes as long as to make 20 JPEGs."""

pytestmark = pytest.mark.untraced

RETAGGED_FORMATS = {"gif", "jpeg", "jxl", "png", "webp"}


@cache
def wanted() -> ReadOptions:
    settings = Settings()
    settings.setmodule("fpcrawler.settings")
    return ReadOptions.from_settings(settings)


def fingerprint(data: bytes) -> Fingerprint:
    return read_in_memory(data, wanted())


def said(a: bytes, b: bytes) -> VerdictName | None:
    """Return the verdict on two files; it must be the same in both orders."""
    first, second = fingerprint(a), fingerprint(b)
    found, other = verdict(first, second), verdict(second, first)
    assert found == other
    return found.name if found else None


@cache
def pictures(kind: str) -> list[bytes]:
    count = GIFS if kind.startswith("gif") else EACH
    return [KINDS[kind](number) for number in range(count)]


def picture_in(record: Fingerprint) -> tuple[str | int | None, ...]:
    return record.picture_sha256, record.picture_length, record.end_sha256


def test_there_are_enough_images() -> None:
    formats = {image_format(pictures(kind)[0][:SNIFF_BYTES]) for kind in KINDS}

    assert sum(len(pictures(kind)) for kind in KINDS) >= 500
    assert formats == {"jpeg", "png", "webp", "gif", "tiff", "avif"}


# --- Retagged here ---------------------------------------------------------------


@pytest.mark.parametrize(
    "kind", [kind for kind in KINDS if kind.partition(" ")[0] in RETAGGED_FORMATS]
)
def test_retagged_copies_are_found(kind: str) -> None:
    copies = 0
    for data in pictures(kind):
        original, coded = fingerprint(data), coded_sha256(data)
        for edit in EDITS:
            copy = retagged(data, edit)
            if copy is None:
                continue
            assert coded_sha256(copy) == coded is not None
            found = verdict(original, fingerprint(copy))
            assert found is not None, edit
            assert found.name in FOUND, edit
            copies += 1

    assert copies >= 3 * len(pictures(kind))


@pytest.mark.parametrize("edit", EDITS[1:])
@pytest.mark.parametrize("kind", ["jpeg", "png", "webp"])
def test_copies_of_retagged_copies_are_found(kind: str, edit: Edit) -> None:
    data = pictures(kind)[0]
    with_profile = retagged(data, "large profile added") or b""
    with_much = retagged(with_profile, "thumbnail added") or b""
    copy = retagged(with_much, edit) or with_much

    assert said(copy, retagged(copy, "stripped") or b"") in FOUND


@cache
def real_files() -> list[Path]:
    documentation = sorted(DOCS.rglob("*.png")) + sorted(DOCS.rglob("*.jpg"))
    return [*files(), *documentation[:: max(len(documentation) // 200, 1)]]


@pytest.mark.skipif(not real_files(), reason="the corpus is not here")
def test_retagged_copies_of_real_files_are_found() -> None:
    missed, copies = set(), 0
    for path in real_files():
        data = path.read_bytes()
        original, coded = fingerprint(data), coded_sha256(data)
        for edit in EDITS:
            copy = retagged(data, edit)
            if copy is None:
                continue
            assert coded_sha256(copy) == coded
            found = verdict(original, fingerprint(copy))
            copies += 1
            if found is None or found.name not in FOUND:
                missed.add((path.name, edit))

    print(f"{copies} copies of real files")
    assert not missed
    assert copies > 500


# --- By other programs ---------------------------------------------------------

EXIFTOOL = {
    "all tags stripped": ["-all="],
    "one tag changed": ["-Artist=Somebody else", "-XMP:Creator=Somebody else"],
    "a thumbnail added": ["-ThumbnailImage<={home}/thumbnail.jpg", "-Artist=Me"],
    "a profile of 60 KB added": ["-icc_profile<={home}/profile.icc"],
}
EXIV2 = {
    "all tags stripped": ["rm"],
    "one tag changed": ["-Mset Exif.Image.Artist Somebody else", "modify"],
    "a comment added": ["-Mset Exif.Photo.UserComment x" + "y" * 20_000, "modify"],
}
ENDINGS = {"jpeg": "jpg", "tiff": "tif"}


def in_folder(home: Path, number: int) -> dict[Path, bytes]:
    """Write a tagged file of every kind, so that there are tags to strip."""
    written: dict[Path, bytes] = {}
    for kind in KINDS:
        ending = kind.partition(" ")[0]
        for at, data in enumerate(pictures(kind)):
            if at % 4 == number:
                name = f"{kind.replace(' ', '-')}-{at}.{ENDINGS.get(ending, ending)}"
                path = home / name
                path.write_bytes(retagged(data, "tag changed") or data)
                written[path] = path.read_bytes()
    return written


def changed(written: dict[Path, bytes]) -> dict[str, tuple[bytes, bytes]]:
    """Return original and edited bytes of the files that a program edited."""
    return {
        path.name: (data, path.read_bytes())
        for path, data in written.items()
        if path.read_bytes() != data
    }


def missed(
    edited: dict[str, tuple[bytes, bytes]],
) -> dict[str, VerdictName | None]:
    """Return the verdicts on edited files that are not the expected ones."""
    found = {}
    for name, (data, copy) in edited.items():
        coded = coded_sha256(data)
        assert coded_sha256(copy) == coded is not None, name
        found[name] = said(data, copy)
    return {name: given for name, given in found.items() if given not in FOUND}


@pytest.mark.skipif(not shutil.which("exiftool"), reason="exiftool is not installed")
@pytest.mark.parametrize("edit", EXIFTOOL)
def test_files_that_exiftool_edited_are_found(tmp_path: Path, edit: str) -> None:
    home = tmp_path / "images"
    home.mkdir()
    command = ["exiftool", "-q", "-q", "-m", "-overwrite_original"]
    (tmp_path / "profile.icc").write_bytes(blocks.profile("profile added"))
    (tmp_path / "thumbnail.jpg").write_bytes(blocks.thumbnail())
    written = in_folder(home, [*EXIFTOOL].index(edit))
    if edit == "all tags stripped":  # first add some to every format
        tags = ["-XMP:Creator=Me", "-Software=x", "-Orientation#=3"]
        subprocess.run([*command, *tags, home], check=False)
        written = {path: path.read_bytes() for path in written}
    options = [option.format(home=tmp_path) for option in EXIFTOOL[edit]]
    subprocess.run([*command, *options, home], check=False)
    edited = changed(written)

    assert not missed(edited)
    formats = {name.rpartition(".")[2] for name in edited}
    print(f"{edit}: {len(edited)} files edited, {sorted(formats)}")
    assert {"gif", "jpg", "png", "webp", "tif"} <= formats
    # This version of exiftool does not write profiles into AVIF.
    assert ("avif" in formats) is ("profile" not in edit)
    assert len(edited) > 0.9 * len(written)


@pytest.mark.skipif(not shutil.which("exiv2"), reason="exiv2 is not installed")
@pytest.mark.parametrize("edit", EXIV2)
def test_files_that_exiv2_edited_are_the_same_picture(
    tmp_path: Path, edit: str
) -> None:
    written = in_folder(tmp_path, [*EXIV2].index(edit))
    names = [p for p in written if p.suffix in (".jpg", ".png", ".webp", ".tif")]
    subprocess.run(["exiv2", *EXIV2[edit], *names], check=False, capture_output=True)
    edited = changed(written)

    assert not missed(edited)
    formats = {name.rpartition(".")[2] for name in edited}
    print(f"{edit}: {len(edited)} files edited, {sorted(formats)}")
    assert {"jpg", "png", "webp"} <= formats


@pytest.mark.skipif(
    not (shutil.which("exiftool") and CORPUS.is_dir()),
    reason="the corpus is not here, or exiftool",
)
def test_real_heic_and_avif_that_exiftool_edited_are_the_same_picture(
    tmp_path: Path,
) -> None:
    written = {}
    for path in files():
        data = path.read_bytes()
        if image_format(data[:SNIFF_BYTES]) in ("heic", "avif"):
            copy = tmp_path / f"{path.stem}.{image_format(data[:SNIFF_BYTES])}"
            copy.write_bytes(data)
            written[copy] = data
    options = ["-Artist=Somebody else", "-XMP:Creator=Somebody else"]
    subprocess.run(
        ["exiftool", "-q", "-q", "-m", "-overwrite_original", *options, str(tmp_path)],
        check=False,
        stderr=subprocess.DEVNULL,
    )
    edited = changed(written)

    assert not missed(edited)
    print(f"{len(edited)} of {len(written)} edited")
    assert {name.rpartition(".")[2] for name in edited} == {"heic", "avif"}


# --- Another picture -----------------------------------------------------------


def coded_places(data: bytes) -> tuple[list[int], list[int]]:
    """Return offsets of the bytes in the picture's hash, and in that of its end."""
    file = SparseFile(len(data))
    file.add(0, data)
    picture = read_anatomy(file, has_picture=True).picture
    assert picture is not None
    coded = Block(file, picture.extents)
    opening, end = (
        [
            at
            for extent in coded.extents(*place)
            for at in range(extent.first, extent.end)
        ]
        for place in ((0, CODED_BYTES), (coded.length - END_BYTES, END_BYTES))
    )
    return opening, end


def with_byte(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 0x10]) + data[at + 1 :]


def tagged(data: bytes) -> bytes:
    """Insert so much before the picture that the samples of two files are equal."""
    return retagged(data, "profile added") or data


@pytest.mark.parametrize("kind", KINDS)
def test_one_other_coded_byte_is_another_picture(kind: str) -> None:
    for data in (tagged(data) for data in pictures(kind)[:6]):
        opening, _ = coded_places(data)
        for at in opening[:: len(opening) // 7 - 1]:
            assert said(data, with_byte(data, at)) not in FOUND


def test_one_other_byte_at_the_end_of_an_even_png_is_another_picture() -> None:
    even = Image.new("RGB", (3_000, 1_600), (200, 30, 90))
    even.paste(drawing(5, (800, 200)), (50, 1_300))
    data = saved(even, "PNG")
    original, (_, places) = fingerprint(data), coded_places(data)

    assert original.end_sha256 is not None
    for at in places[::97]:
        other = fingerprint(with_byte(data, at))
        found = verdict(original, other)
        assert picture_in(other) != picture_in(original)
        assert found is None or found.name not in FOUND


def one_byte_less(data: bytes) -> bytes:
    """Remove the last coded byte and correct the headers."""
    match image_format(data):
        case "png":
            at = data.rindex(b"IDAT")
            length = int.from_bytes(data[at - 4 : at], "big")
            rest, chunk = data[at + 8 + length :], data[at : at + 3 + length]
            sizes = struct.pack(">I", length - 1), struct.pack(">I", zlib.crc32(chunk))
            return data[: at - 4] + sizes[0] + chunk + sizes[1] + rest
        case "webp":
            at = data.rindex(b"VP8")
            length = int.from_bytes(data[at + 4 : at + 8], "little") - 1
            chunk = data[at : at + 4] + struct.pack("<I", length)
            coded = data[at + 8 : at + 8 + length] + b"\0" * (length % 2)
            riff = struct.pack("<I", at + len(chunk) + len(coded) - 8)
            return data[:4] + riff + data[8:at] + chunk + coded
        case "gif":
            return data[:-2]  # the trailer is not coded
        case _:
            return data[:-1]


@pytest.mark.parametrize("kind", ["jpeg", "jpeg progressive", "gif", "png", "webp"])
def test_one_coded_byte_less_is_another_picture(kind: str) -> None:
    for data in map(tagged, pictures(kind)):
        shorter = one_byte_less(data)
        assert coded_sha256(shorter) != coded_sha256(data)
        assert said(data, shorter) not in FOUND


def jpeg_segments(data: bytes) -> dict[int, list[int]]:
    """Return the offset of the content of each segment, by marker."""
    found: dict[int, list[int]] = {}
    at = 2
    while data[at + 1] != 0xDA:
        found.setdefault(data[at + 1], []).append(at + 4)
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    found[0xDA] = [at + 4]
    return found


# Where in the segment: a quantisation step, a code of a symbol, height, width,
# which table a component uses, the selection of coefficients.
@pytest.mark.parametrize(
    ("marker", "index"),
    [(0xDB, 9), (0xC4, 20), (0xC0, 2), (0xC0, 4), (0xC0, 8), (0xDA, 2)],
)
def test_another_table_or_size_of_a_jpeg_is_another_picture(
    marker: int, index: int
) -> None:
    for data in map(tagged, pictures("jpeg")):
        (place, *_) = jpeg_segments(data)[marker]
        assert said(data, with_byte(data, place + index)) not in FOUND


def with_chunk_byte(data: bytes, name: bytes, index: int) -> bytes:
    """Change a byte of a PNG chunk and correct its CRC."""
    at = data.index(name)
    length = int.from_bytes(data[at - 4 : at], "big")
    changed = with_byte(data[at : at + 4 + length], 4 + index)
    crc = struct.pack(">I", zlib.crc32(changed))
    return data[:at] + changed + crc + data[at + 8 + length :]


@pytest.mark.parametrize(
    ("kind", "name", "index"),
    [
        ("png", b"IHDR", 3),
        ("png", b"IHDR", 7),
        ("png with a palette", b"PLTE", 5),
    ],
)
def test_another_size_or_palette_of_a_png_is_another_picture(
    kind: str, name: bytes, index: int
) -> None:
    for data in map(tagged, pictures(kind)):
        assert said(data, with_chunk_byte(data, name, index)) not in FOUND


def screenshots() -> tuple[Image.Image, Image.Image]:
    """Return two screenshots of one program: same title bar, other content."""
    first = Image.new("RGB", (1_280, 1_600), "white")
    first.paste(few_colours(drawing(11, (1_280, 200)), 16).convert("RGB"), (0, 0))
    second = first.copy()
    first.paste(drawing(12, (1_000, 900)), (100, 600))
    second.paste(drawing(13, (1_000, 900)), (100, 600))
    return first, second


SCREENSHOTS: dict[str, Callable[[Image.Image], bytes]] = {
    "jpeg": lambda p: saved(p, "JPEG", quality=85),
    "progressive jpeg": lambda p: saved(p, "JPEG", quality=85, progressive=True),
    "png": lambda p: saved(p, "PNG"),
    "png with a palette": lambda p: saved(few_colours(p, 32), "PNG"),
    "png that is stored": lambda p: saved(p, "PNG", compress_level=0),
    "bmp": lambda p: saved(p, "BMP"),
    "tiff": lambda p: saved(p, "TIFF"),
    "tiff in one strip": lambda p: saved(p, "TIFF", strip_size=10**8),
    "tiff compressed": lambda p: saved(p, "TIFF", compression="tiff_lzw"),
    "gif": lambda p: saved(few_colours(p, 32), "GIF"),
    "webp": lambda p: saved(p, "WEBP", method=0),
    "webp lossless": lambda p: saved(p, "WEBP", lossless=True, method=0),
    "avif": lambda p: saved(p, "AVIF", speed=10),
}


@pytest.mark.parametrize("kind", SCREENSHOTS)
def test_screenshots_with_one_top_third_are_never_the_same(kind: str) -> None:
    first, second = map(SCREENSHOTS[kind], screenshots())

    # What is not compressed has one length, and its end is white in both.
    strongest = PROVEN if kind in {"bmp", "tiff", "tiff in one strip"} else FOUND
    assert first != second
    assert said(first, second) not in strongest
    assert said(tagged(first), tagged(second)) not in strongest
