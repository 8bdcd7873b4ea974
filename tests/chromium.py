"""What Chromium asks for: ``python -m tests.chromium`` writes chromium.json.

Run it where Chromium and Playwright are installed, and look at what has changed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from fpcrawler.settings import PLAYWRIGHT_LAUNCH_OPTIONS

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

TABLE = Path(__file__).with_suffix(".json")
PAGE = "http://a.example/gallery/index.html"
EXECUTABLE = Path(str(PLAYWRIGHT_LAUNCH_OPTIONS["executable_path"]))

needs_chromium = pytest.mark.skipif(
    find_spec("playwright") is None or not EXECUTABLE.exists(),
    reason="Playwright or Chromium is not installed",
)

_ODD = "\t\n\x01\x7f \"#$%&'()*+,;<=>@[\\]^`{|}~\xa0\xe9\u200b\u753b\U0001f600"
REFERENCES = [
    *(f"path{char}.jpg" for char in _ODD),
    *(f"q.jpg?query{char}x" for char in _ODD),
    *("q.jpg?", "q.jpg?#", "q.jpg#?", "?q", "q.jpg?b=2&a=1", "q.jpg?a=%2f%2F%zz%", "%"),
    *("%2e/a.jpg", "b/%2E%2e/a.jpg", "../../../a.jpg", ".%2E/a.jpg", "a%2fb%41.jpg"),
    *("%00.jpg", "//b.example//a//b.jpg", "///b.example/a.jpg", "http:a.jpg"),
    *("http:/a.jpg", "http:///b.example/a.jpg", "https:b.example/a.jpg", "\\a\\b.jpg"),
    *("\\\\b.example\\a.jpg", "HTTP://B.example/A.jpg", "http://b.example:80/a.jpg"),
    *("http://b.example:080/a.jpg", "http://b.example:81/a.jpg", "http://b.example"),
    *("http://127.1/a.jpg", "http://0x7f.0.0.01/a.jpg", "http://127.0.0.1./a.jpg"),
    *("http://%31.0.0.1/a.jpg", "http://1\u30020.0.1/a.jpg", "http://[::FFFF:1]/a.jpg"),
    *("http://b.example:99999/a.jpg", "http://b%2F/a.jpg", "http://fa\xdf.example/"),
    *("http://@b.example/a.jpg", "http:\\\\b.example\\..\\a.jpg", "b.jpg?c=\\..\\d"),
    *("  \n a.jpg \t", "a\n\tb.jpg", "http://b.example?q", "http://b.example/?a@b|"),
]
_NAMES = (
    "ibm866 iso-8859-2 iso-8859-3 iso-8859-4 iso-8859-5 iso-8859-6 iso-8859-7 "
    "iso-8859-8 iso-8859-10 iso-8859-13 iso-8859-14 iso-8859-15 iso-8859-16 koi8-r "
    "koi8-u windows-1250 windows-1251 windows-1252 windows-1253 windows-1254 "
    "windows-1255 windows-1256 windows-1257 windows-1258 gbk gb18030 big5 euc-jp "
    "iso-2022-jp shift_jis euc-kr"
)
CHARSETS = _NAMES.split()
SAMPLE = (
    "?a=\u20ac\xe9\u0416\u03a9\u0634&b=\u753b\u8868x\uff71\uc0ac\xa5\\\u2212~\u2603#z"
)
_LETTERS = range(0x80, 0x2600)
_ALL = (*range(0x80, 0xD800), *range(0xE000, 0x1_0000))
_FULL = ("gbk", "gb18030", "big5", "euc-jp", "iso-2022-jp", "shift_jis")

_RESOLVE = """references => references.map(reference => {
    const image = new Image();
    image.setAttribute('src', reference);
    return URL.canParse(image.src) ? image.src.split('#')[0] : '';
})"""
_QUERIES = """codes => codes.map(code => {
    const link = document.createElement('a');
    link.href = '?' + String.fromCharCode(code) + 'x';
    return link.search;
})"""


def codes_of(charset: str) -> list[int]:
    """Return the code points whose bytes are compared: all, where the set is large."""
    return list(_ALL if charset in _FULL else _LETTERS)


def digest_of(queries: list[str]) -> str:
    return sha256("\n".join(queries).encode()).hexdigest()


@contextmanager
def chromium() -> Iterator[Page]:
    """Open a page of a Chromium without a network of its own."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - not a must

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=EXECUTABLE,
            chromium_sandbox=bool(PLAYWRIGHT_LAUNCH_OPTIONS["chromium_sandbox"]),
        )
        yield browser.new_page()
        browser.close()


def open_page(page: Page, charset: str) -> None:
    """Open an empty page at PAGE in a character set."""

    def answer(route: Route) -> None:
        route.fulfill(
            body="<!doctype html>", content_type=f"text/html; charset={charset}"
        )

    page.route("**/*", answer)
    page.goto(PAGE)
    page.unroute("**/*")


def references(page: Page) -> dict[str, str]:
    """Return what each reference resolves to; "": it is not a URL."""
    open_page(page, "utf-8")
    resolved: list[str] = page.evaluate(_RESOLVE, REFERENCES)
    return dict(zip(REFERENCES, resolved, strict=True))


def samples(page: Page) -> dict[str, str]:
    """Return what SAMPLE becomes in each character set."""
    found = {}
    for charset in CHARSETS:
        open_page(page, charset)
        found[charset] = page.evaluate(_RESOLVE, [SAMPLE])[0]
    return found


def _measured() -> dict[str, Any]:
    digests = {}
    with chromium() as page:
        for charset in CHARSETS:
            open_page(page, charset)
            queries = page.evaluate(_QUERIES, codes_of(charset))
            digests[charset] = digest_of(queries)
        return {
            "references": references(page),
            "samples": samples(page),
            "digests": digests,
        }


if __name__ == "__main__":
    TABLE.write_text(json.dumps(_measured(), indent=1) + "\n", encoding="utf-8")
