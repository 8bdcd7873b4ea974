"""Measure the CPU time to find a page's links.

``python -m benchmarks.links`` prints the milliseconds of CPU for a common page and
for hostile ones, each of about 1 MB: the best and the worst of seven runs. They
include the parsing by lxml, which is also shown separately.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from parsel import Selector

from fpcrawler.core.links.page import css_links, page_links

SIZE = 1_000_000
RUNS = 7
URL = "https://a.example/gallery/index.html"
PROSE = "The harbour at noon, seen from the pier where the boats come in. " * 8
HEAD = (
    '<!doctype html><head><meta property="og:image" content="/og.jpg">'
    '<link rel="icon" href="/favicon.ico"><link rel="stylesheet" href="/a.css">'
    "<style>" + ".a{background:url(a.png) no-repeat;color:#fff}" * 500 + "</style>"
    '<script type="application/ld+json">{"@type":"Article","image":["/a.jpg"]}</script>'
)
ARTICLE = (
    '<div class="card" id="c{0}"><a href="/album/{0}.html" class="link"><img'
    ' src="/thumb/{0}.jpg" srcset="/320/{0}.jpg 320w, /640/{0}.jpg 640w" alt="No {0}"'
    ' width="320" height="200" data-src="/full/{0}.jpg"></a><h2>Picture {0}</h2>'
    '<p style="color:red">{1}</p><ul><li><a href="https://b.example/{0}">More</a>'
    "<li><span>{0}</span></ul></div>\n"
)


def common() -> str:
    """Return a page of about 10,000 elements: cards of pictures and prose."""
    cards = [ARTICLE.format(number, PROSE) for number in range(1_030)]
    return HEAD + "".join(cards)


def repeated(text: str, *, opening: str = "", closing: str = "") -> str:
    """Repeat ``text`` to 1 MB; ``{0}`` in it becomes the number of the copy."""
    parts = (text.replace("{0}", str(number)) for number in range(SIZE // len(text)))
    return opening + "".join(parts) + closing


PAGES = {
    "common": common(),
    "images only": repeated("<img src={0}>"),
    "links only": repeated("<a href={0}>"),
    "nested": repeated("<div>"),
    "empty elements": repeated("<p>"),
    "long srcset": repeated("a{0} 1x,", opening='<img srcset="', closing='">'),
    "srcset of brackets": repeated("a (", opening='<img srcset="', closing='">'),
    "styles": repeated('<p style="a:url(b{0})">'),
    "style of quotes": repeated("'\"\n", opening="<style>", closing="</style>"),
    "style of url(": repeated("url(", opening="<style>", closing="</style>"),
    "style of image-set(": repeated("image-set(", opening="<style>"),
    "style of comments": repeated("/*/", opening="<style>", closing="</style>"),
    "JSON of brackets": repeated("[", opening='<script type="application/ld+json">'),
    "JSON of images": repeated(
        '"{0}",',
        opening='<script type="application/ld+json">{"image":[',
        closing='""]}</script>',
    ),
    "spaces": repeated(" ", opening='<img src="', closing='">'),
    "dots": repeated("../", opening='<img src="', closing='">'),
    "srcdoc": repeated("&lt;img src={0}&gt;", opening='<iframe srcdoc="', closing='">'),
}


def spent(work: Callable[[], object]) -> float:
    """Return the CPU time of ``work``, in milliseconds."""
    started = time.process_time()
    work()
    return (time.process_time() - started) * 1_000


def main() -> None:
    """Print a line for each page, and one for a style sheet."""
    print(
        f"{'page':22}{'MB':>6}{'elements':>10}{'parse':>8}{'best':>8}{'worst':>8}  ms"
    )
    for name, html in PAGES.items():
        root = Selector(html).root
        elements = sum(1 for _ in root.iter("*"))
        parse = min(spent(lambda html=html: Selector(html)) for _ in range(RUNS))  # type: ignore[misc]
        runs = [
            spent(lambda html=html: page_links(Selector(html), URL))  # type: ignore[misc]
            for _ in range(RUNS)
        ]
        figures = f"{parse:8.1f}{min(runs):8.1f}{max(runs):8.1f}"
        print(f"{name:22}{len(html) / 1e6:6.2f}{elements:10}{figures}")
    sheet = repeated(".a{0}{background:url(b.png);margin:0 auto}")
    runs = [spent(lambda: css_links(sheet, URL)) for _ in range(RUNS)]
    figures = f"{min(runs):8.1f}{max(runs):8.1f}"
    print(f"{'a style sheet':22}{len(sheet) / 1e6:6.2f}{'':18}{figures}")


if __name__ == "__main__":
    main()
