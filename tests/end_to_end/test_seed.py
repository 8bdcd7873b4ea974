"""The seed's first record, from every kind of server and from the disk."""

from __future__ import annotations

import json
import shutil
import ssl
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import trustme

from tests.commands import ROOT
from tests.core.corpus import CORPUS
from tests.servers.files import folder
from tests.servers.http import Asked, Wire, serving
from tests.servers.nginx import nginx

if TYPE_CHECKING:
    from tests.crawls import Crawl

SEED = CORPUS / "seed" / "img_1771.jpg"
EXPECTED: dict[str, Any] = json.loads(
    (ROOT / "tests" / "seed_record.json").read_text(encoding="utf-8")
)["first"]
ETAG = f'"{EXPECTED["etag"]}"'
SEED_FIELDS = list(EXPECTED)

pytestmark = pytest.mark.skipif(not SEED.exists(), reason="the corpus is missing")


def assert_is_seed(record: dict[str, Any], **but: Any) -> None:
    assert list(record)[: len(SEED_FIELDS)] == SEED_FIELDS
    seed = {name: record[name] for name in SEED_FIELDS}
    assert list(seed["exif"].items()) == list(EXPECTED["exif"].items())
    assert len(seed["exif"]) == 48
    assert seed == {
        **EXPECTED,
        "url": record["url"],
        "timestamp": record["timestamp"],
        **but,
    }
    assert record["tor"] is False


@pytest.mark.parametrize("has_ranges", [True, False], ids=["range", "no range"])
def test_over_http(crawl: Crawl, *, has_ranges: bool) -> None:
    with serving(folder(SEED.parent, has_ranges=has_ranges, etag=ETAG)) as server:
        crawled = crawl("-a", f"urls={server.url}/{SEED.name}")

    assert crawled.exit_code == 0
    assert_is_seed(crawled.record(f"{server.url}/{SEED.name}"))


def test_over_https_with_a_trusted_certificate(crawl: Crawl, tmp_path: Path) -> None:
    authority, ca_file = trustme.CA(), tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(ca_file)
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(tls)

    with serving(folder(SEED.parent, etag=ETAG), tls=tls) as server:
        url = f"{server.url}/{SEED.name}"
        trusted = crawl("-a", f"urls={url}", env={"SSL_CERT_FILE": str(ca_file)})
        stranger = crawl("-a", f"urls={url}")

    assert_is_seed(trusted.record(url))
    assert stranger.exit_code == 4
    assert list(stranger.failed) == [url]


def test_after_a_redirect(crawl: Crawl) -> None:
    files = folder(SEED.parent, etag=ETAG)

    async def app(asked: Asked, wire: Wire) -> None:
        if asked.path == "/moved.jpg":
            headers: dict[str, str | int] = {"Location": f"/{SEED.name}"}
            await wire.reply("301 Moved Permanently", headers)
        else:
            await files(asked, wire)

    with serving(app) as server:
        crawled = crawl("-a", f"urls={server.url}/moved.jpg")

    assert_is_seed(crawled.record(f"{server.url}/moved.jpg"))


def test_from_a_folder(crawl: Crawl) -> None:
    crawled = crawl("-a", f"folder={SEED.parent}")

    assert_is_seed(crawled.record(SEED.as_uri()), etag=None)


@pytest.mark.skipif(not shutil.which("nginx"), reason="nginx is not installed")
def test_from_nginx(crawl: Crawl, tmp_path: Path) -> None:
    with nginx(tmp_path / "nginx", SEED.parent) as url:
        crawled = crawl("-a", f"urls={url}/{SEED.name}")
        head = subprocess.run(
            ["curl", "-sI", f"{url}/{SEED.name}"],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
    record = crawled.record(f"{url}/{SEED.name}")

    assert_is_seed(record, etag=record["etag"])
    assert f'"{record["etag"]}"' in head
    # The coded data start at offset 8,043; 4,096 bytes of them are read.
    assert record["requests"] == {"sample": 1, "metadata": 0, "picture": 1}
    assert record["bytes_downloaded"] == 8_043 + 4_096
