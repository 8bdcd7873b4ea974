"""Nothing that a command writes, temporary or deleted, holds a part of a picture."""

from __future__ import annotations

import base64
import gzip
import json
import re
import shutil
import struct
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from fpcrawler.settings import EXTENSIONS, FEED_EXPORTERS
from tests.chromium import needs_chromium
from tests.commands import ROOT, run_scrapy
from tests.containers import app1, jpeg, resource, segment
from tests.core.corpus import CORPUS, files
from tests.leaks import pictures_of, previews_of
from tests.metadata_containers import xmp_segment
from tests.picture_index import PictureIndex, opens
from tests.pictures import drawing, saved
from tests.servers.http import serving
from tests.writes import needs_strace, traced, writes_of

if TYPE_CHECKING:
    from tests.servers.http import Asked, Wire
    from tests.writes import Writes

pytestmark = [needs_strace, pytest.mark.untraced]

GALLERY = ROOT / "examples" / "gallery"
INLINE = (GALLERY / "meadow-400.jpg").read_bytes()
"""A picture that a page holds itself, in a ``data:`` URL."""
SCRIPTED = (GALLERY / "harbour.jpg").read_bytes()
"""A picture that a script fetches."""
_XMP_IMAGE = re.compile(rb"xmpGImg:image[>=][\"']?((?:[A-Za-z0-9+/=\s]|&#xA;){172,})")
GZIP = b"\x1f\x8b"
FEEDS = {
    "feed.json": "json",
    "feed.jsonl.gz": "jsonlines",
    "feed.csv": "csv",
    "feed.xml": "xml",
    "feed.pickle": "pickle",
    "feed.marshal": "marshal",
    "s3://feeds/feed.jsonl": "jsonlines",
}
STORING: dict[str, Any] = {
    "LOG_LEVEL": "DEBUG",
    "LOG_FILE": "crawl.log",
    "DUPEFILTER_DEBUG": True,
    "MEMDEBUG_ENABLED": True,
    "TELNETCONSOLE_ENABLED": True,
    "JOBDIR": "job",
    "PAGES_FEED": "pages.jsonl",
    "STATS_FILE": "stats.json",
    "MIN_IMAGE_SIZE": 0,
    "CONCURRENT_REQUESTS_PER_DOMAIN": 16,
    "FEEDS": json.dumps({name: {"format": kind} for name, kind in FEEDS.items()}),
    "FEED_EXPORTERS": json.dumps(
        FEED_EXPORTERS
        | {
            "pickle": "scrapy.exporters.PickleItemExporter",
            "marshal": "scrapy.exporters.MarshalItemExporter",
            "xml": "scrapy.exporters.XmlItemExporter",
        }
    ),
    "EXTENSIONS": json.dumps(
        EXTENSIONS
        | {
            "scrapy.extensions.debug.StackTraceDump": 1,
            "scrapy.extensions.memdebug.MemoryDebugger": 2,
            "scrapy.extensions.spiderstate.SpiderState": 3,
            "scrapy.extensions.periodic_log.PeriodicLog": 4,
        }
    ),
}
"""All that Scrapy can be made to write during a crawl."""


class Site:
    """Pictures by number, a page that names them, and a page with scripts."""

    def __init__(self, pictures: list[bytes]) -> None:
        self.pictures = pictures

    async def __call__(self, asked: Asked, wire: Wire) -> None:
        name = asked.path.strip("/").partition(".")[0]
        headers: dict[str, str | int] = {"Content-Type": "text/html"}
        if name == "":
            images = (f"<img src={n}.jpg>" for n in range(1, len(self.pictures)))
            body = f"<!doctype html>{''.join(images)}".encode() + TOLD
        elif name == "scripted":
            body = PAGE
        elif name == "picture":
            body, headers["Content-Type"] = SCRIPTED, "application/octet-stream"
        elif name.isdigit():
            body = self.pictures[int(name)]
            told = INLINE_DIGITS[:900].decode()
            headers = {"Content-Type": f"image/jpeg; a={told}", "ETag": f'"{told}"'}
            headers["Last-Modified"] = told
        else:
            await wire.reply("404 Not Found", {"Content-Length": 0})
            return
        if asked.span is None:
            await wire.reply("200 OK", {**headers, "Content-Length": len(body)}, body)
            return
        first, last = asked.span[0], min(asked.span[1], len(body) - 1)
        headers["Content-Range"] = f"bytes {first}-{last}/{len(body)}"
        headers["Content-Length"] = last + 1 - first
        await wire.reply("206 Partial Content", headers, body[first : last + 1])


INLINE_DIGITS = base64.b64encode(INLINE)
TOLD = b"<img src=0.jpg alt='%b'><img src='data:image/jpeg;base64,%b'>" % (
    2 * (INLINE_DIGITS,)
)
PAGE = (
    b"""<!doctype html><img src='data:image/jpeg;base64,%b'><script>
fetch('/picture').then(r => r.blob()).then(async blob => {
  const opening = indexedDB.open('kept');
  opening.onupgradeneeded = () => opening.result.createObjectStore('kept');
  opening.onsuccess = () => opening.result.transaction('kept', 'readwrite')
    .objectStore('kept').put(blob, 1);
  (await caches.open('kept')).put('/kept', new Response(blob));
  const reader = new FileReader();
  reader.onload = () => localStorage.setItem('kept', reader.result);
  reader.readAsDataURL(blob);
}).finally(() => document.body.append(Object.assign(new Image(), {src: '/0.jpg'})));
</script>"""
    % INLINE_DIGITS
)


