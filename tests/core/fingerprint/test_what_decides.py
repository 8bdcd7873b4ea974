"""What decides how a picture decodes belongs to its hash; other bytes do not."""

from __future__ import annotations

import re
import struct
import zlib

import pytest

from tests.core.anatomy import test_anatomy as built
from tests.core.anatomy.test_anatomy import NOISE, box, full, segment
from tests.core.fingerprint.test_picture import FORMATS, fed, image, saved, whole
from tests.core.readings import picture_of


def patched(data: bytes, after: bytes, at: int, new: bytes, nth: int = 0) -> bytes:
    """Replace bytes ``at`` so many after the end of the ``nth`` name."""
    found = list(re.finditer(re.escape(after), data))[nth].end() + at
    assert data[found : found + len(new)] != new
    return data[:found] + new + data[found + len(new) :]


def png_patched(name: bytes, at: int, new: bytes, nth: int = 0) -> bytes:
    """Patch a chunk of an animation, and correct its CRC."""
    data = patched(FORMATS["small APNG"], name, at, new, nth)
    first = list(re.finditer(name, data))[nth].start()
    length = int.from_bytes(data[first - 4 : first], "big")
    crc = zlib.crc32(data[first : first + 4 + length]).to_bytes(4, "big")
    return patched(data, name, length, crc, nth)


def jp2(*header: bytes) -> bytes:
    ihdr = box(b"ihdr", struct.pack(">IIHBBBB", 480, 640, 1, 7, 7, 0, 0))
    boxes = box(b"ftyp", b"jp2 \0\0\0\0jp2 ") + box(b"jp2h", ihdr + b"".join(header))
    stream = box(b"jp2c", b"\xff\x4f\xff\x51" + NOISE[:9_000])
    return b"\0\0\0\x0cjP  \r\n\x87\n" + boxes + stream


PALETTE = box(b"pclr", struct.pack(">HBBBB", 2, 3, 7, 7, 7) + b"abcdef")
MAPPING = box(b"cmap", b"\0\0\1\0\0\0\1\1\0\0\1\2")
CHANNELS = box(b"cdef", struct.pack(">HHHH", 1, 0, 0, 1))
COLOURS = box(b"colr", struct.pack(">BBBI", 1, 0, 0, 16))


def indexed_psd(palette: bytes = bytes(768)) -> bytes:
    header = b"8BPS\0\1" + bytes(6) + struct.pack(">HIIHH", 1, 48, 64, 8, 2)
    return header + struct.pack(">I", len(palette)) + palette + bytes(8) + NOISE[:3_074]


def adobe(transform: int) -> bytes:
    return segment(0xEE, b"Adobe\0\x64\0\0\0\0" + bytes([transform]))


JFIF = FORMATS["baseline JPEG"][2:20]
REST = FORMATS["baseline JPEG"][20:]
FRAME = REST.index(b"\xff\xc0")
RGB = REST[: FRAME + 10] + b"R" + REST[FRAME + 11 : FRAME + 13]
RGB += b"G" + REST[FRAME + 14 : FRAME + 16] + b"B" + REST[FRAME + 17 :]
START = b"\xff\xd8"

TRANSPARENT = image(mode="RGBA")
TRANSPARENT.putalpha(image(mode="L").rotate(90))

