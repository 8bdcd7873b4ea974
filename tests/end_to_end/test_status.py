"""What a record says about how far an image was read, and where its parts are."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image

from fpcrawler.core.metadata.status import KINDS
from tests.servers.files import folder
from tests.servers.http import Asked, Wire, serving

if TYPE_CHECKING:
    from tests.crawls import Crawl

SAMPLE = 10_241
XMP = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF'
    b' xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description'
    b' xmlns:dc="http://purl.org/dc/elements/1.1/" dc:creator="Ann"/></rdf:RDF>'
    b"</x:xmpmeta>"
)
XMP_NAME = b"http://ns.adobe.com/xap/1.0/\0"
IPTC = b"\x1c\x02\x5a\0\x04Wien"
PHOTOSHOP = b"Photoshop 3.0\x008BIM\x04\x04\0\0\0\0\0\x09" + IPTC + b"\0"
WHOLE = dict.fromkeys(KINDS, "complete")
NOT_SOUGHT = dict.fromkeys(KINDS, "not-sought")


def segment(marker: int, data: bytes) -> bytes:
    return bytes([0xFF, marker]) + (len(data) + 2).to_bytes(2, "big") + data


def picture(writer: str, side: int = 300, **options: Any) -> bytes:
    exif = Image.Exif()
    exif[0x010F] = "A maker"
    file = io.BytesIO()
    noise = Image.effect_noise((side, side), 90).convert("RGB")
    noise.save(file, writer, exif=exif, **options)
    return file.getvalue()


def jpeg(*segments: bytes) -> bytes:
    """Return a JPEG whose segments follow its EXIF."""
    data = picture("JPEG")
    exif = data.index(b"\xff\xe1")
    end = exif + 2 + int.from_bytes(data[exif + 2 : exif + 4], "big")
    return data[:end] + b"".join(segments) + data[end:]


FILES = {
    "whole.jpg": jpeg(segment(0xE1, XMP_NAME + XMP), segment(0xED, PHOTOSHOP)),
    "broken.jpg": jpeg(segment(0xE1, XMP_NAME + XMP[:-90])),
    "far.jpg": jpeg(
        segment(0xE2, bytes(30_000)),
        segment(0xE1, XMP_NAME + XMP.replace(b"Ann", b"Ann" * 13_000)),
    ),
    # Its EXIF is at the end, beyond what is read of a stream.
    "far.webp": picture("WEBP", side=700, lossless=True),
}


async def says_bytes(_asked: Asked, wire: Wire) -> None:
    """Ignore the Range, but state that ranges are supported."""
    body = FILES["whole.jpg"]
    headers: dict[str, str | int] = {"Accept-Ranges": "bytes"}
    await wire.reply("200 OK", {**headers, "Content-Length": len(body)}, body)


def test_a_record_says_how_far_it_was_read(crawl: Crawl, tmp_path: Path) -> None:
    root = tmp_path / "files"
    root.mkdir()
    for name, data in FILES.items():
        (root / name).write_bytes(data)
    with ExitStack() as stack:
        ranged = stack.enter_context(serving(folder(root)))
        apps = (folder(root, has_ranges=False), says_bytes)
        plain, odd = (
            stack.enter_context(serving(app, address=f"127.0.1.{number}"))
            for number, app in enumerate(apps, 1)
        )
        urls = [*(f"{ranged.url}/{name}" for name in FILES), f"{plain.url}/far.webp"]
        urls += [f"{odd.url}/odd.jpg", str(root / "whole.jpg")]
        settings = {
            "ROBOTSTXT_OBEY": False,
            "PICTURE_FINGERPRINT": False,
            "METADATA_KINDS": "exif",
        }
        crawled = crawl("-a", f"urls={' '.join(urls)}", settings=settings)

    whole, broken, far, webp, unranged, odd_one, local = (
        crawled.record((root / "whole.jpg").as_uri() if url == urls[-1] else url)
        for url in urls
    )
    assert whole["metadata_status"] == WHOLE
    assert broken["metadata_status"] == WHOLE | {"xmp": "damaged"}
    assert broken["exif"]["Image Make"] == "A maker"
    assert far["metadata_status"] == WHOLE | {"xmp": "not-sought"}
    assert webp["metadata_status"] == WHOLE
    assert unranged["exif"] == {}
    assert unranged["metadata_status"] == NOT_SOUGHT | {"exif": "incomplete"}
    assert [r["has_ranges"] for r in (whole, unranged, odd_one, local)] == [
        *(True, False, None, True)
    ]
    assert {n: c for n, c in crawled.stats.items() if n.startswith("metadata/")} == {
        "metadata/requests": webp["requests"]["metadata"] + far["requests"]["metadata"],
        "metadata/bytes": webp["bytes_downloaded"]
        + far["bytes_downloaded"]
        - 2 * SAMPLE,
        "metadata/xmp/damaged": 1,
        "metadata/exif/incomplete": 1,
        "metadata/incomplete": 1,
    }
    assert whole["spans"] == local["spans"] == spans_in(FILES["whole.jpg"])
    assert [s for s in webp["spans"] if s[2] == "read"] == [
        [0, SAMPLE, "read"],
        [len(FILES["far.webp"]) - webp["bytes_downloaded"] + SAMPLE, *END_OF_WEBP],
    ]


END_OF_WEBP = (len(FILES["far.webp"]), "read")


def spans_in(data: bytes) -> list[list[Any]]:
    """Return the spans of whole.jpg, by the offsets of what it was made of."""

    def span(opening: bytes, length: int, what: str) -> list[Any]:
        first = data.index(opening)
        return [first, first + length, what]

    exif = data.index(b"\xff\xe1") + 2
    exif_end = exif + int.from_bytes(data[exif : exif + 2], "big")
    scan = data.index(b"\xff\xda") + 2
    return sorted(
        [
            [0, SAMPLE, "read"],
            [exif + 8, exif_end, "exif"],
            span(XMP, len(XMP), "xmp"),
            # Photoshop's resource with the datasets.
            span(b"8BIM", 12 + len(IPTC) + 1, "iptc"),
            [scan + data[scan + 1], len(data), "coded"],
        ]
    )


@pytest.mark.skipif(not shutil.which("exiftool"), reason="ExifTool is missing")
def test_exiftool_says_the_same_places(tmp_path: Path) -> None:
    path = tmp_path / "whole.jpg"
    path.write_bytes(FILES["whole.jpg"])
    said = subprocess.run(
        ["exiftool", "-v3", str(path)], capture_output=True, text=True, check=True
    ).stdout

    segments = re.findall(r"JPEG APP1 \((\d+) bytes\):\n +([0-9a-f]+):", said)
    places = [(int(first, 16), int(length)) for length, first in segments]
    spans = spans_in(FILES["whole.jpg"])
    exif, xmp = ([s[0], s[1]] for s in spans if s[2] in {"exif", "xmp"})
    assert places == [
        (exif[0] - len(b"Exif\0\0"), exif[1] - exif[0] + len(b"Exif\0\0")),
        (xmp[0] - len(XMP_NAME), xmp[1] - xmp[0] + len(XMP_NAME)),
    ]