def with_inner_pictures() -> bytes:
    """Return a JPEG with a thumbnail in its EXIF, its Photoshop resources and XMP."""
    small = saved(drawing(7, (96, 96)), "JPEG")
    # TIFF 6.0: an empty IFD at 8; at 14 one with Compression and the two tags of the
    # thumbnail, which is after it (EXIF 3.0 section 4.8.2).
    tags = ((0x103, 6), (0x201, 56), (0x202, len(small)))
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags)
    first = struct.pack("<2sHIHI", b"II", 42, 8, 0, 14)
    block = first + struct.pack("<H", 3) + entries + bytes(4) + small
    other = saved(drawing(8, (96, 96)), "JPEG")
    third = base64.b64encode(saved(drawing(9, (96, 96)), "JPEG")).decode()
    packet = (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF '
        'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description '
        'xmlns:xmp="http://ns.adobe.com/xap/1.0/" '
        'xmlns:xmpGImg="http://ns.adobe.com/xap/1.0/g/img/"><xmp:Thumbnails><rdf:Alt>'
        '<rdf:li rdf:parseType="Resource"><xmpGImg:format>JPEG</xmpGImg:format>'
        f"<xmpGImg:image>{third}</xmpGImg:image></rdf:li></rdf:Alt></xmp:Thumbnails>"
        "</rdf:Description></rdf:RDF></x:xmpmeta>"
    )
    thumbnail = resource(1036, struct.pack(">7I", 1, 96, 96, 288, 0, 0, 0) + other)
    return jpeg(
        app1(block),
        segment(0xED, b"Photoshop 3.0\0" + thumbnail),
        xmp_segment(packet.encode()),
        segment(0xFE, base64.b64encode(small)),
    )


@cache
def pictures() -> list[bytes]:
    """Return the files to crawl: our own, and the corpus where it is."""
    made = [
        path for kind in ("jpg", "png", "webp") for path in GALLERY.rglob(f"*.{kind}")
    ]
    return [
        with_inner_pictures(),
        *(path.read_bytes() for path in made + files()),
    ]


@cache
def index() -> PictureIndex:
    """Index coded data, thumbnails and previews, those of the metadata as well."""
    found = [part for data in pictures() for part in pictures_of(data)]
    if shutil.which("exiftool"):
        previews = previews_of(GALLERY, *([CORPUS] if CORPUS.is_dir() else []))
        found += [preview for of_file in previews.values() for preview in of_file]
    for data in pictures():
        for written in _XMP_IMAGE.findall(data):
            digits = re.sub(rb"&#xA;|\s", b"", written)
            found.append(base64.b64decode(digits[: len(digits) // 4 * 4]))
    inner = with_inner_pictures()
    found += [
        inner[match.start() :][:2_000] for match in re.finditer(b"\xff\xda", inner)
    ]
    return PictureIndex([*found, *pictures_of(INLINE), *pictures_of(SCRIPTED)])


def run(home: Path, *command: str, env: dict[str, str] | None = None) -> Writes:
    """Run a command of Scrapy, and check all that it wrote and said."""
    trace = home.with_name(f"{home.name}.trace")
    child = run_scrapy(*command, cwd=home, env=env, prefix=traced(trace))
    writes = writes_of(trace)
    texts = {name: data for name, data in writes.files.items() if data[:2] != GZIP}
    for path in home.rglob("*.gz"):
        texts[str(path)] = gzip.decompress(path.read_bytes())
    texts |= {"stdout": child.stdout.encode(), "stderr": child.stderr.encode()}
    print({name: len(data) for name, data in texts.items()}, child.stderr[-3000:])

    assert [name for name, data in texts.items() if index().finds(data)] == []
    assert [name for name, data in texts.items() if opens(data)] == []
    assert writes.mapped == set()
    assert child.returncode == 0
    return writes


def options(settings: dict[str, Any]) -> list[str]:
    return [part for pair in settings.items() for part in ("-s", "{}={}".format(*pair))]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the commands one folder, in which they run one after another."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    with serving(Site(pictures())) as server:
        yield server.url


def test_a_crawl_that_stores_all_it_can(
    home: Path, site: str, s3: dict[str, str]
) -> None:
    named = ("-a", f"urls={site}/", "-a", "resume=feed.json")
    writes = run(home, "crawl", "images", *named, *options(STORING), env=s3)
    records = json.loads((home / "feed.json").read_text())

    assert len(records) > len(pictures()) / 3
    assert {"feed.xml", "crawl.log", "pages.jsonl"} <= {
        Path(name).name for name in writes.files
    }


@pytest.mark.parametrize(
    "command",
    [
        ("show", "--json", str(GALLERY / "night.png"), str(GALLERY / "harbour.jpg")),
        ("report", "feed.json", "-O", "report.html"),
        ("export", "feed.json", "--flat", "-O", "flat.csv"),
        ("crawl", "images", "-a", "verify=feed.json", "-O", "verified.json"),
        ("fleet", "run", "list.txt", "--to", "results", "--local", "1"),
    ],
    ids=lambda command: command[0],
)
def test_a_command(home: Path, site: str, command: tuple[str, ...]) -> None:
    (home / "list.txt").write_text(f"{site}/0.jpg\n{site}/1.jpg\n")
    debug = ("-s", "LOG_LEVEL=DEBUG") if command[0] == "crawl" else ()
    run(home, *command, *debug)


@needs_chromium
def test_a_rendered_page_that_stores_all_it_can(tmp_path: Path, site: str) -> None:
    settings = {"RENDER_PAGES": True, "MIN_IMAGE_SIZE": 0, "LOG_LEVEL": "DEBUG"}
    page = ("-a", f"urls={site}/scripted", "-O", "feed.json")
    run(tmp_path, "crawl", "images", *page, *options(settings))
    (record,) = json.loads((tmp_path / "feed.json").read_text())

    assert record["url"] == f"{site}/0.jpg"
