"""A page whose scripts eat memory ends itself only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.end_to_end.test_rendered import PHOTO, needs_browser
from tests.servers.http import Asked, Wire, serving

if TYPE_CHECKING:
    from tests.crawls import Crawl

EATERS = {
    # Numbers have nothing that the browser would have to visit again and again.
    "objects": "for (const a = [];;) a.push(new Array(1e7).fill(1.5))",
    "buffers": """
        const a = []
        try {
          for (;;) a.push(new Uint8Array(1e8).fill(1))
        } catch (error) {
          const few = a.length < 10 ? "few" : "many"
          document.body.innerHTML += `<img src=/${few}-${error.name}.jpg>`
        }
    """,
}
SHOWS = "document.body.innerHTML = '<img src=/shown.jpg>'"


async def site(asked: Asked, wire: Wire) -> None:
    name = asked.path.removeprefix("/")
    if name in EATERS or name == "well":
        script = f"<img src=/{name}.jpg><script>{EATERS.get(name, SHOWS)}</script>"
        body, kind = b"<!DOCTYPE html><body>" + script.encode(), "text/html"
    elif name.endswith(".jpg"):
        body, kind = PHOTO, "image/jpeg"
    else:
        await wire.reply("404 Not Found", {"Content-Length": 0})
        return
    headers: dict[str, str | int] = {"Content-Type": kind, "Content-Length": len(body)}
    await wire.reply("200 OK", headers, body)


@needs_browser
def test_a_page_that_eats_memory_ends_itself_and_others_are_rendered(
    crawl: Crawl,
) -> None:
    settings = {
        "RENDER_PAGES": True,
        "DOWNLOAD_TIMEOUT": 60,
        "PLAYWRIGHT_MAX_PAGES_PER_CONTEXT": 2,
    }
    with serving(site) as server:
        urls = " ".join(f"{server.url}/{name}" for name in (*EATERS, "well"))
        crawled = crawl("-a", f"urls={urls}", settings=settings, timeout=200)

    names = {record["url"].rpartition("/")[2] for record in crawled.records}
    # A buffer that does not fit raises in the script, which goes on.
    shown = {"shown.jpg", "few-RangeError.jpg"}
    assert names == {*shown, "well.jpg", *(f"{name}.jpg" for name in EATERS)}
    assert crawled.stats["rendering/pages"] == 2
    assert crawled.stats["rendering/failed/PageCrashed"] == 1
    assert crawled.exit_code == 0
    assert "Traceback" not in crawled.stderr
