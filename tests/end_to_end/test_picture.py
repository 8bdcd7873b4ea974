"""The fingerprint of the coded picture, over HTTP, fetched with the metadata."""

from __future__ import annotations

import asyncio
import io
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from PIL import Image

from fpcrawler.core.file.sparse import SparseFile
from tests.core.corpus import CORPUS, files
from tests.core.readings import picture_of
from tests.crawls import Crawled, run_crawl
from tests.servers.files import folder
from tests.servers.http import serving

if TYPE_CHECKING:
    from tests.crawls import Crawl
    from tests.servers.http import Asked, Wire

SAMPLE = 10_241
NOTHING = {"picture_sha256": None, "picture_length": None, "end_sha256": None}
needs_corpus = pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus is missing")


def photograph(width: int, height: int, *, exif: int = 0) -> bytes:
    """Return a JPEG of noise, with ``exif`` bytes of EXIF padding."""
    picture = Image.effect_noise((width, height), 60)
    buffer = io.BytesIO()
    tags = Image.Exif()
    tags[0xEA1C] = bytes(exif)
    picture.save(buffer, "JPEG", quality=80, exif=tags if exif else b"")
    return buffer.getvalue()


def of_whole_file(path: Path) -> dict[str, Any]:
    data = path.read_bytes()
    file = SparseFile(len(data))
    file.add(0, data)
    reading = picture_of(file)
    return {
        "picture_sha256": reading.sha256,
        "picture_length": reading.length,
        "end_sha256": reading.end_sha256,
    }


def agrees(record: dict[str, Any], whole: dict[str, Any]) -> bool:
    """Return whether the record has what the whole file gives, as far as it says."""
    known = ["picture_sha256"]
    if not record["evidence"]["is_upper_bound"]:
        known.append("picture_length")
    if record["end_sha256"] is not None:
        known.append("end_sha256")
    return all(record[name] == whole[name] for name in known)


def fingerprint_of(record: dict[str, Any]) -> dict[str, Any]:
    return {name: record[name] for name in NOTHING}


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> tuple[Crawled, dict[str, Path]]:
    paths = [path for path in files() if "malformed" not in path.parts]
    with serving(folder(CORPUS)) as server:
        urls = {f"{server.url}/{quote(str(p.relative_to(CORPUS)))}": p for p in paths}
        home = tmp_path_factory.mktemp("corpus")
        (home / "urls.txt").write_text("\n".join(urls))
        crawled = run_crawl(home, settings={"MIN_IMAGE_SIZE": 0})
    return crawled, urls


@pytest.mark.untraced
@needs_corpus
def test_the_record_has_what_the_whole_file_gives(
    corpus: tuple[Crawled, dict[str, Path]],
) -> None:
    crawled, paths = corpus
    others = {
        paths[record["url"]].name
        for record in crawled.records
        if not agrees(record, of_whole_file(paths[record["url"]]))
    }

    assert crawled.exit_code == 0
    assert len(crawled.records) > 250
    assert not others


@needs_corpus
def test_it_seldom_costs_more_than_one_request(
    corpus: tuple[Crawled, dict[str, Path]],
) -> None:
    asked = [record["requests"]["picture"] for record in corpus[0].records]

    assert set(asked) <= {0, 1, 2, 3}
    assert sum(number > 1 for number in asked) <= 0.02 * len(asked)


def test_where_the_sample_reaches_far_enough_nothing_is_asked_for(
    crawl: Crawl, tmp_path: Path
) -> None:
    (tmp_path / "a.jpg").write_bytes(photograph(400, 300))
    with serving(folder(tmp_path)) as server:
        crawled = crawl("-a", f"urls={server.url}/a.jpg")
    (record,) = crawled.records

    assert record["picture_sha256"] is not None
    assert record["evidence"]["picture_coded"] == 4_096
    assert sum(record["requests"].values()) == 1
    assert record["bytes_downloaded"] == SAMPLE


def test_where_it_ends_too_early_one_request_more_is_asked_for(
    crawl: Crawl, tmp_path: Path
) -> None:
    (tmp_path / "a.jpg").write_bytes(photograph(400, 300, exif=40_000))
    with serving(folder(tmp_path)) as server:
        crawled = crawl("-a", f"urls={server.url}/a.jpg")
    (record,) = crawled.records

    assert agrees(record, of_whole_file(tmp_path / "a.jpg"))
    # One request for both: the search for further EXIF leads to the picture.
    assert record["requests"] == {"sample": 1, "metadata": 1, "picture": 0}
    assert crawled.stats["metadata/requests"] == 1
    assert crawled.stats["metadata/bytes"] <= 16_384


