from __future__ import annotations

import asyncio
import json
import os
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from scrapy.utils.test import get_crawler

from fpcrawler.core.fingerprint.head import SAMPLE_BYTES, SAMPLE_RANGE, head_sha256
from fpcrawler.crawl.errand import errand_of
from fpcrawler.handlers.file import FileDownloadHandler, NotAFile, OutsideFolder
from tests import errands
from tests.errands import page

if TYPE_CHECKING:
    from scrapy.http import Response

ROOT = Path(__file__).parents[2]
SEED_IMAGE = ROOT.parent / "shared" / "corpus" / "seed" / "img_1771.jpg"
BODY = bytes(range(256)) * 100


def handler(max_page_size: int = 1_000_000) -> FileDownloadHandler:
    settings = {"DOWNLOAD_MAXSIZE": max_page_size}
    return FileDownloadHandler.from_crawler(get_crawler(settings_dict=settings))


def answer(
    url: str,
    root: Path | None,
    byte_range: str | None = None,
    *,
    max_page_size: int = 1_000_000,
) -> Response:
    headers = {"Range": byte_range} if byte_range else {}
    folder = None if root is None else str(root)
    request = page(url, folder=folder).replace(headers=headers)
    return asyncio.run(handler(max_page_size).download_request(request))


@pytest.fixture
def image(tmp_path: Path) -> Path:
    path = tmp_path / "image.jpg"
    path.write_bytes(BODY)
    return path


@pytest.mark.parametrize(
    ("byte_range", "first", "last"),
    [
        pytest.param(SAMPLE_RANGE, 0, 10_240, id="the sample"),
        pytest.param("bytes=0-0", 0, 0, id="the first byte"),
        pytest.param("bytes=500-999", 500, 999, id="RFC 9110 14.1.2 second 500"),
        pytest.param("bytes=25000-", 25_000, 25_599, id="RFC 9110 14.1.2 open end"),
        pytest.param("bytes=25599-25599", 25_599, 25_599, id="the last byte"),
        pytest.param("bytes=100-99999", 100, 25_599, id="RFC 9110 14.1.2 past the end"),
        pytest.param(None, 0, 25_599, id="no range"),
    ],
)
def test_a_range_is_returned_as_a_web_server_sends_it(
    image: Path, byte_range: str | None, first: int, last: int
) -> None:
    response = answer(image.as_uri(), image, byte_range)

    assert response.status == 206
    assert response.body == BODY[first : last + 1]
    assert response.headers["Content-Range"] == f"bytes {first}-{last}/25600".encode()
    assert response.url == image.as_uri()


def test_a_range_after_the_end_is_not_satisfiable(image: Path) -> None:
    # RFC 9110 section 15.5.17: 416, with the current length of the file.
    response = answer(image.as_uri(), image, "bytes=30000-30099")

    assert response.status == 416
    assert response.headers["Content-Range"] == b"bytes */25600"
    assert response.body == b""


def test_the_time_of_the_file_is_its_last_modified(image: Path) -> None:
    os.utime(image, (0, 784_111_777))

    response = answer(image.as_uri(), image, SAMPLE_RANGE)

    # RFC 9110 section 5.6.7: the preferred form of a date, in GMT
    value = (response.headers["Last-Modified"] or b"").decode()
    assert value == "Sun, 06 Nov 1994 08:49:37 GMT"
    assert parsedate_to_datetime(value).timestamp() == 784_111_777


def test_an_empty_file_is_an_empty_response(tmp_path: Path) -> None:
    path = tmp_path / "empty.jpg"
    path.touch()

    response = answer(path.as_uri(), path, SAMPLE_RANGE)

    assert response.status == 200
    assert response.body == b""
    assert "Content-Range" not in response.headers


def test_a_page_is_read_up_to_the_limit_for_pages(image: Path) -> None:
    response = answer(image.as_uri(), image, max_page_size=1_000)

    assert response.body == BODY[:1_000]
    assert response.headers["Content-Range"] == b"bytes 0-999/25600"


def test_a_page_is_read_whole_if_there_is_no_limit(image: Path) -> None:
    # https://docs.scrapy.org/en/2.19/topics/settings.html: 0 disables DOWNLOAD_MAXSIZE
    response = answer(image.as_uri(), image, max_page_size=0)

    assert response.body == BODY


def test_a_file_of_4_gb_is_read_at_the_requested_offset(tmp_path: Path) -> None:
    path = tmp_path / "large.tif"
    with path.open("wb") as file:
        file.truncate(4_000_000_000)
        file.seek(3_999_999_990)
        file.write(b"the end...")

    response = answer(path.as_uri(), path, "bytes=3999999990-3999999996")

    assert response.body == b"the end"


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "missing.jpg"

    with pytest.raises(FileNotFoundError, match=r"missing\.jpg"):
        answer(path.as_uri(), tmp_path, SAMPLE_RANGE)


