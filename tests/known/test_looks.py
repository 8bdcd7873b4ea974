from __future__ import annotations

from pathlib import Path

import pytest

from tests.known import lists
from tests.known.lists import (
    L,
    refusal,
    write,
)
from tests.servers.quirks import GALLERY


@pytest.mark.parametrize(
    ("data", "look"),
    [
        (b"<!DOCTYPE html><title>403</title>", "looks like a web page (HTML); name"),
        (b"{\\rtf1\\ansi", "looks like an RTF document; export it as text."),
        (b"%PDF-1.7\n%\xe2\xe3", "looks like a PDF; name"),
        (b"PK\x03\x04\x14\0\0\0", "looks like a ZIP archive or an office document; un"),
        (b"<rss version='2.0'></rss>", "looks like an RSS feed; name"),
        (
            b"<?xml version='1.0'?><a:feed xmlns:a='b'/>",
            "looks like an Atom feed; name",
        ),
        (b"<?xml version='1.0'?><books/>", "looks like XML with the root books; name"),
        ((GALLERY / "icon.png").read_bytes(), "looks like an image (png); name"),
        (b"#!/bin/sh\necho\n", "looks like a script; name"),
        (b'{"name": "a", "version": "1"}\n', "looks like JSON without digests; name"),
        (b"https://a.example/b.jpg\n", "looks like a list of addresses; name"),
        (b"CREATE TABLE a (b int);\n", "looks like SQL; import it into an SQLite"),
        (b"name: a\nlist:\n  - b\n", "looks like YAML, or lines of names and"),
        (b"The fox jumps over the dog.\n", "looks like plain text; name"),
        (b"2026-01-01 10:00:00 INFO GET a 200\n", "looks like plain text; name"),
        (b"SQLite format 3\0" + bytes(99), "cannot be read as SQLite"),
        (b"<dfxml><fileobject>", "is not complete XML (line 1); correct it."),
        (lists.vics()[:-9].encode(), "is not complete JSON; correct it."),
        (f"pdq {L}\n".encode(), "has no digest; name another list."),
        (b"\0\1\2", "is not text; name another list."),
    ],
)
def test_what_is_not_a_list_is_named(tmp_path: Path, data: bytes, look: str) -> None:
    assert look in refusal(write(tmp_path / "list", data))