APNG, AVIF = FORMATS["small APNG"], FORMATS["AVIF"]
ALPHA, ICO = saved("WEBP", TRANSPARENT), FORMATS["ICO"]
FRAMES = saved("WEBP", save_all=True, append_images=[image().rotate(9)], exact=True)
GIF = saved("GIF", save_all=True, append_images=[image().rotate(9)], duration=100)
CMYK = image(40, 30, "CMYK")
DIFFERENT = {
    "AVIF primaries": (AVIF, patched(AVIF, b"colrnclx", 0, b"\0\x09")),
    "AVIF transfer": (AVIF, patched(AVIF, b"colrnclx", 2, b"\0\x10")),
    "AVIF matrix": (AVIF, patched(AVIF, b"colrnclx", 4, b"\0\x09")),
    "AVIF range": (AVIF, patched(AVIF, b"colrnclx", 6, b"\0")),
    "HEIC alpha or depth": (
        built.heic(full(b"auxC", b"urn:alpha\0")),
        built.heic(full(b"auxC", b"urn:depth\0")),
    ),
    "AVIF layer": (built.heic(box(b"lsel", b"\0\1")), built.heic()),
    "APNG plays": (APNG, png_patched(b"acTL", 4, b"\0\0\0\3")),
    "APNG offset": (APNG, png_patched(b"fcTL", 12, b"\0\0\0\1", nth=1)),
    "APNG delay": (APNG, png_patched(b"fcTL", 20, b"\1")),
    "APNG disposal": (APNG, png_patched(b"fcTL", 24, b"\1")),
    "APNG blending": (APNG, png_patched(b"fcTL", 25, b"\1")),
    "APNG blending of the second frame": (
        APNG,
        png_patched(b"fcTL", 25, b"\1", nth=1),
    ),
    "WebP without alpha": (ALPHA, patched(ALPHA, b"VP8X", 4, b"\0")),
    "animated WebP without alpha": (FRAMES, patched(FRAMES, b"VP8X", 4, b"\x12")),
    "WebP background": (FRAMES, patched(FRAMES, b"ANIM", 4, b"\1\2\3\4")),
    "WebP offset": (FRAMES, patched(FRAMES, b"ANMF", 4, b"\1")),
    "WebP duration": (FRAMES, patched(FRAMES, b"ANMF", 16, b"\7")),
    "WebP blending": (FRAMES, patched(FRAMES, b"ANMF", 19, b"\1")),
    "GIF disposal": (GIF, patched(GIF, b"\x21\xf9\x04", 0, b"\x0c")),
    "JP2 palette": (
        jp2(PALETTE, MAPPING),
        jp2(patched(PALETTE, b"pclr", 6, b"fed"), MAPPING),
    ),
    "JP2 mapping": (
        jp2(PALETTE, MAPPING),
        jp2(PALETTE, patched(MAPPING, b"cmap", 3, b"\2")),
    ),
    "JP2 channels": (jp2(CHANNELS), jp2(patched(CHANNELS, b"cdef", 5, b"\1"))),
    "JP2 colours": (jp2(COLOURS), jp2(patched(COLOURS, b"colr", 6, b"\x12"))),
    "JP2 depth": (jp2(), patched(jp2(), b"ihdr", 10, b"\x0f")),
    "PSD palette": (indexed_psd(), indexed_psd(bytes(767) + b"\1")),
    "ICO bits": (ICO, patched(ICO, b"\0\0\1\0\1\0", 6, b"\x18")),
    "JPEG as RGB by Adobe": (
        START + JFIF + adobe(0) + REST,
        START + adobe(0) + REST,
    ),
    "JPEG as RGB by its components": (START + JFIF + RGB, START + RGB),
    "TIFF inks": (
        saved("TIFF", CMYK, tiffinfo={332: 1}),
        saved("TIFF", CMYK, tiffinfo={332: 2}),
    ),
}


@pytest.mark.parametrize("pair", DIFFERENT)
def test_what_decides_how_it_decodes_belongs_to_the_picture(pair: str) -> None:
    one, other = DIFFERENT[pair]
    first, second = fed(one)[0], fed(other)[0]

    assert first.sha256 == picture_of(whole(one)).sha256
    assert None not in (first.sha256, second.sha256)
    assert first.sha256 != second.sha256


LOSSLESS = saved("WEBP", TRANSPARENT, lossless=True, exact=True)
CURSOR = patched(ICO, b"\0\0", 0, b"\2\0")
SAME = {
    "ICC profile of HEIC": (
        built.heic(box(b"colr", b"prof" + NOISE[:500])),
        built.heic(box(b"colr", b"prof" + NOISE[500:900])),
    ),
    "ICC profile of JP2": (jp2(COLOURS, box(b"colr", b"\2\0\0" + NOISE)), jp2(COLOURS)),
    "metadata of WebP with alpha": (ALPHA, patched(ALPHA, b"VP8X", 4, b"\x1c")),
    "lossless WebP with alpha": (
        LOSSLESS,
        saved(
            *("WEBP", TRANSPARENT),
            lossless=True,
            exact=True,
            xmp=b"<x/>",
        ),
    ),
    "hot spot of a cursor": (CURSOR, patched(CURSOR, b"\0\0\2\0\1\0", 4, b"\7\0\7\0")),
    "JFIF beside Adobe's YCbCr": (
        START + JFIF + adobe(1) + REST,
        START + adobe(1) + REST,
    ),
}


@pytest.mark.parametrize("pair", SAME)
def test_what_does_not_is_not_of_the_picture(pair: str) -> None:
    one, other = SAME[pair]

    assert fed(one)[0].sha256 == fed(other)[0].sha256 is not None