def test_an_edited_copy_has_the_same_fingerprint(crawl: Crawl, tmp_path: Path) -> None:
    plain = photograph(400, 300)
    comment = b"\xff\xfe" + (30_002).to_bytes(2, "big") + b"edited" * 5_000
    (tmp_path / "a.jpg").write_bytes(plain)
    (tmp_path / "b.jpg").write_bytes(plain[:2] + comment + plain[2:])
    with serving(folder(tmp_path)) as server:
        crawled = crawl("-a", f"urls={server.url}/a.jpg {server.url}/b.jpg")
    first, second = crawled.records

    assert fingerprint_of(first) == fingerprint_of(second)
    assert first["sha256_first_10240_bytes"] != second["sha256_first_10240_bytes"]


def test_it_can_be_turned_off(crawl: Crawl, tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(photograph(400, 300, exif=40_000))
    with serving(folder(tmp_path)) as server:
        settings = {"PICTURE_FINGERPRINT": False, "METADATA_MAX_REQUESTS": 0}
        crawled = crawl("-a", f"urls={server.url}/a.jpg", settings=settings)
    (record,) = crawled.records

    assert fingerprint_of(record) == NOTHING
    assert len([asked for asked in server.asked if asked.path == "/a.jpg"]) == 1


def test_a_server_without_ranges_is_read_on_to_the_picture(
    crawl: Crawl, tmp_path: Path
) -> None:
    data = photograph(1_500, 1_000, exif=40_000)
    (tmp_path / "a.jpg").write_bytes(data)
    without_ranges = folder(tmp_path, has_ranges=False)

    async def app(asked: Asked, wire: Wire) -> None:
        """Serve the same below /range with a true and useless Content-Range."""
        if not asked.path.startswith("/range/"):
            await without_ranges(asked, wire)
            return
        headers: dict[str, str | int] = {
            "Content-Range": f"bytes 0-{len(data) - 1}/{len(data)}",
            "Content-Length": len(data),
        }
        await wire.reply("200 OK", headers, data[:12_000])
        await asyncio.sleep(0.2)  # what comes in one piece is read in one
        await wire.send(data[12_000:])

    with serving(app) as server:
        crawled = crawl("-a", f"urls={server.url}/a.jpg {server.url}/range/a.jpg")

    assert len(crawled.records) == 2
    for record in crawled.records:
        assert agrees(record, of_whole_file(tmp_path / "a.jpg"))
        assert record["requests"]["picture"] == 0


def test_bytes_that_do_not_come_are_counted_and_reported(
    crawl: Crawl, tmp_path: Path
) -> None:
    data = photograph(400, 300, exif=40_000)
    (tmp_path / "a.jpg").write_bytes(data)
    files_of = folder(tmp_path)

    async def app(asked: Asked, wire: Wire) -> None:
        if asked.span and asked.span[0] > 0:
            await wire.reply("404 Not Found", {"Content-Length": 0})
        else:
            await files_of(asked, wire)

    with serving(app) as server:
        crawled = crawl("-a", f"urls={server.url}/a.jpg")
    (record,) = crawled.records

    assert fingerprint_of(record) == NOTHING
    assert crawled.stats["picture/incomplete"] == 1
    assert any(line.startswith("picture 1 incomplete") for line in crawled.summary)


def drawing_of(length: int) -> bytes:
    opening, end = (
        b'<svg xmlns="http://www.w3.org/2000/svg"><path d="M0',
        b'"/></svg>\n',
    )
    return opening + b" 1" * ((length - len(opening) - len(end)) // 2) + end


def test_an_svg_is_read_to_its_end_within_the_budget(
    crawl: Crawl, tmp_path: Path
) -> None:
    sizes = {"small.svg": 40_000, "large.svg": 290_000}
    for name, size in sizes.items():
        (tmp_path / name).write_bytes(drawing_of(size))
    with (
        serving(folder(tmp_path)) as ranged,
        serving(folder(tmp_path, has_ranges=False)) as plain,
    ):
        urls = [f"{server.url}/{name}" for server in (ranged, plain) for name in sizes]
        urls.append((tmp_path / "small.svg").as_uri())
        crawled = crawl("-a", f"urls={' '.join(urls)}")
    small = sha256((tmp_path / "small.svg").read_bytes()).hexdigest()

    assert len(crawled.records) == 5
    for record in crawled.records:
        is_small = record["url"].endswith("small.svg")
        nothing = {"md5": None, "sha1": None}
        assert record["file_digests"] == {
            **nothing,
            "sha256": small if is_small else None,
        }
        assert sum(record["requests"].values()) <= 2
        assert (record["metadata_status"]["xmp"] == "complete") is is_small


def test_a_file_of_which_not_every_byte_was_read_has_no_digest(
    crawl: Crawl, tmp_path: Path
) -> None:
    (tmp_path / "a.jpg").write_bytes(photograph(400, 300))
    with serving(folder(tmp_path)) as server:
        crawled = crawl("-a", f"urls={server.url}/a.jpg")
    (record,) = crawled.records

    assert set(record["file_digests"].values()) == {None}
    assert record["evidence"]["is_upper_bound"]
    assert record["end_sha256"] is None
    assert record["picture_length"] is not None
