from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from fpcrawler.core.file.formats import SNIFF_BYTES, image_format, is_html
from fpcrawler.core.fingerprint.head import SAMPLE_BYTES

ROOT = Path(__file__).parents[3]
CORPUS = ROOT.parent / "shared" / "corpus"
CLASSES = ("metadata-*", "no-metadata", "prefix-twins", "seed")
CORPUS_FILES = sorted(
    path
    for pattern in CLASSES
    for folder in CORPUS.glob(pattern)
    for path in folder.rglob("*")
    if path.is_file()
)
FORMATS_BY_SUFFIX = {
    ".avif": {"avif"},
    ".bmp": {"bmp"},
    ".gif": {"gif"},
    ".heic": {"heic"},
    ".heif": {"heic", "heif"},
    ".jpeg": {"jpeg"},
    ".jpg": {"jpeg"},
    ".png": {"png"},
    ".tif": {"tiff"},
    ".tiff": {"tiff"},
    ".webp": {"webp"},
}


def ftyp(major: bytes, *compatible: bytes) -> bytes:
    """Return the file type box (ISO/IEC 14496-12 section 4.3)."""
    body = b"ftyp" + major + b"\x00\x00\x00\x00" + b"".join(compatible)
    return (len(body) + 4).to_bytes(4, "big") + body


def bmp(header_size: int) -> bytes:
    return b"BM" + bytes(12) + header_size.to_bytes(4, "little")


def ico(kind: int, count: int, reserved: int = 0) -> bytes:
    entry = bytes([16, 16, 0, reserved]) + bytes(12)
    return bytes([0, 0, kind, 0]) + count.to_bytes(2, "little") + entry


@pytest.mark.parametrize(
    ("head", "name"),
    [
        pytest.param(b"\xff\xd8\xff\xe1", "jpeg", id="T.81 B.1.1.3 JPEG with APP1"),
        pytest.param(b"\xff\xd8\xff\xdb", "jpeg", id="T.81 B.1.1.3 JPEG with DQT"),
        pytest.param(b"\x89PNG\r\n\x1a\n", "png", id="PNG 5.2"),
        pytest.param(b"GIF87a", "gif", id="GIF87a"),
        pytest.param(b"GIF89a", "gif", id="GIF89a 17"),
        pytest.param(b"II*\x00\x08\x00\x00\x00", "tiff", id="TIFF 6.0 2 little-endian"),
        pytest.param(b"MM\x00*\x00\x00\x00\x08", "tiff", id="TIFF 6.0 2 big-endian"),
        pytest.param(b"II+\x00\x08\x00\x00\x00", "tiff", id="BigTIFF little-endian"),
        pytest.param(b"MM\x00+\x00\x08\x00\x00", "tiff", id="BigTIFF big-endian"),
        pytest.param(b"IIRO\x08\x00\x00\x00", "tiff", id="Olympus ORF"),
        pytest.param(b"IIRS\x08\x00\x00\x00", "tiff", id="Olympus ORF of a C5050Z"),
        pytest.param(b"MMOR\x00\x00\x00\x08", "tiff", id="Olympus ORF big-endian"),
        pytest.param(b"IIU\x00\x18\x00\x00\x00", "tiff", id="Panasonic RW2"),
        pytest.param(b"FUJIFILMCCD-RAW 0201", "raf", id="Fujifilm RAF"),
        pytest.param(b"\xff\x0a\xfa\x1f", "jxl", id="ISO 18181-1 codestream"),
        pytest.param(
            b"\x00\x00\x00\x0cJXL \r\n\x87\n", "jxl", id="ISO 18181-2 9.1 signature box"
        ),
        pytest.param(
            b"\x00\x00\x00\x0cjP  \r\n\x87\n", "jp2", id="T.800 I.5.1 signature box"
        ),
        pytest.param(b"\xff\x4f\xff\x51\x00\x2f", "jp2", id="T.800 A.4.1 codestream"),
        pytest.param(b"8BPS\x00\x01", "psd", id="Photoshop PSD"),
        pytest.param(b"8BPS\x00\x02", "psd", id="Photoshop PSB"),
        pytest.param(
            b"RIFF\x00\x01\x00\x00WEBPVP8 ", "webp", id="RFC 9649 2.5 WebP lossy"
        ),
        pytest.param(
            b"RIFF\x00\x01\x00\x00WEBPVP8X", "webp", id="RFC 9649 2.7 WebP extended"
        ),
        *(
            pytest.param(bmp(size), "bmp", id=f"BMP with a header of {size} bytes")
            for size in (12, 16, 40, 52, 56, 64, 108, 124)
        ),
        pytest.param(ico(1, 1), "ico", id="icon"),
        pytest.param(ico(1, 1_000), "ico", id="icon of many pictures"),
        pytest.param(ico(2, 3), "ico", id="cursor"),
        pytest.param(b"<svg xmlns='http://www.w3.org/2000/svg'>", "svg", id="SVG 5.1"),
        pytest.param(b"<svg>", "svg", id="SVG without a namespace"),
        pytest.param(b"<svg:svg width='1'>", "svg", id="SVG by a prefix"),
        pytest.param(b"<ns0:svg width='1'>", "svg", id="SVG by a prefix of its own"),
        pytest.param(
            b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- a -->\n<svg ",
            "svg",
            id="XML 2.8 prolog before SVG",
        ),
        pytest.param(
            b"<!DOCTYPE svg PUBLIC '-//W3C//DTD SVG 1.1//EN' 'svg11.dtd'>\n<svg ",
            "svg",
            id="SVG 1.1 document type",
        ),
        pytest.param(
            b"<!DOCTYPE svg [\n<!ENTITY ns 'http://a.example'>\n]>\n<svg ",
            "svg",
            id="XML 2.8 internal subset before SVG",
        ),
    ],
)
def test_an_image_is_known_by_its_first_bytes(head: bytes, name: str) -> None:
    assert image_format(head) == name


