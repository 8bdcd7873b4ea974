"""C2PA manifests over HTTP: what they say, and what it costs to read them."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.core.metadata.signed import (
    JXL,
    MANIFEST,
    SVG,
    expected,
    noise,
    read_by_c2pa,
    sign,
)
from tests.crawls import Crawled, run_crawl
from tests.leaks import leaks
from tests.metadata_containers import WITH_XMP
from tests.servers.files import folder
from tests.servers.http import Asked, serving

_CONNECT = re.compile(r"connect\(\d+, \{sa_family=AF_(\w+), (.*?)\}")

LONG = {"label": "org.harbour.log", "data": {"log": "tall ships " * 1_400}}
MEDIUM = MANIFEST | {"assertions": [*MANIFEST["assertions"], LONG]}
MEDIUM_FORMATS = ("jpeg", "png", "webp", "avif", "tiff", "gif")
LARGE_FORMATS = ("jpeg", "png", "webp", "tiff", "gif")
REMOTE = b"""<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF
 xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""
 xmlns:dcterms="http://purl.org/dc/terms/"
 dcterms:provenance="http://127.0.0.1:9/manifest.c2pa"/></rdf:RDF></x:xmpmeta>"""


@dataclass(frozen=True, slots=True)
class Read:
    """A crawl over HTTP of all files, and what its server and strace noted."""

    crawled: Crawled
    asked: Counter[str]
    connected: set[str]
    server: str

    def record(self, name: str) -> dict[str, Any]:
        return self.crawled.record(f"http://{self.server}/{name}")


def media_type(name: str) -> str:
    ending = name.rpartition(".")[2]
    return {"svg": "image/svg+xml"}.get(ending, f"image/{ending}")


@pytest.fixture(scope="module")
def signed() -> dict[str, bytes]:
    """Return files by name: stores of about 20 KB, and above 300 KB by thumbnails.

    The pictures are small, so that nothing but the store has to be fetched.
    """
    ingredient = noise("JPEG", 300)
    medium = {
        f"medium.{kind}": sign(
            f"image/{kind}", noise(kind, 64), manifest=MEDIUM, thumbnail=False
        )
        for kind in MEDIUM_FORMATS
    }
    large = {
        f"large.{kind}": sign(
            f"image/{kind}", noise(kind, 64), ingredients=(ingredient,)
        )
        for kind in LARGE_FORMATS
    }
    return {
        **medium,
        **large,
        "medium.jxl": sign("image/jxl", JXL, manifest=MEDIUM, thumbnail=False),
        "medium.svg": sign("image/svg+xml", SVG, manifest=MEDIUM, thumbnail=False),
    }


@pytest.fixture(scope="module")
def read(signed: Mapping[str, bytes], tmp_path_factory: pytest.TempPathFactory) -> Read:
    home, files = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("files")
    for name, data in {**signed, "remote.jpg": WITH_XMP["jpg"](REMOTE)}.items():
        (files / name).write_bytes(data)
    trace = home / "trace"
    has_strace = shutil.which("strace") is not None
    strace = ("strace", "-f", "-qq", "-e", "trace=connect", "-o", str(trace))
    with serving(folder(files)) as server:
        names = sorted(path.name for path in files.iterdir())
        (home / "urls.txt").write_text("\n".join(f"{server.url}/{n}" for n in names))
        crawled = run_crawl(
            home, settings={"MIN_IMAGE_SIZE": 0}, prefix=strace if has_strace else ()
        )
    return Read(
        crawled=crawled,
        asked=Counter(map(_name, server.asked)),
        connected=_connected(trace) if has_strace else set(),
        server=f"127.0.0.1:{server.port}",
    )


def _name(asked: Asked) -> str:
    return asked.path.removeprefix("/")


def _connected(trace: Path) -> set[str]:
    """Return the addresses that were connected to; a local socket as its path."""
    found = set()
    for family, rest in _CONNECT.findall(trace.read_text(errors="replace")):
        port, address = re.search(r"htons\((\d+)\)", rest), re.search(r'"(.*?)"', rest)
        host = address[1] if address else rest
        found.add(f"{host}:{port[1]}" if port else f"{family} {host}")
    return found


NAMES = (
    *(f"medium.{kind}" for kind in (*MEDIUM_FORMATS, "jxl", "svg")),
    *(f"large.{kind}" for kind in LARGE_FORMATS),
)


@pytest.mark.parametrize("name", NAMES)
def test_a_manifest_gives_what_c2pa_reads(
    signed: dict[str, bytes], read: Read, name: str
) -> None:
    reported = asdict(expected(read_by_c2pa(media_type(name), signed[name])))
    record = read.record(name)

    assert record["provenance"] == {**reported, "actions": [*reported["actions"]]}
    assert record["metadata_status"]["provenance"] == "complete"


@pytest.mark.parametrize("name", NAMES)
def test_a_manifest_takes_two_further_requests(
    signed: dict[str, bytes], read: Read, name: str
) -> None:
    record = read.record(name)

    assert len(signed[name]) > (300_000 if name.startswith("large") else 18_000)
    assert record["requests"]["metadata"] <= 2
    assert read.asked[name] <= 3
    assert record["bytes_downloaded"] < 100_000


@pytest.mark.parametrize("name", NAMES)
def test_no_value_holds_a_part_of_a_thumbnail(
    signed: dict[str, bytes], read: Read, name: str
) -> None:
    assert leaks(read.record(name), [signed[name]]) == []


@pytest.mark.skipif(not shutil.which("strace"), reason="strace is not installed")
def test_nothing_but_the_server_is_connected_to(read: Read) -> None:
    assert read.connected == {read.server}


def test_a_remote_manifest_is_not_fetched(read: Read) -> None:
    record = read.record("remote.jpg")

    assert record["xmp"]["dcterms:provenance"] == "http://127.0.0.1:9/manifest.c2pa"
    assert record["provenance"]["c2pa"] is False
    assert read.asked["remote.jpg"] == 1
