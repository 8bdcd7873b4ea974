"""Third-party documentation, served by nginx: every image has an outcome.

``DOCS`` names a folder with the unpacked Debian packages of kicad-doc-en and
python3-doc, as ``.ci/run`` makes it.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

import pytest

from tests.servers.nginx import nginx

if TYPE_CHECKING:
    from tests.crawls import Crawl, Crawled

DOCS = Path(os.environ.get("DOCS", "nowhere"))
SITES = {
    "kicad-doc-en": DOCS / "usr/share/doc/kicad/help/en",
    "python3-doc": next(DOCS.glob("usr/share/doc/python3*/html"), Path("nowhere")),
}
DEPTH = 3
IMAGES = (".png", ".jpg", ".jpeg", ".gif", ".svg", ".ico", ".webp", ".bmp")
PLACES = {
    ("img", "src"),
    ("embed", "src"),
    ("input", "src"),
    ("object", "data"),
    ("a", "href"),
    ("link", "href"),
    ("video", "poster"),
}


class Oracle(HTMLParser):
    """Finds the images and pages that a page names, with the standard library."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.url = url
        self.images: set[str] = set()
        self.pages: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if (tag, name) not in PLACES or not value:
                continue
            url = urldefrag(urljoin(self.url, value.strip())).url
            path = urlsplit(url).path.lower()
            if path.endswith(IMAGES) or tag == "img":
                self.images.add(url)
            elif tag == "a" and urlsplit(url).netloc == urlsplit(self.url).netloc:
                self.pages.add(url)


def crawled_by_hand(root: Path, start: str) -> tuple[set[str], set[str]]:
    """Return the pages within DEPTH of ``start``, and the images that they name."""
    pages: set[str] = set()
    images: set[str] = set()
    found = {start}
    for _ in range(DEPTH + 1):
        found, latest = set(), found - pages
        for url in latest:
            path = root / unquote(urlsplit(url).path).lstrip("/")
            if path.is_file() and path.suffix == ".html":
                pages.add(url)
                oracle = Oracle(url)
                oracle.feed(path.read_text(encoding="utf-8", errors="replace"))
                images |= oracle.images
                found |= oracle.pages
    return pages, images


@pytest.fixture(params=SITES)
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Path, str]]:
    root = SITES[request.param]
    if not root.is_dir():
        pytest.skip(f"{request.param} is not unpacked in DOCS")
    if not shutil.which("nginx"):
        pytest.skip("nginx is not installed")
    index = tmp_path / "root"
    # The package has no index of all manuals, so make one.
    shutil.copytree(root, index, symlinks=False, ignore_dangling_symlinks=True)
    if not (index / "index.html").exists():
        links = "".join(f"<a href='{p.name}'>" for p in sorted(index.glob("*.html")))
        (index / "index.html").write_text(f"<!DOCTYPE html>{links}")
    with nginx(tmp_path / "nginx", index) as url:
        yield index, url


@pytest.mark.untraced
def test_every_image_of_a_site_has_an_outcome(
    site: tuple[Path, str], crawl: Crawl
) -> None:
    root, url = site
    start = f"{url}/index.html"
    pages, images = crawled_by_hand(root, start)
    crawled: Crawled = crawl(
        *("-a", f"urls={start}", "-a", f"depth={DEPTH}"),
        *("-s", "CONCURRENT_REQUESTS_PER_DOMAIN=16"),
    )
    recorded = {str(record["url"]) for record in crawled.records}
    outcomes = recorded | set(crawled.dropped) | set(crawled.failed)
    stats: dict[str, Any] = crawled.stats
    print(f"{len(pages)} pages and {len(images)} images by hand; {crawled.summary}")

    assert "Traceback" not in crawled.stderr
    assert len(images) > 5
    assert stats["pages/crawled"] >= len(pages)
    local = {image for image in images if image.startswith(url)}
    assert {unquote(image) for image in local} <= {unquote(u) for u in outcomes}
    assert crawled.unaccounted == {"images": 0, "pages": 0}