@pytest.mark.parametrize(
    ("head", "name"),
    [
        pytest.param(ftyp(b"avif", b"mif1"), "avif", id="AVIF 6.2"),
        pytest.param(ftyp(b"avis", b"msf1"), "avif", id="AVIF 6.3 sequence"),
        pytest.param(ftyp(b"heic", b"mif1"), "heic", id="ISO 23008-12 B.4.1 heic"),
        pytest.param(ftyp(b"heix", b"mif1"), "heic", id="ISO 23008-12 B.4.1 heix"),
        pytest.param(ftyp(b"hevc", b"msf1"), "heic", id="ISO 23008-12 B.4.2 sequence"),
        pytest.param(ftyp(b"mif1", b"heic"), "heic", id="a codec among the compatible"),
        pytest.param(ftyp(b"mif1", b"miaf", b"avif"), "avif", id="the last of them"),
        pytest.param(ftyp(b"mif1"), "heif", id="ISO 23008-12 10.2.1 structure alone"),
        pytest.param(ftyp(b"miaf", b"MiHB"), "heif", id="ISO 23000-22 structure alone"),
        pytest.param(ftyp(b"crx ", b"isom"), "cr3", id="Canon CR3"),
        pytest.param(ftyp(b"jxl "), "jxl", id="ISO 18181-2 JPEG XL brand"),
        pytest.param(ftyp(b"jp2 "), "jp2", id="T.800 I.5.2 brand"),
    ],
)
def test_a_box_file_is_known_by_its_brands(head: bytes, name: str) -> None:
    assert image_format(head) == name


@pytest.mark.parametrize(
    "head",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\xff\xd8", id="a JPEG of two bytes"),
        pytest.param(b"\x89PNG\n\x1a\n", id="PNG 5.2 a PNG that lost its CR"),
        pytest.param(b"GIF88a", id="GIF of an unknown version"),
        pytest.param(b"RIFF\x00\x01\x00\x00WAVEfmt ", id="WAVE"),
        pytest.param(b"BMW is a maker of cars, and this is a text", id="BM in a text"),
        pytest.param(ico(1, 0), id="icon without pictures"),
        pytest.param(ico(1, 1_001), id="icon of too many pictures"),
        pytest.param(ico(3, 1), id="neither icon nor cursor"),
        pytest.param(ico(1, 1, reserved=7), id="icon's reserved byte is used"),
        pytest.param(ftyp(b"isom", b"mp42", b"avc1"), id="ISO 14496-14 MP4"),
        pytest.param(ftyp(b"qt  "), id="QuickTime"),
        pytest.param(ftyp(b"isom") + b"heic", id="a brand after the box"),
        pytest.param(b"%PDF-1.7", id="PDF"),
        pytest.param(b"PK\x03\x04", id="ZIP"),
        pytest.param(b"<!DOCTYPE html><html>", id="HTML"),
        pytest.param(b"<html><svg ", id="HTML with SVG in it"),
        pytest.param(b"<svgs>", id="a tag that begins as SVG"),
        pytest.param(b"<?xml version='1.0'?><rss>", id="RSS"),
        pytest.param(b"an image is <svg ", id="text before SVG"),
        pytest.param(b'{"error": "not found"}', id="JSON"),
    ],
)
def test_a_file_that_is_not_an_image_has_no_format(head: bytes) -> None:
    assert image_format(head) is None


@pytest.mark.parametrize(
    ("writer", "name"),
    [
        ("JPEG", "jpeg"),
        ("MPO", "jpeg"),
        ("PNG", "png"),
        ("GIF", "gif"),
        ("TIFF", "tiff"),
        ("WEBP", "webp"),
        ("AVIF", "avif"),
        ("BMP", "bmp"),
        ("ICO", "ico"),
        ("JPEG2000", "jp2"),
        ("PDF", None),
        ("PPM", None),
        ("EPS", None),
    ],
)
def test_what_pillow_writes_is_known(writer: str, name: str | None) -> None:
    if writer == "AVIF" and "AVIF" not in _writers():
        pytest.skip("this build of Pillow cannot write AVIF")
    file = io.BytesIO()

    Image.new("RGB", (64, 64), "teal").save(file, writer)

    assert image_format(file.getvalue()) == name


