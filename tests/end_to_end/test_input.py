"""What a list may contain, and what a page may link to."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from tests.servers.files import folder
from tests.servers.http import Asked, Wire, serving
from tests.servers.quirks import GALLERY

if TYPE_CHECKING:
    from tests.crawls import Crawl

PHOTO = GALLERY / "harbour.jpg"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """Make a folder with a page and photos, beside the list."""
    site = tmp_path / "site"
    (site / "deep").mkdir(parents=True)
    shutil.copy(PHOTO, site / "a.jpg")
    shutil.copy(PHOTO, site / "deep" / "b.jpg")
    (site / "page.html").write_text("<html><img src=a.jpg><img src='deep/b.jpg'>")
    return site


def urls_of(crawled_records: list[dict[str, object]]) -> list[str]:
    return sorted(str(record["url"]).rpartition("/")[2] for record in crawled_records)


def test_a_list_as_people_write_it(crawl: Crawl, tmp_path: Path, site: Path) -> None:
    with serving(folder(GALLERY)) as server:
        url = f"{server.url}/harbour.jpg"
        lines = [
            "\ufeff# a comment",
            "",
            f"{url}  the harbour, seen from the hill",
            f"   {url}#fragment",
            f"{server.url}/summit.jpg\t# gps",
            "site/page.html",
            "site/deep",
            f"{site / 'a.jpg'}",
            "ftp://example.invalid/a.jpg",
            "nothing-here.jpg",
            "https://b\u00fccher.invalid/a.jpg",
        ]
        (tmp_path / "urls.txt").write_bytes("\r\n".join(lines).encode())
        crawled = crawl()

    assert crawled.exit_code == 0
    assert urls_of(crawled.records) == ["a.jpg", "b.jpg", "harbour.jpg", "summit.jpg"]
    assert crawled.stats["list/rejected"] == 2
    assert "urls.txt, line 9: 'ftp://example.invalid/a.jpg'" in crawled.stderr
    assert "urls.txt, line 10: 'nothing-here.jpg'" in crawled.stderr
    assert "https://xn--bcher-kva.invalid/a.jpg" in crawled.failed
    # The URL with the fragment, and the files that the page names as well.
    assert crawled.stats["images/duplicates"] == 3


def test_a_listed_path_is_relative_to_its_list(
    crawl: Crawl, tmp_path: Path, site: Path
) -> None:
    (site / "list.txt").write_text("a.jpg")

    assert urls_of(crawl("-a", "urls_file=site/list.txt").records) == ["a.jpg"]
    as_uri = crawl("-a", f"urls_file={(site / 'list.txt').as_uri()}")
    assert urls_of(as_uri.records) == ["a.jpg"]
    assert not (tmp_path / "urls.txt").exists()


def test_a_list_may_come_over_http(crawl: Crawl, tmp_path: Path, site: Path) -> None:
    files = folder(GALLERY)

    async def app(asked: Asked, wire: Wire) -> None:
        if asked.path == "/list.txt":
            local = site / "a.jpg"
            text = f"{server.url}/harbour.jpg\n{local}\n{local.as_uri()}\n"
            await wire.reply("200 OK", {"Content-Length": len(text)}, text.encode())
        else:
            await files(asked, wire)

    with serving(app) as server:
        crawled = crawl("-a", f"urls_file={server.url}/list.txt")

    # A list from the web may not name local files.
    assert urls_of(crawled.records) == ["harbour.jpg"]
    assert crawled.stats["list/rejected"] == 2
    assert tmp_path.exists()


def test_a_list_may_be_a_data_uri(crawl: Crawl) -> None:
    with serving(folder(GALLERY)) as server:
        text = quote(f"{server.url}/harbour.jpg\n")
        crawled = crawl("-a", f"urls_file=data:text/plain,{text}")

    assert urls_of(crawled.records) == ["harbour.jpg"]


def test_arguments_add_up(crawl: Crawl, site: Path) -> None:
    with serving(folder(GALLERY)) as server:
        urls = f"urls={server.url}/summit.jpg {server.url}/harbour.jpg"
        crawled = crawl("-a", urls, "-a", f"folder={site / 'deep'}")

    assert urls_of(crawled.records) == ["b.jpg", "harbour.jpg", "summit.jpg"]


def test_a_folder_is_read_by_content_not_by_name(crawl: Crawl, site: Path) -> None:
    shutil.copy(PHOTO, site / "deep" / "no-name")
    (site / "deep" / "text.jpg").write_text("no image " * 5_000)
    crawled = crawl("-a", f"folder={site}")

    assert urls_of(crawled.records) == ["a.jpg", "b.jpg", "no-name"]
    # The page is not an image. A folder gives images only, so it is not crawled.
    assert sorted(crawled.dropped.values()) == ["NotAnImage", "NotAnImage"]
    assert "pages/crawled" not in crawled.stats


def test_a_local_page_names_only_its_own_folder(crawl: Crawl, site: Path) -> None:
    page = site / "deep" / "page.html"
    page.write_text("<html><img src=b.jpg><img src=../a.jpg><img src=link.jpg>")
    (site / "deep" / "link.jpg").symlink_to(site / "a.jpg")
    crawled = crawl("-a", f"urls={page}")

    assert urls_of(crawled.records) == ["b.jpg"]
    assert sorted(crawled.failed.values()) == ["OutsideFolder", "OutsideFolder"]


def test_a_page_from_the_web_names_nothing_local(crawl: Crawl, site: Path) -> None:
    page = f"<html><img src='{(site / 'a.jpg').as_uri()}'><img src='//10.0.0.1/a.jpg'>"

    async def app(_: Asked, wire: Wire) -> None:
        await wire.reply("200 OK", {"Content-Type": "text/html"}, page.encode())

    with serving(app) as server:
        crawled = crawl("-a", f"urls={server.url}/")

    assert crawled.records == []
    assert crawled.stats["links/skipped/file"] == 1
    assert list(crawled.failed.values()) == ["PrivateAddress"]


def test_a_file_and_its_url_have_one_fingerprint(crawl: Crawl) -> None:
    with serving(folder(GALLERY)) as server:
        urls = f"urls={server.url}/harbour.jpg {PHOTO}"
        web, local = crawl("-a", urls).records

    for name in (
        "image_size",
        "exif",
        "format",
        "sha256_first_10240_bytes",
        "random_128_bytes_sample_start",
    ):
        assert web[name] == local[name]
    assert {web["url"], local["url"]} == {
        f"{server.url}/harbour.jpg",
        PHOTO.as_uri(),
    }


def test_unreadable_files_are_failures(crawl: Crawl, site: Path) -> None:
    (site / "dangling.jpg").symlink_to(site / "nowhere")
    os.mkfifo(site / "pipe.jpg")
    crawled = crawl("-a", f"folder={site}")

    assert urls_of(crawled.records) == ["a.jpg", "b.jpg"]
    assert crawled.exit_code == 0
    assert sorted(crawled.failed.values()) == ["FileNotFoundError", "NotAFile"]
