"""KNOWN_LISTS: matches with lists of every kind, over real sockets."""

from __future__ import annotations

import io
import json
import os
import random
import signal
import time
from base64 import b64encode
from collections.abc import Iterator
from hashlib import md5, sha1, sha256
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from fpcrawler.console.known_words import not_compared
from tests.commands import run_scrapy
from tests.servers.http import Asked, Wire, serving
from tests.servers.quirks import GALLERY
from tests.waiting import wait_until

if TYPE_CHECKING:
    from tests.crawls import Crawl, Crawled

HARBOUR = (GALLERY / "harbour.jpg").read_bytes()
SUMMIT = (GALLERY / "summit.jpg").read_bytes()
SAMPLE_BYTES = 10_241
WHOLE = ("md5", "sha1", "sha256")
APP0_END = 20


def small_picture() -> bytes:
    file = io.BytesIO()
    Image.effect_noise((60, 60), 90).save(file, "JPEG")
    return file.getvalue()


SMALL = small_picture()
MD5, SHA1, SHA256 = (
    digest(HARBOUR, usedforsecurity=False) for digest in (md5, sha1, sha256)
)
# The same coded picture after a longer header.
COMMENTED = HARBOUR[:2] + b"\xff\xfe\0\x0aa remark"[:12] + HARBOUR[2:]
FILES = {
    "/harbour.jpg": (HARBOUR, {}),
    "/digests.jpg": (
        HARBOUR,
        {
            "Digest": f"MD5={b64encode(MD5.digest()).decode()},"
            f"SHA={b64encode(SHA1.digest()).decode()},"
            f"SHA-256={b64encode(SHA256.digest()).decode()}"
        },
    ),
    f"/{MD5.hexdigest()}.jpg": (HARBOUR, {}),
    "/commented.jpg": (COMMENTED, {}),
    "/small.jpg": (SMALL, {}),
    "/other.jpg": (SUMMIT, {}),
}


async def app(asked: Asked, wire: Wire) -> None:
    """Serve ranges of the pictures, some with their digests."""
    body, digests = FILES.get(asked.path, (b"", {}))
    if not body:
        await wire.reply("404 Not Found", {"Content-Length": 0})
        return
    first, last = asked.span or (0, len(body) - 1)
    part = body[first : last + 1]
    headers: dict[str, str | int] = {
        **digests,
        "Content-Range": f"bytes {first}-{first + len(part) - 1}/{len(body)}",
        "Content-Length": len(part),
    }
    await wire.reply("206 Partial Content", headers, part)


@pytest.fixture
def url() -> Iterator[str]:
    with serving(app) as server:
        yield server.url


def kinds(crawled: Crawled, url: str) -> list[tuple[str, str, int]]:
    matches = crawled.record(url)["matches"]
    return [(match["list"], match["kind"], match["row"]) for match in matches]


def run(crawl: Crawl, url: str, *lists: str, **settings: object) -> Crawled:
    listed = "urls=" + " ".join(f"{url}{path}" for path in FILES)
    options = {"MIN_IMAGE_SIZE": 0, "KNOWN_LISTS": ",".join(lists), **settings}
    crawled = crawl("-a", listed, settings=options)
    assert crawled.exit_code == 0
    assert len(crawled.records) == len(FILES)
    assert "log_count/ERROR" not in crawled.stats
    return crawled


def test_without_lists_nothing_matches(crawl: Crawl, url: str) -> None:
    crawled = run(crawl, url)

    assert [record["matches"] for record in crawled.records] == [[]] * len(FILES)
    assert not [line for line in crawled.summary if line.startswith("known")]
    assert not [name for name in crawled.stats if name.startswith("matches/")]


def test_each_digest_that_the_server_states_is_looked_up(
    crawl: Crawl, url: str, tmp_path: Path
) -> None:
    for kind, digest in {"md5": MD5, "sha1": SHA1, "sha256": SHA256}.items():
        text = digest.hexdigest()
        (tmp_path / f"{kind}.csv").write_text(f"{kind}\n{'0' * len(text)}\n{text}\n")

    crawled = run(crawl, url, *(f"{kind}.csv" for kind in WHOLE))

    assert sorted(kinds(crawled, f"{url}/digests.jpg")) == [
        (f"{kind}.csv", kind, 2) for kind in WHOLE
    ]
    # What a name claims is not a digest, and the others state none.
    assert crawled.stats["matches/found"] == 1


def test_a_sample_that_is_the_whole_file_has_its_digests(
    crawl: Crawl, url: str, tmp_path: Path
) -> None:
    for kind, digest in {"md5": md5, "sha1": sha1, "sha256": sha256}.items():
        (tmp_path / kind).write_text(f"{digest(SMALL).hexdigest().upper()}\n")

    crawled = run(crawl, url, *WHOLE)

    assert len(SMALL) < SAMPLE_BYTES
    assert sorted(kinds(crawled, f"{url}/small.jpg")) == [
        (kind, kind, 1) for kind in WHOLE
    ]
    assert crawled.stats["matches/found"] == 1


def test_the_hash_of_the_sample_is_looked_up(
    crawl: Crawl, url: str, tmp_path: Path
) -> None:
    digest = sha256(SUMMIT[:SAMPLE_BYTES]).hexdigest()
    (tmp_path / "list.csv").write_text(f"sha256_first_10240_bytes\n{digest}\n")

    crawled = run(crawl, url, "list.csv")

    assert kinds(crawled, f"{url}/other.jpg") == [
        ("list.csv", "sha256_first_10240_bytes", 1)
    ]
    assert crawled.stats["matches/found"] == 1


