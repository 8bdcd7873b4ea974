"""Hostile documents and images: ``DOCUMENTS`` and ``IMAGES``."""

from __future__ import annotations

import struct
import zlib
from itertools import pairwise

import brotli

from tests.containers import app1, box, chunk, jpeg, png, resource, segment, webp
from tests.metadata_containers import gif, xmp_segment
from tests.servers.attacking import Attack, Serve, body

FILL = bytes(30_000)
"""Makes a file larger than MIN_IMAGE_SIZE."""
_LAUGHS = "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in pairwise("abcdefghij"))
_DOCTYPE = f'<!DOCTYPE x [<!ENTITY a "ha">{_LAUGHS}'
_FILE = '<!ENTITY p SYSTEM "file:///etc/passwd">'
_MAP = "<urlset><url><loc>{}</loc></url></urlset>"


def image(data: bytes) -> Serve:
    return body(data + FILL, "image/x")


def sitemap(text: str) -> Serve:
    return body(text.encode(), "application/xml")


def tiff(*entries: tuple[int, int, int, int], after: int = 0) -> bytes:
    """Return a TIFF of one IFD at 8; ``after``: the offset of the next one."""
    packed = b"".join(struct.pack("<HHII", *entry) for entry in entries)
    ifd = struct.pack("<H", len(entries)) + packed + struct.pack("<I", after)
    return struct.pack("<2sHI", b"II", 42, 8) + ifd


def nested(levels: int) -> bytes:
    """Return boxes within boxes."""
    data = b""
    for _ in range(levels):
        data = box(b"meco", data)
    return data


_FTYP = box(b"ftyp", b"heic\0\0\0\0mif1heic")
_COUNTS = tiff((0x10F, 2, 0xFFFFFFFF, 200), (0x110, 5, 0xFFFFFFFF, 0xFFFFFFF0))

DOCUMENTS = [
    Attack("/laughs.xml", sitemap(f"{_DOCTYPE}]>{_MAP.format('&j;')}"), "NotAPage"),
    Attack(
        "/reads-files.xml",
        sitemap(f"<!DOCTYPE x [{_FILE}]>{_MAP.format('&p;')}"),
        "NotAPage",
    ),
    Attack("/deep.xml", sitemap("<urlset>" * 100_000), "page"),
    Attack(
        "/map-to-itself.xml",
        sitemap(
            "<sitemapindex><sitemap><loc>/map-to-itself.xml</loc></sitemap></sitemapindex>"
        ),
        "page",
    ),
    Attack("/deep", body(b"<!doctype html>" + b"<div>" * 200_000), "page"),
    Attack(
        "/srcset",
        body(b"<img srcset='" + b"a.jpg 1x," * 100_000 + b"/plain.jpg 9x'>"),
        "page",
    ),
    Attack(
        "/data-url",
        body(
            b"<!doctype html><img src='data:image/png;base64,"
            + b"A" * 1_500_000
            + b"'>"
        ),
        "page",
    ),
    Attack(
        "/long-url",
        body(b"<!doctype html><img src='/" + b"a" * 1_000_000 + b".jpg'>"),
        "page",
    ),
    Attack(
        "/refreshes",
        body(b"<html><meta http-equiv=refresh content='0; url=/refreshes'>"),
        "page",
    ),
    Attack(
        "/imports", body(b"<!doctype html><link rel=stylesheet href=/a.css>"), "page"
    ),
    Attack(
        "/names",
        body(
            b"<!doctype html><img src='/plain.jpg?\x1b[2J\x00\x07' alt='\x1b]0;x\x07'>"
            b"<img src='/../../../plain.jpg'><img src='http://[/'>"
        ),
        "page",
    ),
    Attack(
        "/base",
        body(b"<!doctype html><base href='javascript:alert(1)//'><img src=a.jpg>"),
        "page",
    ),
]
IMAGES = [
    Attack("/ifd-loop.tif", image(tiff((0x100, 4, 1, 9), after=8)), "record"),
    Attack(
        "/sub-ifd-loop.tif", image(tiff((0x14A, 4, 1, 8), (0x8769, 4, 1, 8))), "record"
    ),
    Attack("/counts.tif", image(_COUNTS), "record"),
    Attack("/counts.jpg", image(jpeg(app1(_COUNTS))), "record"),
    Attack(
        "/exif-loop.jpg", image(jpeg(app1(tiff((0x8769, 4, 1, 8), after=8)))), "record"
    ),
    Attack("/segments.jpg", image(jpeg(segment(0xFE, b"") * 100_000)), "record"),
    Attack(
        "/laughs.jpg",
        image(jpeg(xmp_segment(f"{_DOCTYPE}]><x>&j;</x>".encode()))),
        "record",
    ),
    Attack(
        "/psd.jpg",
        image(
            jpeg(
                segment(
                    0xED, b"Photoshop 3.0\0" + resource(1028, b"")[:-4] + b"\xff" * 4
                )
            )
        ),
        "record",
    ),
    Attack("/chunk.png", image(png()[:33] + b"\x7f\xff\xff\xffIDAT"), "record"),
    Attack(
        "/text-bomb.png",
        image(png(chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(20_000_000))))),
        "record",
    ),
    Attack(
        "/xmp-bomb.png",
        image(
            png(
                chunk(
                    b"iTXt",
                    b"XML:com.adobe.xmp\0\1\0\0\0" + zlib.compress(b" " * 20_000_000),
                )
            )
        ),
        "record",
    ),
    Attack("/blocks.gif", image(gif()[:13] + b"!\xfe" + b"\1a" * 200_000), "record"),
    Attack("/boxes.heic", image(_FTYP + nested(5_000)), "record"),
    Attack(
        "/box-size.heic",
        image(_FTYP + struct.pack(">I4sQ", 1, b"meta", 2**64 - 1)),
        "record",
    ),
    Attack("/riff.webp", image(webp()[:4] + b"\xff" * 4 + webp()[8:]), "record"),
    Attack(
        "/brotli-bomb.jxl",
        image(
            b"\0\0\0\x0cJXL \r\n\x87\n"
            + box(b"ftyp", b"jxl \0\0\0\0jxl ")
            + box(b"brob", b"xml " + brotli.compress(bytes(20_000_000), quality=1))
        ),
        "record",
    ),
    Attack(
        "/laughs.svg",
        body(
            f"<?xml version='1.0'?>{_DOCTYPE}]><svg xmlns='http://www.w3.org/2000/svg'>"
            f"&j;{' ' * 30_000}</svg>".encode(),
            "image/svg+xml",
        ),
        "NotAnImage",
    ),
    Attack(
        "/offset.bmp",
        image(
            b"BM"
            + struct.pack(
                "<IIIIiiHHIIiiII",
                2**32 - 1,
                0,
                2**32 - 1,
                40,
                -(2**31),
                -(2**31),
                1,
                32,
                3,
                2**32 - 1,
                0,
                0,
                2**32 - 1,
                0,
            )
        ),
        "record",
    ),
    Attack(
        "/icons.ico",
        image(
            b"\0\0\1\0\xff\xff"
            + b"\1\1\0\0\1\0\x20\0\xff\xff\xff\xff\xff\xff\xff\xff" * 99
        ),
        "NotAnImage",
    ),
]
