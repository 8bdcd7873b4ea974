"""The first inputs of the targets that read what is not an image."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator
from typing import Any

import brotli

from fpcrawler.items import RECORD_FIELDS
from fuzz import seeds

_PAGE = """<!doctype html><html><head><base href="/b/"><meta charset="utf-8">
<meta property="og:image" content="og.jpg"><link rel="icon" href="i.ico">
<link rel="preload" as="image" imagesrcset="a.png 1x, b.png 2x"><style>
@import "more.css"; a { background: url(bg.png) }</style>
<script type="application/ld+json">{"image": ["1.jpg", {"url": "2.jpg"}]}</script>
</head><body background="old.gif"><img src="a.jpg?q=\u0436" srcset="a 1w, b 2w" alt="x">
<picture><source srcset="c.avif 2x"></picture><img data-src="lazy.jpg" class="lazy">
<noscript><img src="no.png"></noscript><iframe srcdoc="&lt;img src=in.png&gt;"></iframe>
<svg><image xlink:href="s.png"/></svg><video poster="p.jpg"></video><a href="next">n</a>
<div style="background: image-set('1.png' 1x, url(2.png) 2x)" data-bg="x.jpg"></div>
"""
_CSS = """@charset "utf-8"; @import url("a.css") screen; @font-face { src: url(f.ttf) }
/* url(no.png) */ a { background: url( 'b\\26 c.png' ), URL(d\\)e.png) }
b { content: "url(x)"; background: -webkit-image-set(url(1.png) 1x, "2.png" type("a") 2x
) } @namespace url(http://www.w3.org/1999/xhtml); i { background: url(bad url.png
"""
_SITEMAP = """<?xml version="1.0"?><urlset xmlns:image="http://www.google.com/schemas/
sitemap-image/1.1"><url><loc>http://a.example/1</loc><image:image><image:loc>/i.jpg
</image:loc></image:image></url></urlset>"""
_FEED = """<rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/"><channel>
<image><url>/logo.png</url></image><item><link>http://a.example/p</link><description>
&lt;img src="d.jpg"&gt; a & b</description><enclosure url="e.JPG" type="image/jpeg"/>
<media:content url="m" medium="image"/></item></channel></rss>"""
_ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:base="http://b.example/">
<entry><link href="p"/><content type="xhtml"><div><img src="x.png"/></div></content>
</entry></feed>"""
_JSON_FEED = {
    "version": "https://jsonfeed.org/version/1.1",
    "items": [{"url": "/1", "image": "/i.png", "content_html": "<img src=h.png>"}],
}
_DIGEST = "d41d8cd98f00b204e9800998ecf8427e"
_SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
_HEADERS = b"""\xc8 a.s3.amazonaws.com /p/%s.jpg
ETag: "%s"
Content-Range: bytes 0-10240/20481
Content-Length: 10241
Content-Encoding: identity
Content-MD5: 1B2M2Y8AsgTpgAmY7PhCfg==
Repr-Digest: sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:, md5=:AA==:;a
Digest: SHA-256=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=,md5=AA==
x-amz-request-id: 1
x-amz-checksum-crc32c: AAAAAA==
x-goog-hash: crc32c=AAAAAA==,md5=1B2M2Y8AsgTpgAmY7PhCfg==
x-goog-stored-content-length: 20481
x-ms-blob-type: BlockBlob
x-ms-blob-content-md5: 1B2M2Y8AsgTpgAmY7PhCfg==
x-bz-content-sha1: unverified:da39a3ee5e6b4b0d3255bfef95601890afd80709
Warning: 214 - "Transformation applied"
""" % (_DIGEST.encode(), _DIGEST.encode())


def links() -> Iterator[bytes]:
    """Yield a page in each character set, and one as XHTML."""
    yield from (bytes([number]) + _PAGE.encode() for number in range(6))
    yield b'\0<html xmlns="http://www.w3.org/1999/xhtml"><body><img src="a"/></body>'


def css() -> Iterator[bytes]:
    """Yield a style sheet, and its lines."""
    yield _CSS.encode()
    yield from _CSS.encode().splitlines()


def srcset() -> Iterator[bytes]:
    """Yield candidates by width, by density, and broken ones."""
    yield b"a.jpg 100w, b.jpg 2000w 10h,c,d 1.5x, data:image/png;base64,AA== 2x"
    yield b", ,a.jpg (x, y) 1e3x,b.jpg 1e-2x ,c -1w , d 1.w"


def sitemaps() -> Iterator[bytes]:
    """Yield sitemaps and feeds, also gzipped and in UTF-16."""
    texts = (_SITEMAP, _FEED, _ATOM, json.dumps(_JSON_FEED), "http://a.example/1\n" * 3)
    for text in texts:
        yield text.encode()
        yield gzip.compress(text.encode(), mtime=0)
        yield text.encode("utf-16")
    yield (
        _SITEMAP.replace("urlset", "sitemapindex").replace("url>", "sitemap>").encode()
    )


def urls() -> Iterator[bytes]:
    """Yield URLs and references of many forms."""
    yield from (
        text.encode()
        for text in (
            "http://user:pw@a.example:80/%7e/../b?q=\u0436&\u00df#f",
            "https://fa\u00df.example/\u4e2d\u6587.jpg",
            "//[::ffff:7f00:1]:443/a b",
            "http://0x7f.1/",
            "\\\\a\\..\\b?\u20ac",
            "../../x/./y;p=1?a=b c",
            "data:image/png;base64,AA==",
            "http://expyuzz4wqqyqhjn.onion/",
            "FILE:///c|/x",
            "http://xn--fa-hia.example.\t/",
        )
    )


def lists() -> Iterator[bytes]:
    """Yield lists as lines, tables and JSON Lines."""
    yield b"\xef\xbb\xbf# note\nhttp://a.example/1.jpg\n\n/tmp/a.png\nhttp://b/\xff\n"
    yield b'sep=;\nname;Image URL\n"a;b";http://a.example/1\n";x\n'
    yield b"id\turl\n1\thttp://a.example/1\n2\t\n"
    yield b'{"url": "http://a.example/1"}\n{"url": "\\ud800"}\n[1]\n'
    yield b'["http://a.example/1"]\n'


def digests() -> Iterator[bytes]:
    """Yield headers of stores, of a part and of a whole file."""
    yield _HEADERS
    yield _HEADERS.replace(b"Content-Range", b"Accept-Ranges")
    yield b"\xce h /x\nContent-Type: multipart/byteranges\nETag: W/abc"


def encoded() -> Iterator[bytes]:
    """Yield a body in each coding, and two in a row."""
    text = _PAGE.encode()
    yield b"gzip\n" + gzip.compress(text, mtime=0) * 2
    yield b"deflate\n" + zlib.compress(text)
    yield b"deflate\n" + zlib.compress(text)[2:-4]
    yield b"br\n" + brotli.compress(text)
    yield b"zstd\n\x28\xb5\x2f\xfd\x04\x00\x51\x00\x00<html>text\x99\xe9\xd8\x51"
    yield b"gzip, br\n" + text


def sampling() -> Iterator[bytes]:
    """Yield bodies of images and pages, as they are and encoded."""
    pictures = [*seeds.png()][:3] + [*seeds.jpeg()][:3] + [*seeds.svg()][:1]
    for body in (*pictures, _PAGE.encode(), _SITEMAP.encode()):
        yield b"\n%d\n" % len(body) + body
        yield b"gzip\n\n" + gzip.compress(body, mtime=0)


def hash_lists() -> Iterator[bytes]:
    """Yield lists of hashes as lines, tables, JSON and JSON Lines."""
    yield f"{_DIGEST}  a.jpg\n\\{_SHA256} *b\nno hash\n".encode()
    yield f'"SHA-256","MD5","name"\n"{_SHA256}","{_DIGEST}","a, b"\n'.encode()
    yield f"sha1;md5\n;{_DIGEST}\nx;\n".encode("utf-16")
    yield json.dumps([{"md5": _DIGEST, "file_digests": {"sha256": _SHA256}}]).encode()
    yield f'{{"sha256": "{_SHA256}"}}\n{{"sha256": 1}}\n[]\n'.encode()
    value = f'{{"odata": "x", "value": [{{"MD5": "{_DIGEST}"}}]}}'
    yield value.encode()
    yield gzip.compress(value.encode(), mtime=0)


def feeds() -> Iterator[bytes]:
    """Yield feeds in each format, whole and cut off."""
    record: dict[str, Any] = dict.fromkeys(RECORD_FIELDS)
    record |= {"url": "http://a.example/1.jpg", "exif": {"Image Make": "=1+1"}}
    record |= {"spans": [[0, 9, "read"]], "image_size": 20_481, "alt": "'=x"}
    line = json.dumps(record)
    table = ",".join(record) + "\r\n" + ",".join('"{""a"": 1}"' for _ in record)
    texts = (f"[\n{line},\n{line}\n]", f"{line}\n{line[:90]}\n{line}\n", table)
    for number, text in enumerate(texts):
        yield bytes([number]) + text.encode()
        yield bytes([number + 3]) + gzip.compress(text.encode(), mtime=0)
    yield b"\x06PAR1" + bytes(20) + b"PAR1"