@pytest.mark.parametrize("path", ["/", "/dev/null", "/dev/zero"])
def test_a_folder_and_a_device_are_not_files(path: str) -> None:
    with pytest.raises(NotAFile, match="is not a regular file"):
        answer(f"file://{path}", Path(path), SAMPLE_RANGE)


def test_nothing_is_read_without_a_root(image: Path) -> None:
    with pytest.raises(OutsideFolder):
        answer(image.as_uri(), None, SAMPLE_RANGE)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a page's folder with a secret beside it."""
    folder = tmp_path / "page"
    (folder / "below").mkdir(parents=True)
    (folder / "below" / "image.jpg").write_bytes(BODY)
    (tmp_path / "page-private").mkdir()
    for secret in ("secret.jpg", "page-private/secret.jpg"):
        (tmp_path / secret).write_bytes(b"secret")
    (folder / "inner.jpg").symlink_to("below/image.jpg")
    (folder / "outer.jpg").symlink_to("../secret.jpg")
    (folder / "outer").symlink_to("..")
    return folder


@pytest.mark.parametrize("name", ["below/image.jpg", "inner.jpg", "./below//image.jpg"])
def test_a_page_may_name_files_in_its_folder_and_below(folder: Path, name: str) -> None:
    assert answer(f"{folder.as_uri()}/{name}", folder).body == BODY


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("../secret.jpg", id="above"),
        pytest.param("%2e%2e/secret.jpg", id="above, in percent"),
        pytest.param("below/../../secret.jpg", id="down and up"),
        pytest.param("../page-private/secret.jpg", id="a name that begins the same"),
        pytest.param("outer.jpg", id="a link to a file outside"),
        pytest.param("outer/secret.jpg", id="a link to a folder outside"),
        pytest.param("../missing.jpg", id="nothing there"),
    ],
)
def test_a_page_names_nothing_outside_its_folder(folder: Path, name: str) -> None:
    with pytest.raises(OutsideFolder, match="outside the folder"):
        answer(f"{folder.as_uri()}/{name}", folder)


def test_a_folder_may_be_reached_by_a_link(folder: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(folder)

    assert answer(f"{link.as_uri()}/inner.jpg", link).body == BODY


@pytest.mark.parametrize(
    "name",
    [
        "a b.jpg",
        "\u00e4\u732b.jpg",
        "a#b.jpg",
        "a?b.jpg",
        "100%.jpg",
        "a%20b.jpg",
        "a;b.jpg",
        "a\nb.jpg",
        pytest.param(os.fsdecode(b"\xe4.jpg"), id="a name in Latin-1"),
    ],
)
def test_a_file_is_found_by_its_uri(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(BODY)

    assert answer(path.as_uri(), path).body == BODY


@pytest.mark.parametrize("name", ["a;b.jpg", "a;b/c.jpg", "a;b=c.jpg"])
def test_a_semicolon_need_not_be_escaped(tmp_path: Path, name: str) -> None:
    # RFC 3986 section 3.3: ";" is one of the characters of a path segment.
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(BODY)

    assert answer(f"{tmp_path.as_uri()}/{name}", tmp_path).body == BODY


def test_a_pipe_is_refused_rather_than_waited_for(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.jpg"
    os.mkfifo(pipe)
    request = page(pipe.as_uri(), folder=str(pipe))

    async def ask() -> Response:
        try:
            return await asyncio.wait_for(handler().download_request(request), 2)
        finally:  # a thread that waits for a writer goes on
            os.close(os.open(pipe, os.O_RDWR))

    with pytest.raises(NotAFile):
        asyncio.run(ask())


def test_the_bytes_of_an_image_are_counted(image: Path) -> None:
    files = handler()
    stats = files.crawler.stats

    request = errands.image(image.as_uri(), folder=str(image))
    asyncio.run(files.download_request(request))

    assert errand_of(request).spending.received == {"sample": SAMPLE_BYTES}
    assert stats.get_value("images/bytes_downloaded") == SAMPLE_BYTES


@pytest.mark.skipif(not SEED_IMAGE.exists(), reason="../shared/corpus is not here")
def test_the_seeds_image_has_the_seeds_hash_from_disk() -> None:
    seed = json.loads((ROOT / "tests" / "seed_record.json").read_text())["first"]

    response = answer(SEED_IMAGE.as_uri(), SEED_IMAGE, SAMPLE_RANGE)

    assert head_sha256(response.body) == seed["sha256_first_10240_bytes"]
