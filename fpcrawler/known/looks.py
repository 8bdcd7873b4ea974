"""What a file that is not a list looks like."""

from __future__ import annotations

import re
from pathlib import Path

from fpcrawler.core.file.formats import image_format, is_html
from fpcrawler.errors import BadInput

_MAGIC = {
    b"%PDF-": "a PDF",
    b"{\\rtf": "an RTF document; export it as text",
    b"PK\x03\x04": "a ZIP archive or an office document; unpack or export it",
    b"PK\x05\x06": "an empty ZIP archive",
    b"7z\xbc\xaf\x27\x1c": "a 7z archive; unpack the list in it",
    b"Rar!\x1a\x07": "a RAR archive; unpack the list in it",
    b"BZh": "a bzip2 file; decompress it",
    b"\xfd7zXZ\0": "an xz file; decompress it",
    b"\x28\xb5\x2f\xfd": "a Zstandard file; decompress it",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": "an old office document; export it as CSV",
    b"EVF\x09\x0d\x0a\xff\0": "a disk image of EnCase",
    b"HASH\x0d\x0a\xff\0": "a hash library of EnCase; export it as text",
    b"\x7fELF": "a program",
    b"MZ\x90\0": "a program",
}
_ROOT = re.compile(r"\s*(?:(?><!--.*?-->|<[?!][^>]*>)\s*+)*+<(?:\w+:)?(\w+)", re.DOTALL)
_FEEDS = {"rss": "an RSS feed", "feed": "an Atom feed", "RDF": "an RSS feed"}
_NAMED = {"urlset": "a sitemap", "sitemapindex": "a sitemap", "svg": "an SVG image"}
_FIRST_LINES = [
    (re.compile(r"#!.*"), "a script"),
    (re.compile(r"\s*[\[{].*[\]}]", re.DOTALL), "JSON without digests"),
    (re.compile(r"\w+://\S+"), "a list of addresses"),
    (
        re.compile(r"(?i)(CREATE|INSERT|BEGIN|PRAGMA|DROP|SET|USE)\b.*;\s*"),
        "SQL; import it into an SQLite database",
    ),
    (re.compile(r"(%YAML|---|[\w-]+:)(\s.*)?"), "YAML, or lines of names and values"),
    (re.compile(r"[^,;|\t]*(\s+[^\s,;|]+){3}.*"), "plain text"),
]
"""What the first line of a text without digests shows."""


def look_of(data: bytes, text: str) -> str | None:
    """Return what a file looks like with its article, None if it may be a list."""
    for magic, name in _MAGIC.items():
        if data.startswith(magic):
            return name
    image = image_format(data)
    if image is not None:
        return f"an image ({image})"
    if is_html(data):
        return "a web page (HTML)"
    root = _ROOT.match(text)
    if root is not None:
        name = root[1]
        return (_FEEDS | _NAMED).get(name, f"XML with the root {name[:40]}")
    return None


def look_of_line(line: str) -> str | None:
    """Return what a text without digests looks like by its first line."""
    looks = (name for form, name in _FIRST_LINES if form.fullmatch(line))
    return next(looks, None)


def unlike_a_list(path: Path, look: str) -> BadInput:
    """Return the error for a file that looks like something else."""
    advice = "" if ";" in look else "; name another list"
    return BadInput(f"known list {path} looks like {look}{advice}.")