def _writers() -> set[str]:
    Image.init()
    return set(Image.SAVE)


OPENINGS = [b"", b"\xff\xd8\xff", bmp(40), ico(1, 1), ftyp(b"mif1"), b"<svg ", b"<!--"]


@given(st.sampled_from(OPENINGS), st.binary(max_size=3 * SNIFF_BYTES))
def test_the_first_512_bytes_are_all_that_is_needed(
    opening: bytes, rest: bytes
) -> None:
    whole = opening + rest
    head = whole[:SNIFF_BYTES]

    assert image_format(whole) == image_format(head)
    assert is_html(whole) == is_html(head)
    assert not (is_html(whole) and image_format(whole))


# https://mimesniff.spec.whatwg.org/#identifying-a-resource-with-an-unknown-mime-type
TAGS = (
    *("!DOCTYPE HTML", "HTML", "HEAD", "SCRIPT", "IFRAME", "H1", "DIV", "FONT"),
    *("TABLE", "A", "STYLE", "TITLE", "B", "BODY", "BR", "P"),
)


@pytest.mark.parametrize("tag", TAGS)
@pytest.mark.parametrize("end", [" ", ">"])
def test_a_page_begins_with_an_html_tag(tag: str, end: str) -> None:
    assert is_html(f"<{tag}{end}".encode())
    assert is_html(f"\t\r\n\f <{tag.lower()}{end}".encode())
    assert not is_html(f"<{tag}x{end}".encode())
    assert not is_html(f"text <{tag}{end}".encode())


@pytest.mark.parametrize(
    "head",
    [
        pytest.param(b"\xef\xbb\xbf<html>", id="BOM"),
        pytest.param(b"<!-- a --><html>", id="WHATWG 7.1 a comment"),
        pytest.param(b"<!--[if IE]><html class=ie><![endif]-->", id="WHATWG 7.1 <!--"),
        pytest.param(b"<!DOCTYPE html PUBLIC '-//W3C//DTD XHTML 1.0'>", id="XHTML 1.0"),
        pytest.param(b"<?xml version='1.0'?>\n<html lang='a'>", id="XHTML"),
        pytest.param(b"<html>\n<svg ", id="SVG within a page"),
    ],
)
def test_a_page_is_html(head: bytes) -> None:
    assert is_html(head)


@pytest.mark.parametrize(
    "head",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"   ", id="spaces"),
        pytest.param(b"plain text <html>", id="text"),
        pytest.param(b"<?xml version='1.0'?><rss version='2.0'>", id="RSS"),
        pytest.param(b"<svg xmlns='http://www.w3.org/2000/svg'>", id="SVG"),
        pytest.param(
            b"<!-- Created with Inkscape -->\n<svg ", id="SVG after a comment"
        ),
        pytest.param(b"<!DOCTYPE svg><svg ", id="SVG with a document type"),
        pytest.param(b"\xff\xd8\xff\xe0", id="JPEG"),
        pytest.param(b" " * SNIFF_BYTES + b"<html>", id="WHATWG 5.2 too far in"),
    ],
)
def test_other_files_are_not_html(head: bytes) -> None:
    assert not is_html(head)


HOSTILE = """
import sys
sys.path.insert(0, sys.argv[1])
from fpcrawler.core.file.formats import SNIFF_BYTES, image_format, is_html
head = (bytes.fromhex(sys.argv[2]) * SNIFF_BYTES)[:SNIFF_BYTES]
print(image_format(head), is_html(head))
"""


@pytest.mark.parametrize(
    "unit",
    [b"<!---->", b"<!doctype[]>", b"<?xml?>", b" ", b"\n<!--", b"<?xml?><html"],
    ids=repr,
)
def test_no_first_bytes_keep_it_busy(unit: bytes) -> None:
    # A pattern that backtracks would take years, so any time limit finds it.
    child = subprocess.run(
        [sys.executable, "-c", HOSTILE, str(ROOT), unit.hex()],
        capture_output=True,
        check=True,
        text=True,
        timeout=5,
    )

    assert child.stdout.startswith("None ")


@pytest.mark.skipif(not CORPUS_FILES, reason="../shared/corpus is missing")
def test_every_image_of_the_corpus_has_a_format() -> None:
    formats = {
        path: image_format(path.read_bytes()[:SAMPLE_BYTES]) for path in CORPUS_FILES
    }

    assert len(formats) > 200
    assert [path for path, name in formats.items() if name is None] == []


@pytest.mark.skipif(not CORPUS_FILES, reason="../shared/corpus is missing")
def test_the_format_of_a_corpus_image_matches_its_file_extension() -> None:
    differing = {
        path.name: name
        for path in CORPUS_FILES
        if (expected := FORMATS_BY_SUFFIX.get(path.suffix.lower()))
        and (name := image_format(path.read_bytes()[:SAMPLE_BYTES])) not in expected
    }

    assert differing == {}
