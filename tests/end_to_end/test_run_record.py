"""The file beside a feed says how the runs that have written it began and ended."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fpcrawler import __version__
from fpcrawler.items import RECORD_FIELDS
from tests.commands import run_scrapy
from tests.servers.files import folder
from tests.servers.http import serving
from tests.servers.quirks import GALLERY
from tests.validation import validate
from tests.waiting import wait_until

if TYPE_CHECKING:
    from tests.servers.http import Asked, Wire

SECRET = "hush-hush"  # noqa: S105 - of nobody


def test_a_record_says_how_each_run_began_and_ended(tmp_path: Path) -> None:
    feed, runs = tmp_path / "a.jsonl", tmp_path / "a.jsonl.run"
    known = tmp_path / "known.csv"
    known.write_text(f"sha256\n{'0' * 64}\n")
    serve, is_held = folder(photos(tmp_path / "site")), True

    async def app(asked: Asked, wire: Wire) -> None:
        if is_held and asked.path.startswith("/2.jpg"):
            await asyncio.sleep(60)
        await serve(asked, wire)

    def kill(pid: int) -> None:
        wait_until(lambda: feed.exists() and feed.stat().st_size > 0)
        wait_until(lambda: all(each["sha256"] for each in read(runs)[0]["url_lists"]))
        os.kill(pid, signal.SIGKILL)

    with serving(app) as server:
        port = server.url.rpartition(":")[2]
        lines = [f"http://me:{SECRET}@127.0.0.1:{port}/{n}.jpg" for n in (1, 2)]
        (tmp_path / "urls.txt").write_text("\n".join(lines))
        options = {
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "DEFAULT_REQUEST_HEADERS": json.dumps({"X-Api-Token": SECRET}),
            "KNOWN_LISTS": known.name,
            "URLS_AHEAD": 77,
        }
        command = ["crawl", "images", "-o", feed.name, "-a", f"resume={feed.name}"]
        command += [
            word for pair in options.items() for word in ("-s", "{}={}".format(*pair))
        ]
        run_scrapy(*command, cwd=tmp_path, meanwhile=kill)
        (killed,) = read(runs)
        is_held = False
        child = run_scrapy(*command, cwd=tmp_path)
        first, second = read(runs)
        of_feed = runs.read_bytes()
        url = f"{server.url}/none.jpg?token={SECRET}"
        replacing = [
            "-a",
            f"urls={url}",
            "-O",
            "a.jsonl",
        ]
        run_scrapy("crawl", "images", *replacing, cwd=tmp_path)

    assert child.returncode == 0
    assert killed == first
    assert (first["ended"], first["exit_code"], first["feed_sha256"]) == (None,) * 3
    assert second["started"] <= second["ended"]
    assert second["exit_code"] == 0
    assert second["feed_sha256"] == digest(feed)
    assert second["version"] == __version__
    assert second["url_lists"] == [hashed(tmp_path / "urls.txt")]
    assert second["known_lists"] == [hashed(known)]
    assert second["arguments"] == {"urls_file": "urls.txt", "resume": "a.jsonl"}
    names = ("URLS_AHEAD", "AWS_SECRET_ACCESS_KEY")
    assert [second["settings"][name] for name in names] == ["77", "…"]
    assert SECRET.encode() not in of_feed
    # A crawl without a record keeps the feed, and so what is known of it.
    assert runs.read_bytes() == of_feed
    assert not [*tmp_path.glob(".*run*")]

    report = run_scrapy("report", feed.name, cwd=tmp_path).stdout
    assert report.count('<p class="run">') == 2
    assert "UTC, did not end, fpcrawler" in report
    assert f"SHA-256 of the feed {digest(feed)}" in report


def test_a_feed_that_is_replaced_has_a_new_record(tmp_path: Path) -> None:
    feed, runs = tmp_path / "a.jsonl", tmp_path / "a.jsonl.run"
    feed.write_text(json.dumps(dict.fromkeys(RECORD_FIELDS)))
    runs.write_text('{"runs": ["of the old feed"]}')
    photo = GALLERY / "harbour.jpg"
    run_scrapy("crawl", "images", "-a", f"urls={photo}", "-O", "a.jsonl", cwd=tmp_path)

    (run,) = read(runs)
    assert run["feed_sha256"] == digest(feed)
    assert not [*tmp_path.glob(".*run*")]


def photos(site: Path) -> Path:
    """Make a site of two photos."""
    site.mkdir()
    photo = (GALLERY / "harbour.jpg").read_bytes()
    for name in ("1.jpg", "2.jpg"):
        (site / name).write_bytes(photo + name.encode())
    return site


def read(path: Path) -> list[dict[str, Any]]:
    value = json.loads(path.read_text())
    validate("run", value)
    runs: list[dict[str, Any]] = value["runs"]
    return runs


def digest(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()


def hashed(path: Path) -> dict[str, str]:
    return {"name": path.name, "sha256": digest(path)}
