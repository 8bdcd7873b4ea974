"""``scrapy show`` fetches single images as a crawl does, and prints them."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from fpcrawler.show.layout import cells
from tests.commands import run_scrapy
from tests.containers import png
from tests.crawls import run_crawl
from tests.metadata_containers import text_chunk
from tests.servers.files import folder
from tests.servers.http import serving
from tests.servers.quirks import GALLERY
from tests.servers.socks import socks
from tests.validation import validate
from tests.waiting import wait_until

if TYPE_CHECKING:
    from tests.servers.http import Asked, Server, Wire

ONION = "2gzyxa5ihm7nsggfxnu52rck2vv4rvmdlkiu3zzui5du4xyclen53wid.onion"
HOSTILE = "a\x1b[2Jb\u202ec\x9bd\rSPOOFED \u2028"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    root = tmp_path_factory.mktemp("site")
    shutil.copytree(GALLERY, root, dirs_exist_ok=True)
    shutil.copy(GALLERY / "harbour.jpg", root / "photo")
    (root / "list.xml").write_text("<urlset><url><loc>/</loc></url></urlset>")
    with serving(folder(root)) as running:
        yield running


def show(
    folder: Path, *arguments: str, **options: Any
) -> subprocess.CompletedProcess[str]:
    return run_scrapy("show", *arguments, cwd=folder, **options)


def titles(text: str) -> list[str]:
    """Return the titles of images: the lines above a rule."""
    return [a for a, b in pairwise(text.splitlines()) if set(b) == {"─"}]


def test_each_argument_is_shown_or_explained_in_their_order(
    tmp_path: Path, site: Server
) -> None:
    (tmp_path / "text.txt").write_text("text")
    (tmp_path / "empty.jpg").touch()
    small = tmp_path / "a small one.png"
    shutil.copy(GALLERY / "icon.png", small)
    at = site.url

    child = show(
        tmp_path,
        *(f"{at}/photo", f"{at}/index.html", small.name, f"{at}/list.xml"),
        *(f"{at}/none.jpg", "text.txt", "empty.jpg", ".", "ftp://a.example/"),
        *("http://127.0.0.1:1/a.jpg", f"{at}/night.png?b=1&a=2#top", "/dev/null"),
        *("http://a.invalid/a.jpg", f"{at}/night.png?a=2&b=1", "-s", "RETRY_TIMES=0"),
    )

    assert child.returncode == 4
    assert titles(child.stdout) == [
        f"{at}/photo",
        small.name,
        f"{at}/night.png?b=1&a=2#top",
        f"{at}/night.png?a=2&b=1",
    ]
    assert child.stderr.replace("scrapy show: ", "").splitlines() == [
        (
            f"{at}/index.html: it is a page (NotAnImage); to read its images, run "
            f"scrapy crawl images -a urls={at}/index.html"
        ),
        (
            f"{at}/list.xml: it is a page (NotAnImage); to read its images, run "
            f"scrapy crawl images -a urls={at}/list.xml"
        ),
        f"{at}/none.jpg: the server returned status 404 (Http404)",
        "text.txt: its first bytes are those of no image format (NotAnImage)",
        "empty.jpg: it is empty (NotAnImage)",
        (
            "'.' is a folder; name one of its files, or read all of them: "
            "scrapy crawl images -a folder=."
        ),
        "'ftp://a.example/' is not an http, https or file URL; correct or remove it.",
        (
            "http://127.0.0.1:1/a.jpg: the server refused the connection "
            "(DownloadConnectionRefusedError)"
        ),
        "/dev/null: file:///dev/null is not a regular file (NotAFile)",
        "http://a.invalid/a.jpg: the host name was not found (CannotResolveHostError)",
    ]
    assert [*tmp_path.glob("data")] == []


@pytest.mark.parametrize(("width", "encoding"), [(40, "utf-8"), (80, "ascii")])
def test_lines_fit_the_terminal_and_never_control_it(
    tmp_path: Path, width: int, encoding: str
) -> None:
    chunks = (
        text_chunk("iTXt", "Comment", HOSTILE),
        text_chunk("iTXt", "x" * 79, "山"),
    )
    name = "a\x1b]0;title\x07\u202e.png"
    (tmp_path / name).write_bytes(png(*chunks))

    env = {"COLUMNS": str(width), "PYTHONIOENCODING": encoding}
    child = show(tmp_path, name, f"{name}.missing", env=env, prefix=("env",))
    lines = [*child.stdout.splitlines(), *child.stderr.splitlines()]

    assert child.returncode == 4
    assert [line for line in lines if not line.isprintable()] == []
    assert child.stdout.isascii() is (encoding == "ascii")
    assert max(map(cells, child.stdout.splitlines())) <= width
    assert any(line.split()[:1] == ["SPOOFED"] for line in lines)


def test_json_is_the_record_of_a_crawl(tmp_path: Path, site: Server) -> None:
    urls = [f"{site.url}/{name}" for name in ("summit.jpg", "icon.png", "night.png")]

    child = show(tmp_path, *urls, "text.txt", "--json")
    crawled = run_crawl(
        tmp_path, "-a", f"urls={' '.join(urls)}", settings={"MIN_IMAGE_SIZE": 0}
    )

    records = json.loads(child.stdout)
    validate("record", *records)
    assert child.returncode == 4
    assert [record["url"] for record in records] == urls
    for record in records:
        other = crawled.record(record["url"])
        assert record == {**other, "timestamp": record["timestamp"]}
    assert show(tmp_path, "text.txt", "--json").stdout.split() == ["[", "]"]


def test_images_are_looked_up_in_known_lists(tmp_path: Path, site: Server) -> None:
    (tmp_path / "known.json").write_text(
        show(tmp_path, f"{site.url}/night.png", "--json").stdout
    )

    child = show(
        tmp_path, f"{site.url}/night.png", f"{site.url}/icon.png", "--known", "*.json"
    )

    night, icon = child.stdout.split(f"{site.url}/icon.png\n")[:2]
    assert child.returncode == 0
    assert "known.json, row 1: sha256_first_10240_bytes, picture_sha256" in night
    assert "  match       none\n" in icon


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        ((), 1, "no image is named; name URLs or files before --known."),
        (("--known", "a.csv"), 1, "no image is named"),
        (("--colour", "a.png"), 1, "unknown option --colour; see scrapy show -h."),
        (("--", "--colour"), 1, "'--colour' is neither a URL (https://…) nor an"),
        (("missing.png", "gone.png"), 1, "'missing.png' is neither a URL"),
        (("a.png", "--known", "missing.csv"), 1, "missing.csv"),
        (("a.png", "-s", "TOR_PROXIES=http://a"), 1, "TOR_PROXIES has 'http://a'"),
        (("a.png", "-s", "RETRY_TIMES=x"), 1, "RETRY_TIMES is 'x'"),
        (
            ("http://127.0.0.1:1/", "-s", "PRIVATE_ADDRESSES=deny"),
            4,
            (
                "leads to the private host 127.0.0.1; PRIVATE_ADDRESSES is deny "
                "(PrivateAddress)"
            ),
        ),
        (("http://abc.onion/a.jpg",), 4, "has 56 of the letters a-z and 2-7"),
        (
            (f"http://{ONION}/a.jpg", "-s", "TOR_PROXIES=socks5h://127.0.0.1:1"),
            5,
            "nothing listens at the proxy of TOR_PROXIES (TorUnavailable); start Tor",
        ),
    ],
)
def test_what_cannot_be_shown_is_said_in_one_line(
    tmp_path: Path, arguments: tuple[str, ...], code: int, words: str
) -> None:
    shutil.copy(GALLERY / "icon.png", tmp_path / "a.png")

    child = show(tmp_path, *arguments)

    assert (child.returncode, child.stdout) == (code, "")
    assert words in child.stderr.splitlines()[0]
    assert all(line.startswith("scrapy show: ") for line in child.stderr.splitlines())


def test_robots_txt_is_obeyed_and_the_way_around_it_named(tmp_path: Path) -> None:
    shutil.copy(GALLERY / "icon.png", tmp_path)
    (tmp_path / "robots.txt").write_text("User-agent: *\nDisallow: /")

    with serving(folder(tmp_path)) as forbidding:
        url = f"{forbidding.url}/icon.png"
        obeyed = show(tmp_path, url)
        ignored = show(tmp_path, url, "-s", "ROBOTSTXT_OBEY=False")

    assert (obeyed.returncode, ignored.returncode) == (4, 0)
    assert (
        "(ForbiddenByRobots); to request it anyway, add -s ROBOTSTXT" in obeyed.stderr
    )


def test_an_onion_is_reached_through_tor_only(tmp_path: Path, site: Server) -> None:
    with socks(site.port) as proxy:
        child = show(tmp_path, f"http://{ONION}/photo", "-s", f"TOR_PROXIES={proxy}")

    assert child.returncode == 0
    assert "  route       through Tor\n" in child.stdout


def test_images_that_redirect_to_each_other_are_all_shown(tmp_path: Path) -> None:
    async def app(asked: Asked, wire: Wire) -> None:
        if asked.path in ("/short", "/loop"):
            to = "/icon.png" if asked.path == "/short" else "/loop"
            await wire.reply("302 Found", {"Location": to, "Content-Length": 0})
        else:
            await folder(GALLERY)(asked, wire)

    with serving(app) as moving:
        urls = [f"{moving.url}/{name}" for name in ("icon.png", "short", "loop")]
        child = show(tmp_path, *urls)

    assert child.returncode == 4
    assert titles(child.stdout) == urls[:2]
    assert child.stderr.endswith("max redirections reached (TooManyRedirects)\n")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_without_waiting_for_responses(
    tmp_path: Path, number: signal.Signals
) -> None:
    async def never(_asked: Asked, _wire: Wire) -> None:
        await asyncio.sleep(3_600)

    with serving(never) as silent:

        def stop(pid: int) -> None:
            wait_until(lambda: silent.asked)
            os.kill(pid, number)

        child = show(
            tmp_path,
            f"{silent.url}/a.jpg",
            *("-s", "DOWNLOAD_TIMEOUT=3600"),
            meanwhile=stop,
        )

    assert (child.returncode, child.stdout) == (3, "")
    assert child.stderr == "scrapy show: stopped\n"
