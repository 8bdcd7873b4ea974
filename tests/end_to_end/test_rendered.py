"""Pages are rendered without their images, by a browser without a network."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from fpcrawler.settings import PLAYWRIGHT_LAUNCH_OPTIONS
from tests.commands import ROOT, SCRAPY, environment
from tests.crawls import run_crawl
from tests.servers.http import Server, serving
from tests.servers.quirks import GALLERY
from tests.waiting import wait_until

if TYPE_CHECKING:
    from tests.crawls import Crawl, Crawled
    from tests.servers.http import Asked, Wire

PHOTO = (GALLERY / "harbour.jpg").read_bytes()
CHROMIUM = Path(str(PLAYWRIGHT_LAUNCH_OPTIONS["executable_path"]))
RENDER = {"RENDER_PAGES": True, "DOWNLOAD_TIMEOUT": 10}
REFUSED = "failed_requests/PrivateAddress"
ADD = """
const add = src => document.body.append(Object.assign(new Image(), {src}));
"""

FRAME = "document.body.innerHTML += '<iframe src=http://[::1]:PORT/secret>'"
WORKER = """
const code = "fetch('http://localhost:PORT/secret')";
new Worker(URL.createObjectURL(new Blob([code])))
"""

needs_browser = pytest.mark.skipif(
    find_spec("scrapy_playwright") is None or not CHROMIUM.exists(),
    reason="scrapy-playwright or Chromium is not installed",
)


def html_of(script: str) -> bytes:
    text = f"<!DOCTYPE html><title>p</title><body><script>{ADD}{script}</script>"
    return text.encode()


@contextmanager
def page_of(script: str, **files: tuple[str, bytes]) -> Iterator[Server]:
    """Serve a page with a script, a photo under every path of images, and files."""
    page = html_of(script)

    async def app(asked: Asked, wire: Wire) -> None:
        name = asked.path.strip("/").partition("?")[0].replace(".", "_")
        if name == "redirect":
            _, _, location = asked.path.partition("?")
            await wire.reply("302 Found", {"Location": location, "Content-Length": 0})
            return
        if name == "page":
            kind, body = "text/html", page
        elif name in files:
            kind, body = files[name]
        elif name.endswith("_jpg"):
            kind, body = "image/jpeg", PHOTO
        else:
            await wire.reply("404 Not Found", {"Content-Length": 0})
            return
        headers: dict[str, str | int] = {"Content-Type": kind}
        if asked.span is not None:
            headers["Content-Range"] = f"bytes 0-10240/{len(body)}"
            await wire.reply("206 Partial Content", headers, body[:10_241])
            return
        headers["Content-Length"] = len(body)
        await wire.reply("200 OK", headers, body)

    with serving(app) as server:
        yield server


def render(crawl: Crawl, server: Server, *names: str, **settings: object) -> Crawled:
    urls = " ".join(f"{server.url}/{name}" for name in names or ["page"])
    crawled = crawl("-a", f"urls={urls}", settings=RENDER | settings)
    assert crawled.exit_code == 0, crawled.stderr
    assert "Traceback" not in crawled.stderr
    assert "log_count/ERROR" not in crawled.stats
    return crawled


def names(crawled: Crawled) -> list[str]:
    return sorted(record["url"].rpartition("/")[2] for record in crawled.records)


def asked_for(server: Server) -> list[str]:
    return sorted(asked.path for asked in server.asked)


def browsers(mark: str) -> list[str]:
    """Return the command lines of Chromium that have ``mark`` in their environment.

    Other tests run browsers at the same time.
    """
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes()
            variables = (process / "environ").read_bytes()
        except OSError:
            continue
        if b"chromium" in command.partition(b"\0")[0] and mark.encode() in variables:
            found.append(command.decode(errors="replace"))
    return found


SCRIPTS = {
    "adding": """
        add('/at-once.jpg');
        setTimeout(() => add('/later.jpg'), 200);
        fetch('/list.json').then(r => r.json()).then(l => l.forEach(add));
    """,
    "fetching": "fetch('/photo'); add('/beside.jpg')",
    "leaving": "</script><img src=/left.jpg><script>location = '/secret'",
    "asking": "add('/asked.jpg'); setInterval(() => fetch('/poll'), 100)",
    "storing": "localStorage.id ??= Math.random(); add(`/${localStorage.id}.jpg`)",
    "telling": "add(`/${Intl.DateTimeFormat().resolvedOptions().timeZone}.jpg`)",
}


@pytest.fixture(scope="module")
def site() -> Iterator[Server]:
    """Serve a page for each script, which can be rendered beside the others."""
    files = {
        "list_json": ("application/json", b'["/fetched.jpg"]'),
        "photo": ("image/jpeg", PHOTO + bytes(8_000_000)),
        "poll": ("text/plain", b""),
    }
    pages = {name: ("text/html", html_of(text)) for name, text in SCRIPTS.items()}
    with page_of("", **files, **pages) as server:
        yield server


@pytest.fixture(scope="module")
def rendered(site: Server, tmp_path_factory: pytest.TempPathFactory) -> Crawled:
    """Render all of them in one crawl: a browser takes longer to start."""
    folder = tmp_path_factory.mktemp("rendered")
    crawl = partial(run_crawl, folder, env={"TZ": "Asia/Tokyo"})
    return render(crawl, site, *SCRIPTS, "storing?again")


def of_page(crawled: Crawled, page: str) -> list[str]:
    """Return the names of the images that a page has shown."""
    return sorted(
        record["url"].rpartition("/")[2]
        for record in crawled.records
        if record["page_url"].endswith(f"/{page}")
    )


@needs_browser
def test_images_that_scripts_add_are_sampled_like_others(
    rendered: Crawled, site: Server
) -> None:
    images = [asked for asked in site.asked if asked.path.endswith(".jpg")]

    assert of_page(rendered, "adding") == ["at-once.jpg", "fetched.jpg", "later.jpg"]
    assert {asked.headers.get("range") for asked in images} == {"bytes=0-10240"}
    assert len(images) == len(rendered.records)
    assert asked_for(site).count("/adding") == 1
    assert len({asked.headers["user-agent"] for asked in site.asked}) == 1


def test_pages_are_not_rendered_unless_asked(crawl: Crawl) -> None:
    with page_of("add('/a.jpg')") as server:
        crawled = crawl("-a", f"urls={server.url}/page")

    assert crawled.records == []
    assert not [name for name in crawled.stats if name.startswith(("playw", "render"))]


@needs_browser
@pytest.mark.parametrize(
    "scripts",
    [
        {
            "fetch('/redirect?http://localhost:PORT/secret')": REFUSED,
            "fetch('http://127.0.0.1:PORT/secret')": REFUSED,
            "fetch('http://localhost:PORT/secret')": REFUSED,
            "fetch('http://[::1]:PORT/secret')": REFUSED,
            FRAME: REFUSED,
            "new EventSource('/secret')": "refused/eventsource",
            "navigator.sendBeacon('/secret')": "refused/other",
            "fetch('/secret', {method: 'POST', body: 'x'})": "refused/method",
            "document.body.innerHTML += '<iframe src=data:text/html,a>'": None,
            "location = '/secret'": "refused/document",
            "document.body.innerHTML += '<video src=/secret>'": "refused/media",
            "new FontFace('f', 'url(/secret)').load()": "refused/font",
        },
        {
            "new WebSocket('ws://127.0.0.1:PORT/secret')": None,
            "document.body.innerHTML += '<object data=http://[::1]:PORT/secret>'": None,
            "navigator.serviceWorker.register('/secret')": None,
            WORKER: None,
            "open('http://127.0.0.1:PORT/secret')": None,
        },
    ],
    ids=["with a stat", "without a stat"],
)
def test_what_scripts_may_not_ask_for_is_not_asked(
    crawl: Crawl, scripts: dict[str, str | None]
) -> None:
    """A browser repeats none but an EventSource, so the stat counts the others."""
    with page_of("", secret=("text/plain", b"secret")) as other:
        port = other.url.rpartition(":")[2]
        pages = {
            f"page{number}": html_of(
                f"{script.replace('PORT', port)}; add('/{number}.jpg')"
            )
            for number, script in enumerate(scripts)
        }
        files = {name: ("text/html", page) for name, page in pages.items()}
        with page_of("", **files) as server:
            crawled = render(crawl, server, *pages)

    assert other.asked == []
    assert "/secret" not in asked_for(server)
    assert names(crawled) == sorted(f"{n}.jpg" for n in range(len(scripts)))
    for stat, number in Counter(filter(None, scripts.values())).items():
        refusals = crawled.stats[f"rendering/{stat}"]
        assert refusals == number if stat == REFUSED else refusals >= number


@needs_browser
def test_an_image_in_a_pages_place_is_not_rendered(crawl: Crawl) -> None:
    photo = ("image/jpeg", PHOTO + bytes(4_000_000))
    with page_of("", photo=photo) as server:
        crawled = crawl("-a", f"urls={server.url}/photo", settings=RENDER)

    assert names(crawled) == ["photo"]
    assert crawled.received[f"{server.url}/photo"] <= 10_241
    assert "rendering/pages" not in crawled.stats


@needs_browser
def test_an_image_that_a_script_fetches_as_data_ends_at_its_headers(
    rendered: Crawled, site: Server
) -> None:
    assert of_page(rendered, "fetching") == ["beside.jpg"]
    assert "/photo" in asked_for(site)
    assert f"{site.url}/photo" not in rendered.received


@needs_browser
def test_a_page_whose_script_does_not_end_is_taken_as_it_came(crawl: Crawl) -> None:
    script = "</script><img src=/a.jpg><script>add('/b.jpg'); while (true) {}"
    with page_of(script) as server:
        crawled = render(crawl, server, DOWNLOAD_TIMEOUT=4)

    # The browser may have asked for the other one before its script took all time.
    assert {"a.jpg"} <= {*names(crawled)} <= {"a.jpg", "b.jpg"}
    assert crawled.stats["rendering/failed/TimeoutError"] == 1


@needs_browser
def test_a_page_that_sends_the_reader_away_is_taken_as_it_came(
    rendered: Crawled, site: Server
) -> None:
    assert of_page(rendered, "leaving") == ["left.jpg"]
    assert "/secret" not in asked_for(site)
    assert rendered.stats["rendering/refused/document"] == 1


@needs_browser
def test_a_page_that_asks_for_ever_is_taken_as_it_stands(rendered: Crawled) -> None:
    assert of_page(rendered, "asking") == ["asked.jpg"]
    assert rendered.stats["rendering/unsettled"] >= 1


@needs_browser
@pytest.mark.untraced
@pytest.mark.parametrize(
    ("number", "is_terminal"),
    [
        pytest.param(signal.SIGINT, True, id="ctrl-C in a terminal"),
        pytest.param(signal.SIGTERM, False, id="kill"),
        pytest.param(signal.SIGKILL, False, id="kill -9"),
        pytest.param(signal.SIGKILL, True, id="kill -9 of all its group"),
    ],
)
def test_no_browser_outlives_the_crawl(
    tmp_path: Path, number: signal.Signals, *, is_terminal: bool
) -> None:
    mark = f"TEST_FOLDER={tmp_path}"
    with page_of("setInterval(() => fetch('/poll'), 100)") as server:
        arguments = ["-a", f"urls={server.url}/page", "-s", "RENDER_PAGES=True"]
        with subprocess.Popen(
            [*SCRAPY, "crawl", "images", *arguments],
            cwd=tmp_path,
            env={**environment(), "TEST_FOLDER": str(tmp_path)},
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        ) as child:
            wait_until(lambda: "/poll" in asked_for(server) or child.poll() is not None)
            assert browsers(mark)
            send = os.killpg if is_terminal else os.kill
            send(child.pid, number)
            _, stderr = child.communicate(timeout=60)
    wait_until(lambda: not browsers(mark), seconds=10, every=0.1)

    if number != signal.SIGKILL:
        assert child.returncode == 3, stderr
        assert "Traceback" not in stderr


def test_without_the_package_one_sentence_says_so(crawl: Crawl, tmp_path: Path) -> None:
    hide = "import sys; sys.modules['scrapy_playwright'] = None\n"
    (tmp_path / "sitecustomize.py").write_text(hide)
    prefix = ("env", f"PYTHONPATH={tmp_path}:{ROOT}")
    crawled = crawl("-a", "urls=https://a.example/", settings=RENDER, prefix=prefix)

    assert crawled.exit_code == 1
    assert crawled.stderr == (
        "scrapy crawl: RENDER_PAGES needs the package scrapy-playwright; "
        "install it with: pip install -r requirements-js.txt.\n"
    )


@pytest.mark.skipif(
    find_spec("scrapy_playwright") is None, reason="scrapy-playwright is not installed"
)
def test_without_chromium_one_sentence_says_so(crawl: Crawl) -> None:
    options = '{"executable_path": "/nowhere/chromium"}'
    settings = RENDER | {"PLAYWRIGHT_LAUNCH_OPTIONS": options}
    crawled = crawl("-a", "urls=https://a.example/", settings=settings)

    assert crawled.exit_code == 1
    assert crawled.stderr.count("\n") == 1
    assert "RENDER_PAGES needs Chromium, but /nowhere/chromium" in crawled.stderr


@needs_browser
def test_a_browser_that_starts_slowly_renders_the_page(
    crawl: Crawl, tmp_path: Path
) -> None:
    slow = tmp_path / "chromium"
    slow.write_text(f'#!/bin/sh\nsleep 6\nexec {CHROMIUM} "$@"\n')
    slow.chmod(0o755)
    options = PLAYWRIGHT_LAUNCH_OPTIONS | {"executable_path": str(slow)}
    settings = {
        "RENDER_PAGES": True,
        "DOWNLOAD_TIMEOUT": 5,
        "PLAYWRIGHT_LAUNCH_OPTIONS": json.dumps(options),
    }
    with page_of("add('/a.jpg')") as server:
        crawled = crawl("-a", f"urls={server.url}/page", settings=settings)

    assert names(crawled) == ["a.jpg"]


@needs_browser
def test_what_one_page_stores_no_other_reads(rendered: Crawled) -> None:
    first, again = (of_page(rendered, page) for page in ("storing", "storing?again"))

    assert len(first) == len(again) == 1
    assert first != again


@needs_browser
def test_a_page_sees_no_time_zone(rendered: Crawled) -> None:
    assert of_page(rendered, "telling") == ["UTC.jpg"]
