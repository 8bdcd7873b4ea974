"""CDX and CDXJ, the indexes of web archives: the SHA-1 of a payload in base32.

https://specs.webrecorder.net/cdxj/0.1.0/ and the 11 fields of a CDX, whose sixth is the
digest. The payload of an image is its file.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import TextIO

from fpcrawler.core.fingerprint.known import DigestKind
from fpcrawler.known.columns import kind_of_type
from fpcrawler.known.rows import Head, Layout, ListFile
from fpcrawler.known.streaming import Entry, hex_of, streamed
from fpcrawler.tables.opening import MAX_ROW_BYTES

_JSON_LINE = re.compile(r"\S+ \d{4,17} (\{.*\})\s*$")
_PLAIN_LINE = re.compile(r"\S+ \d{4,17} (\S+) \S+ \S+ (?:sha1:)?([A-Z2-7]{32})(?:\s|$)")
_DIGEST = re.compile(
    r"(?:^|[\s,;\"'])(md5|sha-?1|sha-?256|sha-?512):([\w+/=-]+)", re.IGNORECASE
)
_MAX_LOOKED_AT = 100


def _layout(head: Head) -> Layout | None:
    lines = head.text.splitlines()[:_MAX_LOOKED_AT]
    is_index = any(
        _JSON_LINE.match(line) or _PLAIN_LINE.match(line) or _is_digest(line)
        for line in lines
    )
    return Layout() if is_index else None


def _is_digest(line: str) -> bool:
    return _DIGEST.match(line) is not None


def _entries(text: TextIO, _: ListFile) -> Iterator[Entry]:
    lines = iter(lambda: text.readline(MAX_ROW_BYTES), "")
    for row, line in enumerate(lines, start=1):
        yield _entry(row, line)


def _entry(row: int, line: str) -> Entry:
    if found := _JSON_LINE.match(line):
        return _of_json(row, found[1])
    if found := _PLAIN_LINE.match(line):
        digest = hex_of(DigestKind.SHA1, found[2])
        return Entry(row, {DigestKind.SHA1: digest}, name=found[1])
    return Entry(row, _digests(line))


def _of_json(row: int, text: str) -> Entry:
    try:
        fields = json.loads(text)
    except (ValueError, RecursionError):
        return Entry(row, _digests(text))
    digest = str(fields.get("digest", ""))
    if ":" not in digest:  # pywb leaves the kind out
        digest = f"sha1:{digest}"
    return Entry(row, _digests(digest), name=fields.get("url"))


def _digests(text: str) -> dict[DigestKind, str]:
    digests = {}
    for found in _DIGEST.finditer(text):
        kind = kind_of_type(found[1])
        if kind is not None:
            digests[kind] = hex_of(kind, found[2])
    return digests


FORM = streamed("CDX", _layout, _entries)
