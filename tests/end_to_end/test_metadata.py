"""Metadata anywhere in a file, over HTTP, with few requests."""

from __future__ import annotations

import asyncio
import gzip
import json
import os
import signal
import threading
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import mean
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import exifread
import pytest

from benchmarks.metadata import planned
from fpcrawler.core.file.sparse import SparseFile
from fpcrawler.core.metadata.reader import ALL_KINDS, EXIF_ONLY, locate
from tests.commands import run_scrapy
from tests.core.corpus import CORPUS, exifread_of, files
from tests.core.exif_oracle import differences, undocumented
from tests.crawls import Crawled, run_crawl
from tests.servers.files import folder
from tests.servers.http import App, Asked, Wire, serving

if TYPE_CHECKING:
    from tests.crawls import Crawl

CLASSES = ("metadata-near", "metadata-straddling", "metadata-far", "no-metadata")
OTHERS = ("reader-fails", "malformed")
SAMPLE = 10_241

pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus is missing")


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file of the corpus and the record that a crawl made of it."""

    path: Path
    record: dict[str, Any]

    @property
    def requests(self) -> int:
        return sum(self.record["requests"].values())


def is_exif(record: dict[str, Any], status: str) -> bool:
    return bool(record["metadata_status"]["exif"] == status)


def requests(*, metadata: int) -> dict[str, int]:
    return {"sample": 1, "metadata": metadata, "picture": 0}


def crawl_files(home: Path, paths: list[Path], app: App, **settings: object) -> Crawled:
    with serving(app) as server:
        urls = [f"{server.url}/{quote(str(p.relative_to(CORPUS)))}" for p in paths]
        (home / "urls.txt").write_text("\n".join(urls))
        return run_crawl(
            home,
            settings={
                "MIN_IMAGE_SIZE": 0,
                "CONCURRENT_REQUESTS_PER_DOMAIN": 16,
                "PICTURE_FINGERPRINT": False,  # test_picture.py tests that
                **settings,
            },
        )


def by_path(crawled: Crawled, paths: list[Path]) -> list[Fetched]:
    """Return the files that became a record."""
    records = {record["url"].split("/", 3)[3]: record for record in crawled.records}
    names = {path: quote(str(path.relative_to(CORPUS))) for path in paths}
    return [Fetched(p, records[n]) for p, n in names.items() if n in records]


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Crawled, list[Fetched]]:
    paths = files(*CLASSES, *OTHERS)
    result = crawl_files(tmp_path_factory.mktemp("corpus"), paths, folder(CORPUS))
    return result, by_path(result, paths)


def of(crawled: tuple[Crawled, list[Fetched]], *classes: str) -> list[Fetched]:
    return [f for f in crawled[1] if f.path.relative_to(CORPUS).parts[0] in classes]


def test_every_file_is_accounted_for(crawled: tuple[Crawled, list[Fetched]]) -> None:
    result, fetched = crawled
    not_images = {url for url, why in result.dropped.items() if why == "NotAnImage"}

    assert result.exit_code == 0
    assert result.unaccounted == {"images": 0, "pages": 0}
    assert len(fetched) + len(not_images) == len(files(*CLASSES, *OTHERS))
    assert not result.stats.get("log_count/ERROR")
    assert not any(name.startswith("metadata/failed/") for name in result.stats)


DAMAGED = "3dff1b1bce-exif-both.png"
"""Its second EXIF block names a GPS directory beyond its end, as ExifTool warns."""


@pytest.mark.untraced
def test_exif_is_that_of_the_whole_file(
    crawled: tuple[Crawled, list[Fetched]],
) -> None:
    others = {
        str(f.path.relative_to(CORPUS)): f.record["exif"]
        for f in of(crawled, *CLASSES)
        if undocumented(f.path.read_bytes(), f.record["exif"])
    }

    assert not others
    assert len(of(crawled, *CLASSES)) >= 190
    for f in of(crawled, *CLASSES):
        data = f.path.read_bytes()
        file = SparseFile(len(data))
        file.add(0, data)
        kinds = {"beyond", "raises"} & set(differences(data, f.record["exif"]).values())
        is_damaged = locate(file).error or kinds or f.path.name == DAMAGED
        assert is_exif(f.record, "damaged" if is_damaged else "complete"), f.path


@pytest.mark.untraced
def test_only_tags_beyond_the_end_of_these_files_are_left_out() -> None:
    def all_tags(path: Path) -> dict[str, str]:
        with path.open("rb") as file:
            tags = exifread.process_file(file, details=False, extract_thumbnail=False)
        return {name: str(tag) for name, tag in tags.items()}

    cut = {
        path.name[:10]
        for path in files(*CLASSES)
        if (tags := all_tags(path)) and tags != exifread_of(path.read_bytes())
    }

    assert cut == {
        *("5f64da128a", "77572c2991", "35df24c853", "6e7ad0fe12"),
        *("85c8da46ab", "93e5ac30f5", "b52c6a3217"),
    }


def test_all_kinds_are_read_unless_fewer_are_wanted(
    crawled: tuple[Crawled, list[Fetched]], tmp_path: Path
) -> None:
    paths = files(*CLASSES)[::3]
    only = {"METADATA_KINDS": "exif"}
    exif = by_path(crawl_files(tmp_path, paths, folder(CORPUS), **only), paths)
    everything = [f for f in of(crawled, *CLASSES) if f.path in {*paths}]

    def having(fetched: list[Fetched], name: str) -> int:
        return sum(bool(f.record[name]) for f in fetched)

    assert having(everything, "xmp") > having(exif, "xmp") > 0
    assert having(everything, "iptc") >= having(exif, "iptc") > 0
    assert having(everything, "texts") >= having(exif, "texts") > 0
    assert having(everything, "width") >= having(exif, "width")
    assert [f.record["exif"] for f in exif] == [f.record["exif"] for f in everything]


@pytest.mark.untraced
@pytest.mark.parametrize("classes", [(), CLASSES])
def test_all_kinds_cost_little_more_than_exif(classes: tuple[str, ...]) -> None:
    contents = [path.read_bytes() for path in files(*classes)]
    (exif_requests, exif_bytes), (requests, received) = (
        map(mean, zip(*(planned(data, kinds) for data in contents), strict=True))
        for kinds in (EXIF_ONLY, ALL_KINDS)
    )

    assert requests <= exif_requests + 0.1
    assert received <= 1.15 * exif_bytes


def test_it_costs_few_requests(crawled: tuple[Crawled, list[Fetched]]) -> None:
    near = of(crawled, "metadata-near")
    beyond = of(crawled, "metadata-straddling", "metadata-far")

    # The second looks for further blocks: up to a JPEG's picture, or at the end. The
    # third fetches a second packet of XMP.
    assert {f.requests for f in near} <= {1, 2, 3}
    assert mean(f.requests for f in near) <= 2
    assert mean(f.requests for f in beyond) <= 2.4
    assert mean(f.record["bytes_downloaded"] for f in beyond) <= 24_000
    assert {f.record["bytes_downloaded"] for f in near if f.requests == 1} == {SAMPLE}


def test_every_image_has_its_dimensions_if_its_bytes_have_them(
    crawled: tuple[Crawled, list[Fetched]],
) -> None:
    without = {
        f.path.name: f.record["format"]
        for f in of(crawled, *CLASSES)
        if not (f.record["width"] and f.record["height"])
    }

    # A JPEG's frame header comes after its EXIF. If that is after the sample, it is
    # not fetched. The TIFFs are cut off or fuzzed.
    assert set(without.values()) <= {"jpeg", "tiff"}, without
    assert [*without.values()].count("tiff") <= 5, without
    assert len(without) < 0.2 * len(of(crawled, *CLASSES))


def test_without_ranges_a_stream_is_read_on_within_the_budget(tmp_path: Path) -> None:
    paths = files("metadata-straddling", up_to=200_000)
    app = folder(CORPUS, has_ranges=False)
    fetched = by_path(crawl_files(tmp_path, paths, app), paths)
    whole = [f for f in fetched if not is_exif(f.record, "incomplete")]

    assert {f.record["requests"]["metadata"] for f in fetched} == {0}
    assert len(whole) > 0.8 * len(fetched) > 10
    assert not any(undocumented(f.path.read_bytes(), f.record["exif"]) for f in whole)
    limit = 262_144 + SAMPLE + 65_536  # and the data on their way
    assert all(f.record["bytes_downloaded"] <= limit for f in fetched)


def test_a_budget_of_nothing_asks_nothing(tmp_path: Path) -> None:
    paths = files("metadata-far")
    result = crawl_files(tmp_path, paths, folder(CORPUS), METADATA_MAX_REQUESTS=0)

    assert {f.requests for f in by_path(result, paths)} == {1}
    assert all(is_exif(f.record, "incomplete") for f in by_path(result, paths))
    assert result.stats["metadata/exif/incomplete"] == len(paths)
    (line,) = (text for text in result.summary if text.startswith("metadata "))
    assert line.startswith(f"metadata {len(paths)} incomplete (exif {len(paths)}, ")


# --- Servers whose responses do not fit together ------------------------------

FAR = "metadata-far/*.webp"


@pytest.fixture
def photo() -> bytes:
    """Return a file whose EXIF lies at its end."""
    return min(CORPUS.glob(FAR), key=lambda path: path.stat().st_size).read_bytes()


Reply = Callable[[Asked, Wire, bytes], Any]


async def changed_with_if_range(asked: Asked, wire: Wire, photo: bytes) -> None:
    assert asked.headers["if-range"] == '"1"'
    await wire.reply("200 OK", {"ETag": '"2"', "Content-Length": 99_999}, photo)


async def changed_all_the_same(asked: Asked, wire: Wire, photo: bytes) -> None:
    await send_range(asked, wire, photo, etag='"2"')


async def another_size(asked: Asked, wire: Wire, photo: bytes) -> None:
    await send_range(asked, wire, photo + b".")


async def another_range(_asked: Asked, wire: Wire, photo: bytes) -> None:
    headers: dict[str, str | int] = {"Content-Range": f"bytes 0-99/{len(photo)}"}
    await wire.reply("206 Partial Content", headers, photo[:100])


async def not_satisfiable(_asked: Asked, wire: Wire, _photo: bytes) -> None:
    await wire.reply("416 Range Not Satisfiable", {"Content-Length": 0})


async def gone(_asked: Asked, wire: Wire, _photo: bytes) -> None:
    await wire.reply("404 Not Found", {"Content-Length": 0})


async def cut(asked: Asked, wire: Wire, photo: bytes) -> None:
    assert asked.span is not None
    first, last = asked.span
    headers: dict[str, str | int] = {
        "Content-Range": f"bytes {first}-{last}/{len(photo)}",
        "Content-Length": last - first + 1,
    }
    await wire.reply("206 Partial Content", headers, photo[first : first + 9])


async def compressed(asked: Asked, wire: Wire, photo: bytes) -> None:
    assert asked.span is not None
    first, last = asked.span
    body = gzip.compress(bytes(50_000_000))
    headers: dict[str, str | int] = {
        "Content-Range": f"bytes {first}-{last}/{len(photo)}",
        "Content-Encoding": "gzip",
        "Content-Length": len(body),
    }
    await wire.reply("206 Partial Content", headers, body)


async def in_parts(asked: Asked, wire: Wire, photo: bytes) -> None:
    assert asked.span is not None
    first, last = asked.span
    part = b"--x\r\nContent-Range: bytes\r\n\r\n" + photo[first : last + 1]
    headers: dict[str, str | int] = {
        "Content-Range": f"bytes {first}-{last}/{len(photo)}",
        "Content-Type": "multipart/byteranges; boundary=x",
        "Content-Length": len(part),
    }
    await wire.reply("206 Partial Content", headers, part)


async def length_of_the_file(asked: Asked, wire: Wire, photo: bytes) -> None:
    assert asked.span is not None
    first, last = asked.span
    headers: dict[str, str | int] = {
        "Content-Range": f"bytes {first}-{last}/{len(photo)}",
        "Content-Length": len(photo),
    }
    await wire.reply("206 Partial Content", headers, photo[first : last + 1])


async def more_than_it_names(asked: Asked, wire: Wire, photo: bytes) -> None:
    assert asked.span is not None
    first, last = asked.span
    headers: dict[str, str | int] = {
        "Content-Range": f"bytes {first}-{last - 1}/{len(photo)}"
    }
    await wire.reply("206 Partial Content", headers, photo[first : last + 1])


async def hangs(_asked: Asked, _wire: Wire, _photo: bytes) -> None:
    await asyncio.sleep(60)


async def send_range(
    asked: Asked, wire: Wire, photo: bytes, *, etag: str | None = '"1"'
) -> None:
    assert asked.span is not None
    first, last = asked.span[0], min(asked.span[1], len(photo) - 1)
    headers: dict[str, str | int] = {
        "Content-Range": f"bytes {first}-{last}/{len(photo)}",
        "Content-Length": last - first + 1,
        **({"ETag": etag} if etag else {}),
    }
    await wire.reply("206 Partial Content", headers, photo[first : last + 1])


# Reasons are counted by crawl: each reason stands once in a row. A host that fails
# too often is given up, so each reply has a host of its own.
@pytest.mark.parametrize(
    "rows",
    [
        [
            (changed_with_if_range, "FileChanged", False),
            (another_range, "NoRange", False),
            (not_satisfiable, "Http416", False),
            (length_of_the_file, "WrongLength", False),
            (cut, "ResponseDataLossError", True),
        ],
        [
            (changed_all_the_same, "FileChanged", True),
            (compressed, "NoRange", True),
            (gone, "Http404", False),
            (more_than_it_names, "WrongLength", True),
            (hangs, "DownloadTimeoutError", False),
        ],
        [(another_size, "FileChanged", True), (in_parts, "NoRange", False)],
    ],
)
def test_bytes_of_something_else_are_not_spliced(
    crawl: Crawl, photo: bytes, rows: list[tuple[Reply, str, bool]]
) -> None:
    async def app(asked: Asked, wire: Wire, *, reply: Reply) -> None:
        if asked.span == (0, SAMPLE - 1):
            await send_range(asked, wire, photo)
        else:
            await reply(asked, wire, photo)

    with ExitStack() as stack:
        urls = []
        for number, (reply, _, _) in enumerate(rows, 1):
            replies = partial(app, reply=reply)
            host = stack.enter_context(serving(replies, address=f"127.0.1.{number}"))
            urls.append(f"{host.url}/a.webp")
        settings = {"ROBOTSTXT_OBEY": False, "DOWNLOAD_TIMEOUT": 2, "RETRY_TIMES": 1}
        crawled = crawl("-a", f"urls={' '.join(urls)}", settings=settings)

    assert len(crawled.records) == len(rows)
    for url, (_, reason, is_costly) in zip(urls, rows, strict=True):
        record = crawled.record(url)
        assert record["exif"] == {}
        assert is_exif(record, "incomplete")
        assert record["requests"] == requests(metadata=1)
        assert crawled.stats[f"metadata/failed/{reason}"] == 1
        # What was of no use was received all the same, by each of the two tries.
        assert (record["bytes_downloaded"] > SAMPLE) is is_costly, url
    assert crawled.exit_code == 0
    assert "Traceback" not in crawled.stderr


def test_a_host_whose_ranges_hang_is_soon_left_alone(
    crawl: Crawl, photo: bytes
) -> None:
    async def page(asked: Asked, wire: Wire) -> None:
        body = "".join(f"<img src=/{number}.webp>" for number in range(30)).encode()
        if asked.path == "/":
            headers: dict[str, str | int] = {"Content-Type": "text/html"}
            await wire.reply("200 OK", {**headers, "Content-Length": len(body)}, body)
        elif asked.span == (0, SAMPLE - 1) or asked.headers["host"][:9] == "127.0.0.2":
            await send_range(asked, wire, photo)
        else:
            await asyncio.sleep(60)

    with serving(page) as hangs, serving(page, address="127.0.0.2") as works:
        settings = {"ROBOTSTXT_OBEY": False, "DOWNLOAD_TIMEOUT": 2, "RETRY_TIMES": 0}
        crawled = crawl("-a", f"urls={hangs.url}/ {works.url}/", settings=settings)
    complete = [r["url"][:16] for r in crawled.records if is_exif(r, "complete")]

    assert len(crawled.records) == 60
    assert complete == ["http://127.0.0.2"] * 30
    assert len(hangs.asked) <= 1 + 30 + 5
    assert crawled.stats["metadata/failed/HostGivenUp"] >= 25


@pytest.mark.parametrize("etag", ['W/"1"', None])
def test_a_weak_validator_is_not_sent_and_the_bytes_are_taken(
    crawl: Crawl, photo: bytes, etag: str | None
) -> None:
    async def app(asked: Asked, wire: Wire) -> None:
        await send_range(asked, wire, photo, etag=etag)

    with serving(app) as server:
        settings = {"ROBOTSTXT_OBEY": False}
        crawled = crawl("-a", f"urls={server.url}/a.webp", settings=settings)
    (record,) = crawled.records

    assert [asked.headers.get("if-range") for asked in server.asked] == [None, None]
    assert record["exif"]
    assert is_exif(record, "complete")


def test_further_ranges_go_where_the_redirect_led(crawl: Crawl, photo: bytes) -> None:
    async def app(asked: Asked, wire: Wire) -> None:
        if asked.path == "/a.webp":
            await wire.reply("302 Found", {"Location": "/b", "Content-Length": 0})
        else:
            await send_range(asked, wire, photo)

    with serving(app) as server:
        settings = {"ROBOTSTXT_OBEY": False}
        crawled = crawl("-a", f"urls={server.url}/a.webp", settings=settings)

    assert [asked.path for asked in server.asked] == ["/a.webp", "/b", "/b"]
    assert is_exif(crawled.record(f"{server.url}/a.webp"), "complete")


def test_a_local_file_is_read_as_well(crawl: Crawl) -> None:
    path = min(CORPUS.glob(FAR), key=lambda path: path.stat().st_size)
    settings = {"MIN_IMAGE_SIZE": 0}
    crawled = crawl("-a", f"urls={path}", settings=settings)

    record = crawled.record(path.as_uri())
    assert is_exif(record, "complete")
    assert record["requests"] == requests(metadata=1)
    assert record["bytes_downloaded"] < path.stat().st_size


def test_a_signal_ends_the_crawl_while_bytes_are_awaited(
    photo: bytes, tmp_path: Path
) -> None:
    is_asked = threading.Event()

    def stop(pid: int) -> None:
        assert is_asked.wait(30)
        os.kill(pid, signal.SIGINT)

    async def app(asked: Asked, wire: Wire) -> None:
        if asked.span == (0, SAMPLE - 1):
            await send_range(asked, wire, photo)
        else:
            is_asked.set()
            await asyncio.sleep(60)

    with serving(app) as server:
        child = run_scrapy(
            *("crawl", "images", "-a", f"urls={server.url}/a.webp"),
            *("-O", "feed.json", "-s", "ROBOTSTXT_OBEY=False"),
            *("-s", "DOWNLOAD_TIMEOUT=2", "-s", "RETRY_TIMES=0"),
            cwd=tmp_path,
            meanwhile=stop,
        )

    # The bytes did not arrive in time; a resumed crawl asks again.
    assert json.loads((tmp_path / "feed.json").read_text()) == []
    assert "1 dropped (ReadingStopped 1)" in child.stderr
    assert child.returncode == 3
    assert "Traceback" not in child.stderr