def test_128_bytes_are_found_wherever_they_lie_in_the_sample(
    crawl: Crawl, url: str, tmp_path: Path
) -> None:
    column = "random_128_bytes_sample_start"
    places = [0, 777, SAMPLE_BYTES - 128]
    for at in places:
        sample = SUMMIT[at : at + 128].hex()
        (tmp_path / f"{at}.csv").write_text(f"{column}\n{sample}\n")

    crawled = run(crawl, url, *(f"{at}.csv" for at in places))

    assert sorted(kinds(crawled, f"{url}/other.jpg")) == sorted(
        (f"{at}.csv", column, 1) for at in places
    )


def test_128_bytes_after_the_sample_are_not_found(
    crawl: Crawl, url: str, tmp_path: Path
) -> None:
    sample = SUMMIT[SAMPLE_BYTES - 127 : SAMPLE_BYTES + 1].hex()
    (tmp_path / "list.csv").write_text(f"random_128_bytes_sample_start\n{sample}\n")

    assert "matches/found" not in run(crawl, url, "list.csv").stats


def test_the_feed_of_a_crawl_finds_the_copy_with_other_metadata(
    crawl: Crawl, url: str, tmp_path: Path
) -> None:
    crawl("-a", f"urls={url}/harbour.jpg")
    (tmp_path / "feed.json").rename(tmp_path / "known.json")

    crawled = run(crawl, url, "known.json")

    assert kinds(crawled, f"{url}/harbour.jpg") == [
        ("known.json", "sha256_first_10240_bytes", 1),
        ("known.json", "picture_sha256", 1),
        ("known.json", "random_128_bytes_sample_start", 1),
    ]
    # Its sample differs, and ends 12 bytes earlier in the picture.
    assert kinds(crawled, f"{url}/commented.jpg") == [
        ("known.json", "picture_sha256", 1)
    ]


def test_matches_are_counted_by_list_and_reported(
    crawl: Crawl, url: str, tmp_path: Path
) -> None:
    small, summit = (sha256(data).hexdigest() for data in (SMALL, SUMMIT))
    head = sha256(SUMMIT[:SAMPLE_BYTES]).hexdigest()
    (tmp_path / "a.csv").write_text(f"sha256\n{small}\n{summit}\nnothing\n")
    (tmp_path / "b.json").write_text(
        json.dumps([{"sha256": small, "sha256_first_10240_bytes": head}])
    )

    crawled = run(crawl, url, "*.csv=bad", "b.json=good")

    assert {k: v for k, v in crawled.stats.items() if k.startswith("matches/")} == {
        "matches/digests": 4,
        "matches/passed_over": 1,
        "matches/found": 2,
        "matches/list/a.csv": 1,
        "matches/list/b.json": 2,
        "matches/set/known-bad": 1,
        "matches/set/known-good": 2,
        "matches/images": len(FILES),
        "matches/kinds/a.csv": "sha256",
        "matches/kinds/b.json": "sha256, sha256_first_10240_bytes",
        "matches/comparable/a.csv": 2,
        "matches/comparable/b.json": len(FILES),
    }
    assert (
        "known   2 images (b.json 2, a.csv 1) on lists of 4 digests, 1 known-bad, "
        "2 known-good, 1 invalid cell or row"
    ) in crawled.summary
    assert (
        f"known   {not_compared('a.csv', 'sha256', 2, len(FILES))}" in crawled.summary
    )
    assert (
        f"[fpcrawler.pipelines.matches] INFO: {url}/small.jpg is known: "
        "a.csv row 1 (sha256; known-bad), b.json row 1 (sha256; known-good)\n"
    ) in crawled.stderr


def test_lists_without_a_match_are_reported_as_well(
    crawl: Crawl, url: str, tmp_path: Path
) -> None:
    (tmp_path / "a.csv").write_text(f"md5\n{'0' * 32}\n")

    crawled = run(crawl, url, "a.csv")

    assert "known   0 images on lists of 1 digest" in crawled.summary


def test_3_when_stopped_while_lists_are_loaded(tmp_path: Path) -> None:
    lines = random.Random(1).randbytes(16 * 3_000_000).hex("\n", 16)
    (tmp_path / "long.csv").write_text(f"md5\n{lines}")
    temporary = tmp_path / "temporary"
    temporary.mkdir()

    def stop(pid: int) -> None:
        # Both the database and the list have a folder of their own.
        wait_until(lambda: len(list(temporary.iterdir())) >= 2)
        time.sleep(0.1)  # a folder that was just made is nobody's for a moment
        os.kill(pid, signal.SIGINT)

    listed = f"urls={GALLERY / 'harbour.jpg'}"
    command = ("crawl", "images", "-a", listed, "-s", "KNOWN_LISTS=long.csv")
    env = {"TMPDIR": str(temporary)}
    child = run_scrapy(*command, cwd=tmp_path, env=env, meanwhile=stop)

    said = "scrapy crawl: stopped before the crawl\n"
    assert (child.returncode, child.stderr) == (3, said)
    assert list(temporary.iterdir()) == []
    assert not (tmp_path / "data").exists()
