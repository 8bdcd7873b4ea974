"""A site with one page for each thing that scripts do with images."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.servers.website import PHOTO, SAMPLE

if TYPE_CHECKING:
    from tests.servers.http import Asked, Wire

SETUP = """<!doctype html><title>p</title><body><script>
const add = (src, to = document.body) =>
  to.append(Object.assign(new Image(), {src, width: 9, height: 9}));
const make = (name, style = '') => {
  const made = document.createElement(name);
  made.style = style;
  document.body.append(made);
  return made;
};
const seen = (element, call) => new IntersectionObserver((entries, observer) => {
  if (!entries.some(entry => entry.isIntersecting)) return;
  observer.disconnect();
  call();
}).observe(element);
</script>"""


@dataclass(frozen=True, slots=True)
class ScriptedPage:
    """What a page does with how many images; ``PAGE-1.jpg`` … are their names."""

    does: str
    images: int
    html: str
    files: dict[str, str] = field(default_factory=dict)


def _script(text: str) -> str:
    return f"<script>{text}</script>"


_FEED = """
let batch = 0;
const more = async () => {
  const list = await (await fetch('/endless-list-' + batch++)).json();
  list.forEach(src => add(src));
  if (list.length) seen(make('div', 'height: 900px'), more);
};
more();
"""
_FRAMED = "<!doctype html><body><img src=/{0}-1.jpg><script>document.body.append("
_FRAMED += "Object.assign(new Image(), {{src: '/{0}-2.jpg'}}))</script>"

PAGES = {
    "source": ScriptedPage(
        "names images in its source", 2, "<img src=/source-1.jpg><img src=source-2.jpg>"
    ),
    "emptied": ScriptedPage(
        "empties an element that has images",
        2,
        "<div id=a><img src=/emptied-1.jpg><img data-src=/emptied-2.jpg></div>"
        + _script("document.getElementById('a').textContent = ''"),
    ),
    "declared": ScriptedPage(
        "declares a shadow tree in its source",
        1,
        "<p><template shadowrootmode=open><img src=/declared-1.jpg></template></p>",
    ),
    "open": ScriptedPage(
        "makes open shadow trees",
        2,
        _script(
            "const outer = make('p').attachShadow({mode: 'open'});"
            "outer.innerHTML = '<span></span><img data-src=/open-1.jpg>';"
            "outer.querySelector('span').attachShadow({mode: 'open'}).innerHTML ="
            " '<img data-src=/open-2.jpg>';"
        ),
    ),
    "closed": ScriptedPage(
        "makes a closed shadow tree that shows an image",
        1,
        _script(
            "make('p').attachShadow({mode: 'closed'}).innerHTML ="
            " '<img src=/closed-1.jpg>'"
        ),
    ),
    "hidden": ScriptedPage(
        "makes a closed shadow tree with a link to an image",
        1,
        _script(
            "make('p').attachShadow({mode: 'closed'}).innerHTML ="
            " '<a href=/hidden-1.jpg>a</a>'"
        ),
    ),
    "second": ScriptedPage(
        "adds an image after a second",
        1,
        _script("setTimeout(() => add('/second-1.jpg'), 1000)"),
    ),
    "minute": ScriptedPage(
        "adds an image after a minute",
        1,
        _script("setTimeout(() => add('/minute-1.jpg'), 60000)"),
    ),
    "endless": ScriptedPage(
        "loads more at its end (infinite scroll)",
        10,
        _script(_FEED),
        {
            **{
                f"endless-list-{n}": f'["/endless-{2 * n + 1}.jpg", '
                f'"/endless-{2 * n + 2}.jpg"]'
                for n in range(5)
            },
            "endless-list-5": "[]",
        },
    ),
    "scrolled": ScriptedPage(
        "loads images when they come into view",
        6,
        _script(
            "for (let n = 1; n < 7; n++) {"
            " const box = make('div', 'height: 1500px');"
            " seen(box, () => add(`/scrolled-${n}.jpg`, box)); }"
        ),
    ),
    "box": ScriptedPage(
        "loads images in a box that scrolls by itself",
        3,
        _script(
            "const box = make('div', 'height: 300px; overflow: auto;"
            " scroll-behavior: smooth');"
            "for (let n = 1; n < 4; n++) {"
            " const part = make('div', 'height: 900px'); box.append(part);"
            " seen(part, () => add(`/box-${n}.jpg`, part)); }"
        ),
    ),
    "frame": ScriptedPage(
        "shows a frame",
        2,
        "<iframe src=/frame-document></iframe>",
        {"frame-document": _FRAMED.format("frame")},
    ),
    "lazy": ScriptedPage(
        "shows a frame only where it is scrolled to",
        3,
        _script("make('div').innerHTML = '<img data-src=/lazy-3.jpg>'")
        + "<div style='height: 8000px'></div>"
        "<iframe loading=lazy src=/lazy-document></iframe>",
        {"lazy-document": _FRAMED.format("lazy")},
    ),
    "nested": ScriptedPage(
        "shows a redirected frame in a frame of another host",
        2,
        "<iframe src='http://localhost:PORT/nested-outer'></iframe>",
        {
            "nested-outer": "<!doctype html><iframe src='/redirect?/nested-inner'>",
            "nested-inner": _FRAMED.format("nested"),
        },
    ),
    "srcdoc": ScriptedPage(
        "writes the document of a frame",
        2,
        _script(
            "make('iframe').srcdoc = '<img src=/srcdoc-1.jpg>'; "
            "make('iframe').contentDocument.body.innerHTML ="
            " '<img data-src=srcdoc-2.jpg>';"
        ),
    ),
    "styled": ScriptedPage(
        "sets backgrounds by style rules",
        2,
        "<p id=a>a</p><div>b</div>"
        + _script(
            "const sheet = new CSSStyleSheet();"
            "sheet.replaceSync('#a { background: url(/styled-1.jpg) }');"
            "document.adoptedStyleSheets = [sheet];"
            "document.head.append(document.createElement('style'));"
            "document.styleSheets[0].insertRule("
            " 'div { background: url(/styled-2.jpg) }');"
        ),
    ),
    "loose": ScriptedPage(
        "loads an image that it never shows",
        1,
        _script("new Image().src = '/loose-1.jpg'"),
    ),
    "chain": ScriptedPage(
        "loads each image after the one before",
        3,
        _script(
            "const next = number => { if (number > 3) return;"
            " const image = new Image(); image.onload = () => next(number + 1);"
            " image.src = `/chain-${number}.jpg`; }; next(1);"
        ),
    ),
    "data": ScriptedPage(
        "fetches image files as data",
        1,
        _script("fetch('/data-1.jpg').then(r => r.blob()).then(b => b)"),
    ),
    "worker": ScriptedPage(
        "shows what a service worker returns",
        1,
        _script(
            "navigator.serviceWorker.register('/worker-script')"
            ".then(() => navigator.serviceWorker.ready)"
            ".then(() => fetch('/worker-list')).then(r => r.json())"
            ".then(list => list.forEach(src => add(src)))"
        ),
        {
            "worker-script": "addEventListener('activate', e => clients.claim());"
            "addEventListener('fetch', e => e.respondWith("
            "new Response('[\"/worker-1.jpg\"]')))",
        },
    ),
    "click": ScriptedPage(
        "adds an image after a click",
        1,
        _script("make('button').onclick = () => add('/click-1.jpg')"),
    ),
    "post": ScriptedPage(
        "asks for a list of images by POST",
        1,
        _script(
            "fetch('/post-list', {method: 'POST'}).then(r => r.json())"
            ".then(list => list.forEach(src => add(src)))"
        ),
        {"post-list": '["/post-1.jpg"]'},
    ),
    "canvas": ScriptedPage(
        "draws a picture itself",
        1,
        _script(
            "const canvas = make('canvas');"
            "canvas.getContext('2d').fillRect(0, 0, 9, 9);"
            "add(canvas.toDataURL())"
        ),
    ),
}


async def app(asked: Asked, wire: Wire) -> None:
    """Respond to a request: a page by its name, one of its files, or an image."""
    name = asked.path.strip("/")
    host = asked.headers["host"]
    files = {name: text for page in PAGES.values() for name, text in page.files.items()}
    if asked.path.startswith("/redirect?"):
        location = asked.path.partition("?")[2]
        await wire.reply("302 Found", {"Location": location, "Content-Length": 0})
    elif name.endswith(".jpg"):
        await wire.reply("206 Partial Content", SAMPLE, PHOTO[:10_241])
    elif name in PAGES:
        html = PAGES[name].html.replace("PORT", host.partition(":")[2])
        await _reply(wire, "text/html", SETUP + html)
    elif name in files:
        is_html = files[name].startswith("<!doctype")
        kind = "text/html" if is_html else "text/javascript"
        await _reply(wire, kind, files[name])
    else:
        await wire.reply("404 Not Found", {"Content-Length": 0})


async def _reply(wire: Wire, kind: str, text: str) -> None:
    body = text.encode()
    headers: dict[str, str | int] = {"Content-Type": kind, "Content-Length": len(body)}
    await wire.reply("200 OK", headers, body)
